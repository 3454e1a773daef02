"""JPEG 2000 in DICOM whose stream states other sides than the header, before it is decoded."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import PIL.Image
import pydicom
import pytest
from pydicom.encaps import encapsulate
from pydicom.uid import JPEG2000Lossless

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.pixels import pixels

GREY = (np.arange(48 * 64) * 7919 % 251).reshape(48, 64).astype(np.uint8)


def dataset(stream: bytes) -> pydicom.Dataset:
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = JPEG2000Lossless
    data.Rows, data.Columns = GREY.shape
    data.BitsAllocated = data.BitsStored = 8
    data.HighBit, data.PixelRepresentation, data.SamplesPerPixel = 7, 0, 1
    data.PhotometricInterpretation = "MONOCHROME2"
    data.Modality = "OT"
    data.add_new(0x7FE00010, "OB", encapsulate([stream]))
    data["PixelData"].is_undefined_length = True
    return data


def stream() -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(GREY).save(out, "JPEG2000", no_jp2=True)
    return out.getvalue()


def test_a_sound_stream_is_decoded() -> None:
    assert (pixels(dataset(stream()), Path("a.dcm")) == GREY).all()


@pytest.mark.parametrize("sides", [(60_000, 60_000), (64, 47)])
def test_a_stream_of_other_sides_is_refused_undecoded(
    sides: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    at = stream().index(b"\xff\x51") + 6
    bad = stream()[:at] + struct.pack(">2I", *sides) + stream()[at + 8 :]

    def never(_: object) -> None:
        raise AssertionError("it was decoded")

    monkeypatch.setattr(pydicom.Dataset, "pixel_array", property(never))
    with pytest.raises(DataFault, match=f"{sides[0]} x {sides[1]} pixels, its header says 64 x 48"):
        pixels(dataset(bad), Path("a.dcm"))
