"""Compressed DICOM frames of another size than their header: refused in every transfer syntax, also of as many pixels."""

from __future__ import annotations

import io
from itertools import product
from pathlib import Path

import numpy as np
import PIL.Image
import pydicom
import pytest
from pydicom.data import get_testdata_file
from pydicom.encaps import encapsulate
from pydicom.uid import UID, JPEG2000Lossless, JPEGBaseline8Bit, JPEGLSLossless, RLELossless

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom import rle_segments
from benchsmith.imaging.dicom.jpeg_streams import stated
from benchsmith.imaging.dicom.pixels import pixels

ROWS, COLUMNS = 32, 40
GREY = (
    (np.arange(ROWS * COLUMNS) ** 2 * 7919 % 251 % 6 * 40).astype(np.uint8).reshape(ROWS, COLUMNS)
)
SYNTAXES = [RLELossless, JPEGLSLossless, JPEG2000Lossless, JPEGBaseline8Bit]


def dataset(values: np.ndarray, syntax: UID) -> pydicom.Dataset:
    """Return frames (frames, rows, columns) or one in grey or colours, compressed by an encoder of its format."""
    colours = values.shape[-1] == 3
    data = pydicom.Dataset()
    data.file_meta = pydicom.dataset.FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    shape = values.shape[:-1] if colours else values.shape
    data.Rows, data.Columns = shape[-2:]
    if len(shape) == 3:
        data.NumberOfFrames = shape[0]
    bits = 8 * values.itemsize
    data.BitsAllocated = data.BitsStored = bits
    data.HighBit, data.SamplesPerPixel, data.Modality = bits - 1, 3 if colours else 1, "OT"
    data.PixelRepresentation = int(values.dtype.kind == "i")
    data.PhotometricInterpretation = "RGB" if colours else "MONOCHROME2"
    if colours:
        data.PlanarConfiguration = 0
    if syntax in (RLELossless, JPEGLSLossless, JPEG2000Lossless):
        if syntax == JPEGLSLossless:
            pytest.importorskip("jpeg_ls")
        data.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
        data.SOPClassUID, data.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.7", "1.2.3"
        data.PixelData = values.tobytes()
        data["PixelData"].VR = "OB" if bits == 8 else "OW"
        data.compress(syntax, generate_instance_uid=False)
        return data
    frames = []
    for frame in values if len(shape) == 3 else [values]:
        out = io.BytesIO()
        PIL.Image.fromarray(frame).save(out, "JPEG", quality=100, subsampling=0)
        frames.append(out.getvalue())
    data.add_new(0x7FE00010, "OB", encapsulate(frames))
    return data


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.keyword)
def test_sound_frames_are_read(syntax: UID) -> None:
    near = 3 if syntax == JPEGBaseline8Bit else 0
    for values in (GREY, np.stack([GREY, GREY[::-1]])):
        found = pixels(dataset(values, syntax), Path("a.dcm"))
        assert abs(found.astype(int) - values).max() <= near


@pytest.mark.parametrize(
    ("rows", "columns"), [(31, 40), (32, 39), (40, 32), (16, 80), (64, 20), (20, 64)]
)
@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.keyword)
def test_frames_of_another_size(syntax: UID, rows: int, columns: int) -> None:
    """Frames of as many pixels as the header has were laid into its rows: a sheared picture."""
    data = dataset(GREY, syntax)
    data.Rows, data.Columns = rows, columns
    if syntax == RLELossless and columns % COLUMNS == 0 and rows * columns == GREY.size:
        return  # rows that end where others of RLE end cannot be told from them
    with pytest.raises(
        DataFault, match=f"its header says {columns} x {rows}|of its header"
    ) as fault:
        pixels(data, Path("a.dcm"))
    assert fault.value.reason == "header"


@pytest.mark.parametrize(
    "name",
    [
        "MR_small_RLE.dcm",
        "MR_small_jpeg_ls_lossless.dcm",
        "MR_small_jp2klossless.dcm",
        "JPGExtended.dcm",
    ],
)
def test_published_files_with_another_header(name: str) -> None:
    path = get_testdata_file(name, download=False)
    assert isinstance(path, str)
    data = pydicom.dcmread(path)
    assert pixels(data, Path(name)).shape == (data.Rows, data.Columns)
    data.Rows, data.Columns = data.Rows * 2, data.Columns // 2
    with pytest.raises(DataFault, match="a compressed frame has") as fault:
        pixels(data, Path(name))
    assert fault.value.reason == "header"


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.keyword)
def test_a_later_frame_of_another_size(syntax: UID) -> None:
    data = dataset(np.stack([GREY, GREY[::-1]]), syntax)
    other = dataset(np.ascontiguousarray(GREY.T), syntax)
    first, _ = pydicom.encaps.generate_frames(data.PixelData, number_of_frames=2)
    (second,) = pydicom.encaps.generate_frames(other.PixelData, number_of_frames=1)
    data.PixelData = encapsulate([first, second])
    with pytest.raises(DataFault) as fault:
        pixels(data, Path("a.dcm"))
    assert fault.value.reason == "header"


@pytest.mark.parametrize("syntax", SYNTAXES, ids=lambda uid: uid.keyword)
def test_another_number_of_components(syntax: UID) -> None:
    """Three times as wide a grey picture has as many numbers as one in colours."""
    data = dataset(np.stack([GREY] * 3, axis=2), syntax)
    data.SamplesPerPixel, data.PhotometricInterpretation = 1, "MONOCHROME2"
    for columns in (COLUMNS, 3 * COLUMNS):
        data.Columns = columns
        with pytest.raises(DataFault) as fault:
            pixels(data, Path("a.dcm"))
        assert fault.value.reason == "header"
    wide = dataset(GREY, syntax)
    wide.SamplesPerPixel, wide.PhotometricInterpretation, wide.PlanarConfiguration = 3, "RGB", 0
    with pytest.raises(DataFault, match=r"3 (samples|bytes) a pixel"):
        pixels(wide, Path("a.dcm"))


def test_runs_of_rle_with_and_without_their_rows() -> None:
    """An encoder that does not end its runs with the rows is read, and so are zeros after the pixels."""
    data = dataset(GREY, RLELossless)
    (frame,) = pydicom.encaps.generate_frames(data.PixelData, number_of_frames=1)
    for padding, (rows, columns) in product(
        (b"", b"\0\0\0\0", b"\x80\x80"), [(ROWS, COLUMNS), (16, 80)]
    ):
        assert not rle_segments.contradiction(frame + padding, rows, columns, 1)
    assert "more pixels" in rle_segments.contradiction(frame + b"\x00\x01", ROWS, COLUMNS, 1)
    head = (1).to_bytes(4, "little") + (64).to_bytes(4, "little") + bytes(56)
    across = b"".join(b"\x7f" + GREY.tobytes()[at : at + 128] for at in range(0, GREY.size, 128))
    data.PixelData = encapsulate([head + across])
    assert np.array_equal(pixels(data, Path("a.dcm")), GREY)
    flat = head + b"\x81\x00" * (256 * 320 // 128)
    assert not rle_segments.contradiction(flat, 256, 320, 1)


def test_what_streams_state_by_the_libraries_that_write_them() -> None:
    """Fill bytes, application segments and the boxes of JP2 files lie before the size."""
    out = io.BytesIO()
    PIL.Image.fromarray(GREY).save(out, "JPEG", comment=b"\xff\xc0" * 20)
    plain = out.getvalue()
    assert (one := stated(plain)) is not None
    assert one[:4] == (COLUMNS, ROWS, 1, 8)
    assert stated(plain[:2] + b"\xff\xff" + plain[2:]) == one
    out = io.BytesIO()
    PIL.Image.fromarray(GREY).save(out, "JPEG2000")
    assert (two := stated(out.getvalue())) is not None
    assert two[:5] == (COLUMNS, ROWS, 1, 8, False) and out.getvalue()[4:8] == b"jP  "
    for n in range(60):
        assert stated(plain[:n]) is None and stated(out.getvalue()[:n]) is None
