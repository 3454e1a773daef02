"""Values of files that other readers read otherwise: each is told by the format's own standard."""

from __future__ import annotations

import gzip
import struct
import zlib
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pydicom
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_dicom_pixels import picture
from tests.test_formats import write_dicom
from tests.value_fuzz.raster import turned_by

VOXELS = np.arange(24, dtype=np.int16).reshape(2, 3, 4)


def refused(path: Path, reason: str, words: str) -> None:
    with pytest.raises(DataFault, match=words) as caught:
        formats.read(path)
    assert caught.value.reason == reason


# NIfTI.


def nifti(path: Path, *, qfac: float = 1.0) -> Path:
    header = nib.Nifti1Image(VOXELS, np.diag([-2.0, -3, 4, 1])).header
    header.set_data_dtype(np.int16)
    header.set_data_shape(VOXELS.shape)
    header.set_qform(np.diag([-2.0, -3, 4, 1]), 1)
    header["sform_code"], header["vox_offset"], header["pixdim"][0] = 0, 352, qfac
    path.write_bytes(header.binaryblock + bytes(4) + VOXELS.tobytes(order="F"))
    return path


@pytest.mark.parametrize("at", [1, 347, 348, 360])
def test_a_gzip_stream_may_have_a_member_that_ends_in_the_header(tmp_path: Path, at: int) -> None:
    data = nifti(tmp_path / "v.nii").read_bytes()
    parts = gzip.compress(data[:at]) + gzip.compress(data[at:])
    (tmp_path / "w.nii.gz").write_bytes(parts)
    assert np.array_equal(formats.read(tmp_path / "w.nii.gz").voxels, VOXELS.T)


@pytest.mark.parametrize("qfac", [0.0, 1.0, 7.0, float("nan")])
def test_any_other_qfac_of_nifti_counts_as_one(tmp_path: Path, qfac: float) -> None:
    image = formats.read(nifti(tmp_path / "v.nii", qfac=qfac))
    assert image.spacing_mm == (4, 3, 2)
    assert np.array_equal(image.voxels, VOXELS.T)


def test_a_qfac_of_minus_one_turns_the_third_axis(tmp_path: Path) -> None:
    assert np.array_equal(formats.read(nifti(tmp_path / "v.nii", qfac=-1)).voxels, VOXELS.T[::-1])


# NRRD and MetaImage.


def nrrd(path: Path, *lines: str, **changed: str) -> Path:
    fields = {"type": "int16", "dimension": "3", "space": "left-posterior-superior",
              "sizes": "2 3 4", "space directions": "(2,0,0) (0,3,0) (0,0,4)", "endian": "little",
              "encoding": "raw", "space origin": "(1,2,3)"} | changed  # fmt: skip
    text = "\n".join(["NRRD0004", *lines, *(f"{k}: {v}" for k, v in fields.items()), "", ""])
    path.write_bytes(text.encode() + VOXELS.tobytes(order="F"))
    return path


def test_a_field_that_nrrd_does_not_have_is_refused(tmp_path: Path) -> None:
    """A spelling mistake would otherwise take the default in silence: sides of 1 mm."""
    refused(nrrd(tmp_path / "a.nrrd", "spacngs: 1 1 9"), "header", "not a field of NRRD")
    refused(nrrd(tmp_path / "b.nrrd", "spacings 1 1 9"), "header", "not a field of NRRD")
    refused(nrrd(tmp_path / "c.nrrd", "type: int16"), "header", "twice")
    image = formats.read(nrrd(tmp_path / "d.nrrd", "spacings:=1 1 9", "# spacings: 1 1 9"))
    assert image.spacing_mm == (4, 3, 2)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("space origin", "(1,2,3,4)", "header"),
        ("space directions", "(2,0,0) (0,3,0) 0,0,4) (0,0,1)", "spacing"),
        ("space directions", "(2,0,0) x (0,3,0) (0,0,4)", "spacing"),
    ],
)
def test_vectors_of_nrrd_that_do_not_fit_are_refused(
    tmp_path: Path, field: str, value: str, reason: str
) -> None:
    with pytest.raises(DataFault) as caught:
        formats.read(nrrd(tmp_path / "v.nrrd", **{field: value}))
    assert caught.value.reason == reason


def test_a_picture_in_nrrd_is_one_millimetre_thick(tmp_path: Path) -> None:
    (tmp_path / "v.nrrd").write_bytes(
        b"NRRD0004\ntype: uint8\ndimension: 2\nsizes: 3 2\nspacings: 2 5\nencoding: raw\n\n012345"
    )
    assert formats.read(tmp_path / "v.nrrd").spacing_mm == (1, 5, 2)


@pytest.mark.parametrize("stated", ["True", "true", "T", "t", "1"])
@pytest.mark.parametrize("key", ["BinaryDataByteOrderMSB", "ElementByteOrderMSB"])
def test_metaimage_says_true_in_several_ways(tmp_path: Path, key: str, stated: str) -> None:
    path = metaimage(tmp_path, **{key: stated})
    assert np.array_equal(formats.read(path).voxels, VOXELS.T.byteswap())


def test_a_truth_value_that_metaimage_does_not_have_is_refused(tmp_path: Path) -> None:
    refused(metaimage(tmp_path, BinaryDataByteOrderMSB="yes"), "header", "neither True nor False")
    refused(metaimage(tmp_path, BinaryData="0"), "format-unknown", "as text")


def metaimage(path: Path, **fields: str) -> Path:
    head = {"NDims": "3", "DimSize": "2 3 4", "ElementType": "MET_SHORT", **fields}
    text = "".join(f"{k} = {v}\n" for k, v in head.items()) + "ElementDataFile = LOCAL\n"
    (path / "v.mha").write_bytes(text.encode() + VOXELS.tobytes(order="F"))
    return path / "v.mha"


# DICOM.


@pytest.mark.parametrize(
    ("modality", "kind", "expected"),
    [
        ("CT", "HU", [-1000, -990, 3000]),
        ("CT", "US", [3095, 3085, -905]),
        ("DX", "", [3095, 3085, -905]),
    ],
)
def test_monochrome1_inverts_what_has_no_unit(
    tmp_path: Path, modality: str, kind: str, expected: list[int]
) -> None:
    """It is about display (PS3.3 C.7.6.3.1.2): Hounsfield units stay what they are."""
    pixels = np.array([[0, 10, 4000]], np.uint16)
    path = picture(
        tmp_path, pixels, Modality=modality, PhotometricInterpretation="MONOCHROME1", BitsStored=12,
        HighBit=11, RescaleSlope=1, RescaleIntercept=-1000, **({"RescaleType": kind} if kind else {}),
    )  # fmt: skip
    # 12 bits: 4095 - v, minus 1000
    inverted = [4095 - v - 1000 for v in (0, 10, 4000)]
    assert expected in ([-1000, -990, 3000], inverted)
    assert formats.read(path).voxels[0, 0].tolist() == expected


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [("RescaleIntercept", -1024, -924), ("RescaleSlope", 2, 200)],
)
def test_half_of_a_rescale_is_applied(tmp_path: Path, tag: str, value: int, expected: int) -> None:
    """The other half is 1 or 0, as GDCM has it: without it a CT is 1024 HU off."""
    pixels = np.full((2, 2), 100, np.uint16)
    made = picture(
        tmp_path, pixels, Modality="CT", PhotometricInterpretation="MONOCHROME2", **{tag: value}
    )
    image = formats.read(made)
    assert (image.voxels == expected).all()
    assert image.unit == "HU"


def test_a_series_in_monochrome1_keeps_its_hounsfield_units(tmp_path: Path) -> None:
    voxels = np.arange(60).reshape(5, 4, 3)
    folder = write_dicom(tmp_path, voxels, np.eye(4))
    plain = formats.read(folder).voxels.copy()
    for path in folder.iterdir():
        data = pydicom.dcmread(path)
        data.PhotometricInterpretation = "MONOCHROME1"
        data.save_as(path)
    assert np.array_equal(formats.read(folder).voxels, plain)


@pytest.mark.parametrize("value", ["1t3.8\\1\\2", "1\\2", "1\\2\\3\\4"])
def test_a_position_that_is_not_understood_is_not_a_missing_one(tmp_path: Path, value: str) -> None:
    folder = write_dicom(tmp_path, np.zeros((4, 5, 1), int), np.eye(4))
    data = pydicom.dcmread(folder / "001.dcm")
    text = data.ImagePositionPatient
    data.add_new(0x00200032, "LO", value)
    data.save_as(tmp_path / "one.dcm")
    assert len(text) == 3
    refused(tmp_path / "one.dcm", "header", "image position")


# Pictures.


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(path: Path, rows: bytes, width: int = 64, height: int = 64, *, interlaced: int = 0) -> Path:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced)
    parts = (chunk(b"IHDR", head), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    return path


def test_a_png_without_all_of_its_rows_is_refused(tmp_path: Path) -> None:
    assert formats.read(png(tmp_path / "a.png", bytes(65 * 64))).voxels.shape == (1, 64, 64)
    refused(
        png(tmp_path / "b.png", bytes(65 * 8)), "truncated", "4160 bytes of pixels declared, 520"
    )
    refused(png(tmp_path / "c.png", bytes(65 * 64 - 1)), "truncated", "4159 present")


def test_a_png_whose_end_is_damaged_is_refused(tmp_path: Path) -> None:
    path = png(tmp_path / "a.png", bytes(65 * 64))
    data = path.read_bytes()
    path.write_bytes(data[:-12])
    refused(path, "truncated", "before its last chunk")
    path.write_bytes(data[:-3])
    refused(path, "truncated", "IEND")
    at = data.index(b"IDAT") + 20
    path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
    refused(path, "checksum", "IDAT")


def test_an_interlaced_png_has_a_row_for_each_pass(tmp_path: Path) -> None:
    pixels = np.arange(35, dtype=np.uint8).reshape(5, 7)
    rows = b""
    for left, top, across, down in (
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
    ):  # fmt: skip
        for row in pixels[top::down, left::across]:
            rows += b"\0" + row.tobytes() if len(row) else b""
    path = png(tmp_path / "a.png", rows, 7, 5, interlaced=1)
    assert np.array_equal(formats.read(path).voxels[0], pixels)
    refused(png(tmp_path / "b.png", rows[:-1], 7, 5, interlaced=1), "truncated", "declared")


@pytest.mark.parametrize(
    ("mode", "key", "expected"),
    [("L", 9, [[0, 8]]), ("RGB", (9, 8, 7), [[[0, 0, 0], [9, 8, 6]]]), ("I;16", 9, [[0, 8]])],
)
def test_a_transparent_level_or_colour_is_black(
    tmp_path: Path, mode: str, key: Any, expected: list[Any]
) -> None:
    pixels = {
        "L": np.array([[9, 8]], np.uint8),
        "RGB": np.array([[[9, 8, 7], [9, 8, 6]]], np.uint8),
        "I;16": np.array([[9, 8]], np.uint16),
    }[mode]
    PIL.Image.fromarray(pixels).save(tmp_path / "k.png", transparency=key)
    assert formats.read(tmp_path / "k.png").voxels[0].tolist() == expected


@pytest.mark.parametrize("most", [3, 7, 255, 1000, 65535])
def test_labels_in_pnm_are_not_scaled_to_its_largest_value(tmp_path: Path, most: int) -> None:
    labels = np.array([[0, 1, 2], [3, 2, 1]])
    kind = "u1" if most < 256 else ">u2"
    (tmp_path / "m.pgm").write_bytes(f"P5\n3 2\n{most}\n".encode() + labels.astype(kind).tobytes())
    assert np.array_equal(formats.read_labels(tmp_path / "m.pgm").voxels[0], labels)


def test_a_sample_above_the_largest_value_of_pnm_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.pgm").write_bytes(b"P5\n3 1\n9\n\x01\x0a\x02")
    refused(tmp_path / "m.pgm", "header", "states 9 as its largest value and has 10")
    (tmp_path / "m.pgm").write_bytes(b"P5\n1 1\n1000\n\x03\xe9")
    refused(tmp_path / "m.pgm", "header", "states 1000 as its largest value and has 1001")
    (tmp_path / "m.pgm").write_bytes(b"P5\n1 1\n1000\n\x03\xe8")
    assert formats.read(tmp_path / "m.pgm").voxels.tolist() == [[[65535]]]


def changed_tag(data: bytes, tag: int, value: int) -> bytes:
    """Return a little-endian classic TIFF with another value, or first value, of a tag of one page."""
    made = bytearray(data)
    first = struct.unpack_from("<I", data, 4)[0]
    for entry in range(first + 2, first + 2 + 12 * struct.unpack_from("<H", data, first)[0], 12):
        if struct.unpack_from("<H", data, entry)[0] == tag:
            kind, count = struct.unpack_from("<HI", data, entry + 2)
            size = {"H": 2, "I": 4}[letter := {3: "H", 4: "I"}[kind]]
            at = entry + 8
            if count * size > 4:
                at = struct.unpack_from("<I", data, at)[0]
            struct.pack_into(f"<{letter}", made, at, value)
    return bytes(made)


@pytest.mark.parametrize("compression", [None, "zlib"])
@pytest.mark.parametrize("shape", [{"rowsperstrip": 4}, {"tile": (16, 16)}])
@pytest.mark.parametrize("planes", [None, "separate"])
def test_a_tiff_has_all_of_its_strips_and_tiles(
    tmp_path: Path, compression: str | None, shape: dict[str, Any], planes: str | None
) -> None:
    pixels = np.arange(20 * 33 * (3 if planes else 1)).astype("u1").reshape(-1, 20, 33)
    path = tmp_path / "t.tif"
    tifffile.imwrite(
        path, pixels if planes else pixels[0], photometric="rgb" if planes else "minisblack",
        planarconfig=planes, metadata=None, compression=compression, **shape,
    )  # fmt: skip
    whole = path.read_bytes()
    expected = pixels.transpose(1, 2, 0) if planes else pixels[0]
    assert np.array_equal(formats.read(path).voxels[0], expected)
    counts = 325 if "tile" in shape else 279
    for changed, reason in (
        (changed_tag(whole, 257, 320), "truncated"),
        (changed_tag(whole, counts, len(whole)), "truncated"),
        (changed_tag(whole, 323 if "tile" in shape else 278, 0), "header"),
    ):
        path.write_bytes(changed)
        with pytest.raises(DataFault) as caught:
            formats.read(path)
        assert caught.value.reason == reason


@pytest.mark.parametrize("code", range(1, 9))
@pytest.mark.parametrize("compression", [None, "zlib"])
def test_a_turned_tiff_is_whole(tmp_path: Path, code: int, compression: str | None) -> None:
    """Mapped into memory with exchanged sides, its rows would be cut at other places."""
    pixels = np.arange(77, dtype=np.uint8).reshape(7, 11)
    tifffile.imwrite(
        tmp_path / "t.tif", pixels, photometric="minisblack", metadata=None, compression=compression,
        extratags=[(274, "H", 1, code, True)],
    )  # fmt: skip
    assert np.array_equal(formats.read(tmp_path / "t.tif").voxels[0], turned_by(pixels, code))
