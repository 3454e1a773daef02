"""Components of JPEG 2000 frames: read as they were written, or refused with the reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from benchsmith import formats
from benchsmith.core.contracts import DataFault

utils = pytest.importorskip("openjpeg.utils")
SIZ = b"\xff\x4f\xff\x51"
FIRST = 42
"""Bytes from the start of a codestream to what its first component states."""
RAMP = np.add.outer(np.arange(40), np.arange(48) * 5)


def frame(pixels: np.ndarray, bits: int) -> bytearray:
    kind = 1 if pixels.ndim == 3 else 2
    data = utils.encode_array(
        pixels, bits_stored=bits, photometric_interpretation=kind, use_mct=False
    )
    assert data.startswith(SIZ)
    return bytearray(data)


def write(path: Path, data: bytes, pixels: np.ndarray, bits: int, samples: int = 0) -> Path:
    one = Dataset()
    one.file_meta = FileMetaDataset()
    one.file_meta.TransferSyntaxUID = JPEG2000Lossless
    one.file_meta.MediaStorageSOPClassUID = one.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    one.file_meta.MediaStorageSOPInstanceUID = one.SOPInstanceUID = "1.2.3"
    one.Modality, (one.Rows, one.Columns) = "OT", pixels.shape[:2]
    one.SamplesPerPixel = samples or (3 if pixels.ndim == 3 else 1)
    one.PhotometricInterpretation = "RGB" if one.SamplesPerPixel == 3 else "MONOCHROME2"
    if one.SamplesPerPixel == 3:
        one.PlanarConfiguration = 0
    one.BitsAllocated, one.BitsStored, one.HighBit = 8 * pixels.itemsize, bits, bits - 1
    one.PixelRepresentation = int(pixels.dtype.kind == "i")
    one.PixelData = encapsulate([bytes(data)])
    one.save_as(path, enforce_file_format=True)
    return path


@pytest.mark.parametrize(
    ("bits", "kind"), [(8, "u1"), (8, "i1"), (12, "u2"), (12, "i2"), (16, "u2"), (16, "i2")]
)
def test_signed_and_unsigned_grey(tmp_path: Path, bits: int, kind: str) -> None:
    most = 1 << bits
    values = RAMP * (most // 300) % most - (most // 2 if kind[0] == "i" else 0)
    pixels = values.astype(kind)
    found = formats.read(write(tmp_path / "a.dcm", frame(pixels, bits), pixels, bits))
    assert np.array_equal(found.voxels[0].astype(int), values)


def test_colours(tmp_path: Path) -> None:
    pixels = np.stack([RAMP % 251, RAMP.T[:1].T + 0 * RAMP, (RAMP * 3) % 241], axis=2).astype(
        np.uint8
    )
    found = formats.read(write(tmp_path / "a.dcm", frame(pixels, 8), pixels, 8))
    assert np.array_equal(found.voxels[0], pixels)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (4, 2, "components of fewer pixels than the picture, with steps of 1 x 1, 2 x 1, 1 x 1"),
        (8, 2, "with steps of 1 x 1, 1 x 1, 1 x 2"),
        (3, 0x87, "components of different types"),
        (6, 0x06, "components of different types"),
    ],
)
def test_components_that_are_not_alike(tmp_path: Path, place: int, value: int, said: str) -> None:
    pixels = np.stack([RAMP % 251] * 3, axis=2).astype(np.uint8)
    data = frame(pixels, 8)
    assert data[FIRST : FIRST + 9] == bytes([7, 1, 1] * 3)
    data[FIRST + place] = value
    with pytest.raises(DataFault) as fault:
        formats.read(write(tmp_path / "a.dcm", data, pixels, 8))
    assert fault.value.reason == "header" and said in fault.value.detail


def test_signed_colours_and_another_number_of_components(tmp_path: Path) -> None:
    pixels = np.stack([RAMP % 251] * 3, axis=2).astype(np.uint8)
    data = frame(pixels, 8)
    with pytest.raises(DataFault, match="3 components, its header says 1"):
        formats.read(write(tmp_path / "a.dcm", data, pixels, 8, samples=1))
    for component in range(3):
        data[FIRST + 3 * component] = 0x87
    with pytest.raises(DataFault, match="signed"):
        formats.read(write(tmp_path / "b.dcm", data, pixels, 8))
