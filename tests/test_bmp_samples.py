"""BMP of every depth and direction, and in run lengths, has the samples that were written."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.value_fuzz.chance import Chance

ROWS, COLUMNS = 9, 13
RUNS, MASKS = 1, 3
"""Values of the header's field Compression (BI_RLE8, BI_BITFIELDS)."""


def bmp(bits: int, body: bytes, extra: bytes = b"", code: int = 0, *, from_top: bool) -> bytes:
    """Return a file with a BITMAPINFOHEADER; `extra` are the masks or the palette behind it."""
    height = -ROWS if from_top else ROWS
    colours = len(extra) // 4 if code != MASKS else 0
    start = 14 + 40 + len(extra)
    head = struct.pack(
        "<IiiHHIIiiII", 40, COLUMNS, height, 1, bits, code, len(body), 0, 0, colours, 0
    )
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + head + extra + body


def in_rows(packed: list[bytes], *, from_top: bool) -> bytes:
    rows = packed if from_top else packed[::-1]
    return b"".join(row + bytes(-len(row) % 4) for row in rows)


def read(folder: Path, data: bytes, how: Reading = Reading()) -> Any:  # noqa: B008
    (folder / "p.bmp").write_bytes(data)
    return formats.read(folder / "p.bmp", how).voxels[0]


@pytest.mark.parametrize("from_top", [False, True])
@pytest.mark.parametrize("bits", [1, 4, 8])
def test_indices_and_their_colours(bits: int, from_top: bool, tmp_path: Path) -> None:
    chance = Chance(bits, "bmp", str(from_top))
    numbers = chance.array((ROWS, COLUMNS), 0, (1 << bits) - 1)
    palette = chance.array((1 << bits, 4), 0, 255, "u1")
    single = (numbers[..., None] >> np.arange(bits - 1, -1, -1)) & 1
    body = in_rows(
        [np.packbits(row.astype(bool).reshape(-1)).tobytes() for row in single], from_top=from_top
    )
    data = bmp(bits, body, palette.tobytes(), from_top=from_top)
    assert (read(tmp_path, data) == palette[numbers][..., 2::-1]).all()
    assert (read(tmp_path, data, Reading(labels=True)) == numbers).all()


@pytest.mark.parametrize("from_top", [False, True])
@pytest.mark.parametrize("wide", [False, True])
def test_colours_of_16_bits(wide: bool, from_top: bool, tmp_path: Path) -> None:
    """Five bits of each colour, or six of green by masks."""
    green = 6 if wide else 5
    words = Chance(16, "bmp", str(wide)).array((ROWS, COLUMNS), 0, (1 << (10 + green)) - 1)
    body = in_rows([row.astype("<u2").tobytes() for row in words], from_top=from_top)
    masks = struct.pack("<III", 0xF800, 0x7E0, 0x1F) if wide else b""
    found = read(tmp_path, bmp(16, body, masks, MASKS if wide else 0, from_top=from_top))
    red, blue = words >> (5 + green), words & 31
    parts = [red / 31, (words >> 5 & ((1 << green) - 1)) / ((1 << green) - 1), blue / 31]
    assert np.abs(found - np.rint(np.stack(parts, axis=2) * 255)).max() <= 1


@pytest.mark.parametrize("from_top", [False, True])
@pytest.mark.parametrize("bits", [24, 32])
def test_colours_of_a_byte_each(bits: int, from_top: bool, tmp_path: Path) -> None:
    pixels = Chance(bits, "bmp").array((ROWS, COLUMNS, bits // 8), 0, 255, "u1")
    body = in_rows([row.tobytes() for row in pixels], from_top=from_top)
    assert (read(tmp_path, bmp(bits, body, from_top=from_top)) == pixels[..., 2::-1]).all()


@pytest.mark.parametrize("absolute", [False, True])
def test_run_lengths(absolute: bool, tmp_path: Path) -> None:
    chance = Chance(1, "bmp runs")
    numbers = chance.array((ROWS, COLUMNS), 0, 3)
    palette = chance.array((256, 4), 0, 255, "u1")
    body = b""
    for row in numbers[::-1].tolist():
        if absolute:  # padded to whole words
            body += bytes([0, COLUMNS, *row]) + bytes(COLUMNS % 2)
        else:
            body += b"".join(bytes([1, one]) for one in row)
        body += b"\0\0"
    data = bmp(8, body + b"\0\1", palette.tobytes(), RUNS, from_top=False)
    assert (read(tmp_path, data) == palette[numbers][..., 2::-1]).all()
    assert (read(tmp_path, data, Reading(labels=True)) == numbers).all()
