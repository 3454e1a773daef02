"""Strips and tiles of a TIFF page: all of them must be in the file.

Pillow leaves the pixels of an unlisted strip or tile black (TIFF 6.0, sections 3 and 15).
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from benchsmith.core.contracts import DataFault

WIDTH, LENGTH, BITS, COMPRESSION, PHOTOMETRIC = 256, 257, 258, 259, 262
STRIP_OFFSETS, SAMPLES, ROWS_PER_STRIP, STRIP_COUNTS, PLANAR = 273, 277, 278, 279, 284
TILE_WIDTH, TILE_LENGTH, TILE_OFFSETS, TILE_COUNTS = 322, 323, 324, 325
UNCOMPRESSED, OLD_JPEG, SEPARATE_PLANES, YCBCR = 1, 6, 2, 6
COLOUR_MAP, PALETTE = 320, 3


def check(tags: Mapping[int, Any], file: IO[bytes], path: Path) -> None:
    """Raise DataFault unless a page's tags list all of its strips or tiles, within the file."""
    if one(tags, COMPRESSION, UNCOMPRESSED) == OLD_JPEG:  # may lie in a stream of its own
        return
    width, length = one(tags, WIDTH, 0), one(tags, LENGTH, 0)
    samples = one(tags, SAMPLES, 1)
    planar = one(tags, PLANAR, 1)
    if samples > 1 and planar not in (1, SEPARATE_PLANES):
        raise DataFault("header", path, f"its PlanarConfiguration is {planar}, and neither 1 nor 2")
    planes = samples if planar == SEPARATE_PLANES else 1
    tiled = TILE_OFFSETS in tags
    across = one(tags, TILE_WIDTH, 0) if tiled else width
    down = one(tags, TILE_LENGTH if tiled else ROWS_PER_STRIP, 0 if tiled else length)
    if across <= 0 or down <= 0:
        raise DataFault("header", path, "has strips or tiles without pixels")
    needed = -(-width // across) * -(-length // down) * planes
    offsets = every(tags, TILE_OFFSETS if tiled else STRIP_OFFSETS)
    counts = every(tags, TILE_COUNTS if tiled else STRIP_COUNTS)
    name = "tiles" if tiled else "strips"
    if len(offsets) < needed:
        raise DataFault("truncated", path, f"needs {needed} {name} and lists {len(offsets)}")
    if counts and len(counts) != len(offsets):
        what = f"lists {len(offsets)} places of {name} and {len(counts)} numbers of bytes"
        raise DataFault("header", path, what)
    size = _size(file)
    if any(at + count > size for at, count in zip(offsets, counts, strict=False)):
        raise DataFault("truncated", path, f"its {name} lie outside the file's {size} bytes")
    bits = max(every(tags, BITS) or [1]) * samples // planes
    colours = len(every(tags, COLOUR_MAP))
    if one(tags, PHOTOMETRIC, 0) == PALETTE and colours != 3 << bits:
        what = f"its palette has {colours} numbers, and indices of {bits} bits need {3 << bits}"
        raise DataFault("header", path, what)
    plain = one(tags, COMPRESSION, UNCOMPRESSED) == UNCOMPRESSED
    # YCbCr stores fewer samples of colour than pixels
    if (
        plain
        and one(tags, PHOTOMETRIC, 0) != YCBCR
        and counts
        and sum(counts) < -(-width * bits // 8) * length * planes
    ):
        raise DataFault("truncated", path, f"its {name} have too few bytes for its pixels")


def _size(file: IO[bytes]) -> int:
    at = file.tell()
    size = file.seek(0, os.SEEK_END)
    file.seek(at)
    return size


def every(tags: Mapping[int, Any], tag: int) -> list[int]:
    """Return the whole numbers of a tag, none where it is not stated."""
    value = tags.get(tag, ())
    return [int(v) for v in value] if isinstance(value, tuple | list) else [int(value)]


def one(tags: Mapping[int, Any], tag: int, default: int) -> int:
    """Return the first number of a tag."""
    return next(iter(every(tags, tag)), default)
