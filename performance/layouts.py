"""The inputs of the comparison, in the layouts that public data sets have: synthetic, always the same.

    python -m performance.layouts FOLDER

Each is made once. Volumes are ellipsoids in a body with grain, so that images pack about as CT does.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import cv2
import nibabel as nib
import numpy as np
import pydicom
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from performance import phantom
from performance.phantom import noise


class Layout(NamedTuple):
    """One input."""

    about: str
    """In words, for the table."""
    make: Callable[[Path], object]
    """Write its files into a folder."""
    image: str
    """The image's file or folder, which ends in a slash."""
    labels: str
    """The label volume, or a pattern of mask files with `{label}`."""
    values: int
    """Labels."""
    modality: str = "ct"
    mb: int = 0
    """Size of the image's voxels, in megabytes."""


def volume(
    name: str, shape: tuple[int, int, int], labels: int, air: int, body: int, step: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return values (int16) and marks (uint8), indexed (x, y, z), in Fortran order."""
    x, y, z = (np.linspace(-1, 1, n, dtype=np.float32) for n in shape)
    marks = np.zeros(shape, np.uint8, order="F")
    values = np.full(shape, air, np.int16, order="F")
    inside = (x[:, None] / 0.85) ** 2 + (y[None, :] / 0.6) ** 2 < 1
    values[inside] = body
    for k in range(labels):
        a, b, c, d, e = noise(f"{name} organ {k}", 5) / 255
        centre = (1.1 * a - 0.55, 0.7 * b - 0.35, 1.6 * c - 0.8)
        radius = (0.05 + 0.12 * d, 0.05 + 0.1 * e, 0.06 + 0.12 * a)
        cut = tuple(
            slice(*np.searchsorted(axis, (m - r, m + r)))
            for axis, m, r in zip((x, y, z), centre, radius, strict=True)
        )
        near = [
            ((axis[one] - m) / r) ** 2
            for axis, one, m, r in zip((x, y, z), cut, centre, radius, strict=True)
        ]
        region = near[0][:, None, None] + near[1][None, :, None] + near[2][None, None] < 1
        marks[cut][region] = k + 1
        values[cut][region] = body + step * (k % 16 + 1)
    add_grain(name, values)
    return values, marks


def add_grain(name: str, values: np.ndarray) -> None:
    """Add to each slice of a volume, indexed (x, y, z), a grain of its own."""
    for k in range(values.shape[2]):
        count = values.shape[0] * values.shape[1]
        grain = noise(f"{name} slice {k}", count).reshape(values.shape[:2]).astype(np.int16)
        values[:, :, k] += (cv2.blur(grain, (3, 3)) - 128) // 3


def _nifti(voxels: np.ndarray, path: Path, sides: tuple[float, float, float]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(voxels, np.diag([-sides[0], -sides[1], sides[2], 1.0])), path)


def make_mr(folder: Path) -> None:
    """Write an MR volume of the CT's size: no unit, dark background."""
    values, marks = volume("mr", (512, 512, 200), 25, 20, 300, 25)
    _nifti(np.maximum(values, 0), folder / "mr.nii.gz", (0.5, 0.5, 1.0))
    _nifti(marks, folder / "labels.nii.gz", (0.5, 0.5, 1.0))


def make_many(folder: Path) -> None:
    """Write a long CT with many labels."""
    values, marks = volume("many", (512, 512, 600), 101, -1000, 20, 12)
    _nifti(values, folder / "ct.nii.gz", (0.8, 0.8, 1.0))
    _nifti(marks, folder / "labels.nii.gz", (0.8, 0.8, 1.0))


def make_crowded(folder: Path) -> None:
    """Write a CT of which 25 labels with ragged outlines are a fifth, some of them in several parts.

    As in a segmentation of organs and muscles, a row of a structure is mostly one run, and a tenth are more.
    """
    shape = (512, 512, 200)
    x, y, z = (np.linspace(-1, 1, n, dtype=np.float32) for n in shape)
    marks = np.zeros(shape, np.uint8, order="F")
    inside = (x[:, None] / 0.85) ** 2 + (y[None, :] / 0.6) ** 2 < 1
    places = [noise(f"crowded organ {k}", 4) / 255 for k in range(25)]
    bends = [
        cv2.resize(noise(f"bend {k}", 169).reshape(13, 13) / np.float32(255) - 0.5, shape[:2])
        for k in range(9)
    ]
    for k in range(shape[2]):
        before, part = divmod(8 * k / shape[2], 1)
        bend = (1 - part) * bends[int(before)] + part * bends[int(before) + 1]
        grain = noise(f"rough {k}", 512 * 512).reshape(512, 512) / np.float32(255) - 0.5
        nearest = np.full(shape[:2], 0.1, np.float32)
        for number, (a, b, c, d) in enumerate(places):
            far = ((x - 1.5 * a + 0.75) ** 2)[:, None] + 2 * (y - 1.1 * b + 0.55)[None] ** 2
            far += (z[k] - 1.8 * c + 0.9) ** 2 * (0.6 + d)
            far += 0.12 * bend * np.cos(number) + 0.006 * grain * np.sin(3 * number)
            own = (far < nearest) & inside
            nearest[own] = far[own]
            marks[..., k][own] = number + 1
    values = np.full(shape, -1000, np.int16, order="F")
    values[inside] = 20
    values += 12 * marks.astype(np.int16)
    add_grain("crowded", values)
    _nifti(values, folder / "ct.nii.gz", (0.75, 0.75, 2.0))
    _nifti(marks, folder / "labels.nii.gz", (0.75, 0.75, 2.0))


def make_masks(folder: Path) -> None:
    """Write a CT at 1.5 mm with one mask file for each of 104 labels."""
    values, marks = volume("masks", (256, 256, 240), 104, -1000, 20, 12)
    _nifti(values, folder / "ct.nii.gz", (1.5, 1.5, 1.5))
    for k in range(104):
        own = (marks == k + 1).astype(np.uint8)
        _nifti(own, folder / f"segmentations/organ_{k + 1:03d}.nii.gz", (1.5, 1.5, 1.5))


def make_dicom(folder: Path) -> None:
    """Write a CT series of 300 files without compression, and its labels as NIfTI."""
    values, marks = volume("dicom", (512, 512, 300), 25, -1000, 20, 12)
    series = folder / "series"
    series.mkdir(parents=True, exist_ok=True)
    for k in range(values.shape[2]):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.8.498.1.{k + 1}"
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        one = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
        one.SOPClassUID, one.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        one.PatientID, one.PatientName, one.StudyDate = "p1", "", "20200101"
        one.StudyInstanceUID = "1.2.826.0.1.3680043.8.498.2"
        one.SeriesInstanceUID = "1.2.826.0.1.3680043.8.498.3"
        one.FrameOfReferenceUID = "1.2.826.0.1.3680043.8.498.4"
        one.Modality, one.InstanceNumber = "CT", k + 1
        one.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
        one.PixelSpacing, one.SliceThickness = [0.75, 0.75], 1.5
        one.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        one.ImagePositionPatient = [0, 0, 1.5 * k]
        one.Rows, one.Columns = values.shape[1], values.shape[0]
        one.SamplesPerPixel, one.PhotometricInterpretation = 1, "MONOCHROME2"
        one.BitsAllocated, one.BitsStored, one.HighBit, one.PixelRepresentation = 16, 16, 15, 1
        one.RescaleSlope, one.RescaleIntercept, one.RescaleType = 1, -1024, "HU"
        one.PixelData = (values[:, :, k].T + np.int16(1024)).tobytes()
        pydicom.dcmwrite(series / f"{k + 1:04d}.dcm", one, enforce_file_format=True)
    # the series runs to the left, to the back and up; NIfTI counts to the right and to the front
    affine = np.diag([-0.75, -0.75, 1.5, 1.0])
    nib.save(nib.Nifti1Image(marks, affine), folder / "labels.nii.gz")


def make_pictures(folder: Path) -> None:
    """Write 2,000 JPEG pictures in folders of four classes."""
    phantom.pictures(folder / "pictures")


LAYOUTS: Mapping[str, Layout] = {
    "nifti": Layout(
        "CT of 512 x 512 x 200 voxels and a label volume of 25 labels, NIfTI",
        phantom.ct, "ct.nii.gz", "labels.nii.gz", 25, mb=105,
    ),
    "crowded": Layout(
        "CT of 512 x 512 x 200 voxels and a label volume of 25 labels that fill a fifth of it, with ragged outlines",
        make_crowded, "ct.nii.gz", "labels.nii.gz", 25, mb=105,
    ),
    "masks": Layout(
        "CT of 256 x 256 x 240 voxels and 104 mask files, in TotalSegmentator's layout",
        make_masks, "ct.nii.gz", "segmentations/{label}.nii.gz", 104, mb=31,
    ),
    "dicom": Layout(
        "CT series of 300 DICOM files, 512 x 512, and a label volume of 25 labels",
        make_dicom, "series/", "labels.nii.gz", 25, mb=157,
    ),
    "mr": Layout(
        "MR of 512 x 512 x 200 voxels and a label volume of 25 labels, its window of percentiles",
        make_mr, "mr.nii.gz", "labels.nii.gz", 25, "mr", 105,
    ),
    "many": Layout(
        "CT of 512 x 512 x 600 voxels and a label volume of 101 labels, NIfTI",
        make_many, "ct.nii.gz", "labels.nii.gz", 101, mb=315,
    ),
    "pictures": Layout(
        "2,000 JPEG pictures of 512 x 512 in folders of four classes",
        make_pictures, "{label}/{key}.jpg", "", 4, "x-ray",
    ),
}  # fmt: skip


def made(name: str, home: Path) -> Path:
    """Return the folder of a layout, after writing its files if they are not there."""
    folder = home / name
    done = folder / "complete"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        LAYOUTS[name].make(folder)
        done.touch()
    return folder


if __name__ == "__main__":
    for one in LAYOUTS:
        print(made(one, Path(sys.argv[1])))
