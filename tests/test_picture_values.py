"""Values of PNG, PNM and TIFF files that other readers read differently, by the formats' standards."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_format_values import refused
from tests.value_fuzz.tiff_judge import turned_by


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
