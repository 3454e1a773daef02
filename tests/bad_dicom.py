"""Bad DICOM files and series."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
import pydicom
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from tests.bad_file import READ, REFUSED, BadFile
from tests.bad_volumes import SHAPE, known_voxels


def _slice(k: int, **changed: object) -> pydicom.Dataset:
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = CTImageStorage
    data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = f"1.2.826.0.1.3680043.8.498.{k + 1}"  # fmt: skip
    data.SeriesInstanceUID, data.StudyInstanceUID = "1.2.826.0.1.1", "1.2.826.0.1.2"
    data.FrameOfReferenceUID, data.Modality, data.PatientID = "1.2.826.0.1.3", "CT", "p"
    x, y, _ = SHAPE
    data.Rows, data.Columns, data.InstanceNumber = y, x, k
    data.PixelSpacing, data.SliceThickness = [1.5, 1.5], 2
    data.ImagePositionPatient = [0, 0, 2 * k]
    data.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    data.BitsAllocated, data.BitsStored, data.HighBit, data.PixelRepresentation = 16, 16, 15, 1
    data.RescaleSlope, data.RescaleIntercept = 1 + k / 8, 0
    data.PixelData = np.ascontiguousarray(known_voxels()[:, :, k].T).tobytes()
    for name, value in changed.items():
        if value is None:
            delattr(data, name)
        else:
            setattr(data, name, value)
    return data


def _dicom(data: pydicom.Dataset) -> bytes:
    out = io.BytesIO()
    data.save_as(out, enforce_file_format=True)
    return out.getvalue()


def dicom() -> Iterator[BadFile]:
    """Yield single slices, and series of them."""
    good = _dicom(_slice(0))
    yield BadFile("made/dicom/good.dcm", READ, "sound", good)
    for name, what, changed in (
        ("pixels_short.dcm", "half of the pixels", {"PixelData": bytes(168)}),
        ("pixels_none.dcm", "no pixels", {"PixelData": None}),
        ("rows_zero.dcm", "0 rows", {"Rows": 0}),
        ("rows_none.dcm", "no number of rows", {"Rows": None}),
        ("spacing.dcm", "a negative spacing", {"PixelSpacing": [-1.5, 1.5]}),
        ("frames.dcm", "two thousand million frames", {"NumberOfFrames": 2_000_000_000}),
        ("palette.dcm", "a palette that is not there", {"PhotometricInterpretation": "PALETTE COLOR"}),
        ("bits.dcm", "pixels of 17 bits", {"BitsAllocated": 17, "BitsStored": 17, "HighBit": 16}),
    ):  # fmt: skip
        yield BadFile(f"made/dicom/{name}", REFUSED, what, _dicom(_slice(0, **changed)))  # type: ignore[arg-type]
    for name, what, data in (
        ("head_cut.dcm", "cut in the header", good[:300]),
        ("half.dcm", "cut in the pixels", good[:-100]),
        ("nothing.dcm", "no bytes", b""),
        ("text.dcm", "a text", b"not found\n" * 40),
    ):
        yield BadFile(f"made/dicom/{name}", REFUSED, what, data)
    count = SHAPE[2]
    sets = (
        ("series_mixed_slope", READ, "sound, each slice has its own slope", range(count)),
        ("series_gap", REFUSED, "a slice is missing", [k for k in range(count) if k != 4]),
    )
    for folder, expect, what, slices in sets:
        for k in slices:
            yield BadFile(f"made/dicom/{folder}/{k:03d}.dcm", expect, what, _dicom(_slice(k)))


KINDS = (dicom,)
