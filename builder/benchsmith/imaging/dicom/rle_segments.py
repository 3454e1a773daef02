"""The size of frames in RLE (PS3.5 annex G), which state none: the bytes and the rows that their runs make."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import pairwise

HEADER_BYTES, MOST_SEGMENTS = 64, 15
LONGEST = 128
"""Bytes of the longest run. A code below it says how many bytes follow, one above it how often the next is
repeated; itself, it says nothing."""
FEWEST_ROWS, FEWEST_COLUMNS = 16, 8
"""Sides of a picture from which runs that end with each of its rows are no chance."""


def contradiction(frame: bytes, rows: int, columns: int, segments: int) -> str:
    """Return how a frame contradicts its header, as in "has ..."; empty if it does not, or ends too early.

    `segments` is the number of bytes a pixel. Zeros after the pixels are padding.
    """
    if len(frame) < HEADER_BYTES:
        return ""
    count, *offsets = struct.unpack("<16L", frame[:HEADER_BYTES])
    if count != segments:
        return f"{count} segments, its header says {segments} bytes a pixel"
    if not 0 < count <= MOST_SEGMENTS:
        return ""
    parts = [frame[start:end] for start, end in pairwise([*offsets[:count], len(frame)])]
    wanted, by_rows = rows * columns, True
    for part in parts:
        last = rows_met = 0
        for end in _ends(part, wanted):
            rows_met += end % columns == 0 and end != last
            last = end
        if last > wanted:
            return f"more pixels than the {columns} x {rows} of its header"
        if last < wanted:
            return ""
        by_rows &= rows_met == rows
    if not by_rows and (width := _width(parts, wanted)):
        return f"rows of {width} pixels, its header says {columns} x {rows}"
    return ""


def _ends(segment: bytes, wanted: int) -> Iterator[int]:
    """Yield how many bytes there are after each run, up to the first number above `wanted`."""
    at, made, end = 0, 0, len(segment)
    while at < end and made <= wanted:
        if made == wanted and not any(segment[at:]):
            return
        code = segment[at]
        if code < LONGEST:
            made += min(code + 1, end - at - 1)
            at += code + 2
        elif code > LONGEST:
            made += 257 - code if at + 1 < end else 0
            at += 2
        else:
            at += 1
        yield made


def _width(parts: list[bytes], wanted: int) -> int:
    """Return the width of rows with each of which runs of all segments end; 0 if there is none.

    An encoder ends a run with each row (PS3.5 G.3.1). One that does not ends most of them when they are full.
    """
    ends = set.intersection(*(set(_ends(part, wanted)) for part in parts))
    if all(end % LONGEST == 0 for end in ends - {wanted}):
        return 0
    for width in range(FEWEST_COLUMNS, wanted // FEWEST_ROWS + 1):
        if wanted % width == 0 and ends.issuperset(range(width, wanted, width)):
            return width
    return 0
