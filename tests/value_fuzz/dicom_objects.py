"""DICOM objects to be changed: a slice, its pixels in any transfer syntax."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.dataset import FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from tests.value_fuzz import grids
from tests.value_fuzz.chance import Chance

ROOT = "1.2.826.0.1.3680043.8.498.7"


def pixels(chance: Chance, bits: int, *, signed: bool = False, size: Any = None) -> Any:
    """Return (rows, columns) of stored values of so many bits."""
    rows, columns = size or (chance.whole(4, 9), chance.whole(4, 9))
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    kind = np.dtype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")
    return chance.array((rows, columns), low, high, kind)


def image(stored: Any, bits: int, **changed: Any) -> pydicom.Dataset:
    """Return a CT slice of stored pixels, (rows, columns) or (rows, columns, 3)."""
    made = pydicom.Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = CTImageStorage
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.1"
    made.StudyInstanceUID, made.SeriesInstanceUID = f"{ROOT}.2", f"{ROOT}.3"
    made.FrameOfReferenceUID = f"{ROOT}.4"
    made.Modality, made.PatientID = "CT", "p"
    made.Rows, made.Columns = stored.shape[:2]
    made.SamplesPerPixel = 3 if stored.ndim == 3 else 1
    made.PhotometricInterpretation = "RGB" if stored.ndim == 3 else "MONOCHROME2"
    if stored.ndim == 3:
        made.PlanarConfiguration = 0
    made.BitsAllocated = stored.dtype.itemsize * 8
    made.BitsStored, made.HighBit = bits, bits - 1
    made.PixelRepresentation = int(stored.dtype.kind == "i")
    for name, value in changed.items():
        setattr(made, name, value)
    data = stored.astype(stored.dtype.newbyteorder("<")).tobytes()
    made.PixelData = data + b"\0" * (len(data) % 2)
    made["PixelData"].VR = "OB" if stored.dtype.itemsize == 1 else "OW"
    return made


def place(chance: Chance, made: pydicom.Dataset) -> Any:
    """Place a slice anywhere; return its affine to LPS, with the unit normal as third column."""
    axes = grids.directions(chance, right_handed=True)
    spacing = [chance.real(0.3, 4), chance.real(0.3, 4)]
    origin = [chance.real(-200, 200) for _ in range(3)]
    made.ImageOrientationPatient = [round(float(v), 9) for v in axes[:, :2].T.ravel()]
    made.ImagePositionPatient = origin
    made.PixelSpacing = spacing
    affine = np.eye(4)
    affine[:3, 0], affine[:3, 1], affine[:3, 2] = (
        axes[:, 0] * spacing[1], axes[:, 1] * spacing[0], axes[:, 2],
    )  # fmt: skip
    affine[:3, 3] = origin
    return affine


OF_THE_PICTURE = (
    "Modality", "PatientID", "SOPInstanceUID", "StudyInstanceUID", "SeriesInstanceUID", "ImageType",
    "Rows", "Columns", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
    "SamplesPerPixel", "PhotometricInterpretation", "PlanarConfiguration", "NumberOfFrames",
    "PixelSpacing", "ImageOrientationPatient", "ImagePositionPatient", "RescaleSlope",
    "RescaleIntercept", "RescaleType", "PixelPaddingValue", "PixelPaddingRangeLimit",
    "ModalityLUTSequence", "PixelData",
    *(f"{c}PaletteColorLookupTable{w}" for c in ("Red", "Green", "Blue") for w in ("Descriptor", "Data")),
)  # fmt: skip
"""What decides the values and the place of a picture."""


def only_the_picture(words: pydicom.Dataset, path: Path) -> Path:
    """Write the elements that the picture is made of, as a CT slice: nothing else of a damaged header.

    GDCM then judges the pixels of files that it refuses for elements that say nothing of them. Raises
    AttributeError for a file that has no sound meta group.
    """
    made = pydicom.Dataset()
    made.file_meta = FileMetaDataset()
    made.file_meta.TransferSyntaxUID = words.file_meta.TransferSyntaxUID
    made.SOPClassUID = made.file_meta.MediaStorageSOPClassUID = CTImageStorage
    for name in OF_THE_PICTURE:
        if name in words:
            made[name] = words[name]
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.1"
    if "BitsStored" in words and "HighBit" not in words:
        made.HighBit = int(words.BitsStored) - 1
    return save(made, path)


def save(made: pydicom.Dataset, path: Path) -> Path:
    """Write an object."""
    syntax = made.file_meta.TransferSyntaxUID
    made.save_as(
        path,
        enforce_file_format=True,
        little_endian=syntax.is_little_endian,
        implicit_vr=syntax.is_implicit_VR,
    )
    return path
