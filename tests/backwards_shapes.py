"""Shapes, values and places of a miniature source, and the volumes and DICOM files that hold them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pydicom
import SimpleITK as sitk
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from benchsmith.documents import labels as kinds
from benchsmith.documents.recipe import Samples, Source
from benchsmith.text import path_patterns

SHAPE = (24, 24, 24)
PAGES = 64
"""Pages of a picture with more than four of them."""
"""Voxels of a miniature volume as (x, y, z)."""
AFFINE = np.diag([-2.0, -2.0, 2.0, 1.0])
ZOOM = 6
"""Pixels of a miniature picture a voxel."""
VOLUMES = (".nii", ".nii.gz", ".nrrd", ".mha", ".mhd", ".mgh", ".mgz", "/")
VIDEOS = (".mp4", ".avi", ".mov", ".mpg", ".mkv")
YEAR = "060Y"
NUMBERS = re.compile(r"\{([a-z_]+)=digits\}")
"""Placeholders that match digits alone."""
LETTERS = re.compile(r"\{([a-z_]+)=letters\}")
"""Placeholders that match letters alone."""


@dataclass
class Miniature:
    """A source that is written, and the folder that it is written to."""

    source: Source
    roots: dict[str, Path]
    words: list[str]
    rows: dict[str, list[dict[str, str]]] = field(default_factory=lambda: defaultdict(list))
    sheets: dict[str, kinds.Table] = field(default_factory=dict)
    coco: dict[str, list[tuple[Path, tuple[int, int]]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def place_of(small: Miniature, pattern: str, fields: Mapping[str, str]) -> Path:
    prefix, _, rest = pattern.rpartition(":")
    filled = path_patterns.fill(rest, fields)
    filled = path_patterns.fill(filled, {n: f"x{n}" for n in path_patterns.placeholders(filled)})
    return small.roots[prefix] / filled.replace(".*", ".png").replace("*", "x")


def parts_of(labels: kinds.Made) -> list[str | int]:
    """Return the parts of an entry's made labels."""
    return [part for parts in labels.made.values() for part in parts]


def write_volume(path: Path, voxels: np.ndarray) -> None:
    """Write a volume indexed (x, y, z) or (x, y, z, component), 2 mm, x to the left."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.name.endswith((".nii", ".nii.gz")):
        nib.save(nib.Nifti1Image(voxels, AFFINE), path)
        return
    image = sitk.GetImageFromArray(np.ascontiguousarray(voxels.transpose()))
    image.SetSpacing([2.0] * 3)
    sitk.WriteImage(image, str(path), useCompression=True)


def write_dicom(path: Path, pixels: np.ndarray, series: str, k: int) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    data.Modality, data.SeriesInstanceUID = "CT", series
    data.Rows, data.Columns = pixels.shape
    data.BitsAllocated = data.BitsStored = 16
    data.HighBit, data.PixelRepresentation, data.SamplesPerPixel = 15, 0, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.RescaleSlope, data.RescaleIntercept = 1, 0
    data.PixelSpacing, data.ImageOrientationPatient = [2, 2], [1, 0, 0, 0, 1, 0]
    data.ImagePositionPatient = [0, 0, 2 * k]
    data.PatientAge = YEAR
    data.PixelData = pixels.astype("<u2").tobytes()
    data.save_as(path, enforce_file_format=True)
    assert pydicom.dcmread(path).Rows == pixels.shape[0]


def corner_of(number: int, nested: bool) -> tuple[slice, slice]:
    """Return where a block lies: in a corner of its own, or inside the first block."""
    if nested and number:
        x, y = 3 + 4 * (number % 2), 3 + 4 * (number // 2 % 2)
        return slice(x, x + 3), slice(y, y + 3)
    x, y = 2 + 10 * (number % 2), 2 + 10 * (number // 2 % 2)
    return slice(x, x + 8), slice(y, y + 8)


def blocks_of(values: Mapping[int, int], *, nested: bool = False) -> np.ndarray:
    """Return blocks of the values, each in its own corner, or the others inside the first one."""
    labels = np.zeros(SHAPE, np.uint16 if max(values.values(), default=0) > 255 else np.uint8)
    for number, value in values.items():
        labels[(*corner_of(number, nested), slice(4, 16))] = value
    return labels


def pages_of(entry: Samples) -> int:
    """Return how many pages a picture's file has, as `write_image` writes it."""
    if not isinstance(entry.parts, tuple):
        return 3
    return 4 if all(isinstance(p, int) and p < 4 for p in entry.parts) else PAGES


def repeated(path: Path, count: int) -> None:
    """Write the only page of a file so many times."""
    page = PIL.Image.open(path).copy()
    page.save(path, save_all=True, append_images=[page] * (count - 1))
