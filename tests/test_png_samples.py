"""PNG of every colour type, depth and interlacing has the samples that were written, byte by byte."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from tests.value_fuzz.chance import Chance

CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
KINDS = [(kind, bits) for kind, depths in DEPTHS.items() for bits in depths]
PASSES = (
    (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2),
)  # fmt: skip
"""First column and row, and steps, of the passes of Adam7 (PNG, 8.2)."""
CHUNKS = {"none": [], "gamma": [(b"gAMA", struct.pack(">I", 22_000))]}
Chunk = tuple[bytes, bytes]


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(pixels: Any, bits: int, kind: int, chunks: list[Chunk], *, interlaced: bool) -> bytes:
    """Return a PNG of samples (y, x, channel); rows have no filter."""
    rows, columns = pixels.shape[:2]

    def packed(part: Any) -> bytes:
        if bits == 16:
            return b"".join(b"\0" + row.astype(">u2").tobytes() for row in part)
        single = (part[..., None] >> np.arange(bits - 1, -1, -1)) & 1
        return b"".join(
            b"\0" + np.packbits(row.astype(bool).reshape(-1)).tobytes() for row in single
        )

    parts = (
        [pixels[y::down, x::across] for x, y, across, down in PASSES] if interlaced else [pixels]
    )
    data = b"".join(packed(part) for part in parts if part.size)
    head = struct.pack(">IIBBBBB", columns, rows, bits, kind, 0, 0, int(interlaced))
    body = [(b"IHDR", head), *chunks, (b"IDAT", zlib.compress(data)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in body)


def grey_or_colour(pixels: Any) -> Any:
    """Return pixels of equal channels as grey."""
    same = pixels.ndim == 3 and (pixels == pixels[..., :1]).all()
    return pixels[..., 0].astype(float) if same else pixels.astype(float)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("extra", sorted(CHUNKS))
@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_samples_are_as_written(
    kind: int, bits: int, extra: str, interlaced: bool, tmp_path: Path
) -> None:
    chance = Chance(bits, str(kind), extra, str(interlaced))
    most = (1 << bits) - 1
    chunks = list(CHUNKS[extra])
    palette = chance.array((most + 1, 3), 0, 255, "u1") if kind == 3 else None
    if palette is not None:
        chunks.append((b"PLTE", palette.tobytes()))
    for _ in range(3):
        shape = (chance.whole(1, 19), chance.whole(1, 19), CHANNELS[kind])
        pixels = chance.array(shape, 0, most)
        path = tmp_path / "p.png"
        path.write_bytes(png(pixels, bits, kind, chunks, interlaced=interlaced))
        if kind in (0, 3):
            found = formats.read(path, Reading(labels=True)).voxels[0]
            assert (found == pixels[..., 0]).all()
        if palette is not None:
            expected = palette[pixels[..., 0]]
        elif kind == 0:
            expected = pixels[..., 0] * {1: 255, 2: 85, 4: 17}.get(bits, 1)
        else:
            alpha = pixels[..., -1:] / most if kind in (4, 6) else 1
            colours = pixels[..., :-1] if kind in (4, 6) else pixels
            expected = (colours >> (bits - 8)) * alpha
        found = formats.read(path).voxels[0]
        off = np.abs(grey_or_colour(found) - grey_or_colour(np.rint(expected)))
        # Pillow lays alpha over black with 8 bits of each
        assert off.max() <= (1 if kind in (4, 6) else 0)


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize(("kind", "bits"), [k for k in KINDS if k[0] in (0, 2)])
def test_a_transparent_level_is_compared_in_the_files_own_depth(
    kind: int, bits: int, interlaced: bool, tmp_path: Path
) -> None:
    most = (1 << bits) - 1
    chance = Chance(7, str(kind), str(bits))
    pixels = chance.array((9, 11, CHANNELS[kind]), 1, most)
    key = pixels[4, 5]
    chunks = [(b"tRNS", key.astype(">u2").tobytes())]
    path = tmp_path / "p.png"
    path.write_bytes(png(pixels, bits, kind, chunks, interlaced=interlaced))
    if (kind, bits) == (2, 16):
        with pytest.raises(DataFault, match="16-bit colour"):
            formats.read(path)
        return
    clear = (pixels == key).all(axis=2, keepdims=True)
    expected = np.where(clear, 0, pixels) * ({1: 255, 2: 85, 4: 17}.get(bits, 1))
    found = formats.read(path).voxels[0]
    assert (grey_or_colour(found) == grey_or_colour(expected)).all()


def test_a_transparent_deep_colour_that_no_pixel_has_changes_nothing(tmp_path: Path) -> None:
    pixels = Chance(8, "deep").array((9, 11, 3), 256, 65535)
    chunks = [(b"tRNS", struct.pack(">HHH", 1, 2, 3))]
    path = tmp_path / "p.png"
    path.write_bytes(png(pixels, 16, 2, chunks, interlaced=False))
    assert (formats.read(path).voxels[0] == pixels >> 8).all()


@pytest.mark.parametrize("bits", [2, 4])
def test_a_mask_with_a_transparent_grey_of_few_bits_marks_the_rest(
    bits: int, tmp_path: Path
) -> None:
    """Level 1 is transparent; the mask is black on it."""
    marked = np.zeros((9, 11, 1), np.int64) + 1
    marked[2:5, 3:8] = 0
    path = tmp_path / "p.png"
    chunks = [(b"tRNS", struct.pack(">H", 1))]
    path.write_bytes(png(marked, bits, 0, chunks, interlaced=False))
    found = formats.read(path, Reading(mask=True)).voxels[0]
    assert ((found > 0) == (marked[..., 0] == 0)).all()
