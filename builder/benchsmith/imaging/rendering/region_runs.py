"""The region of a picture as text: COCO's compressed run lengths."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.imaging.rendering.picture import drawn_region


def runs_in_picture(mask: Array, size: tuple[int, int]) -> str:
    """Return the run lengths of a plane's mask, scaled to a picture of `size` (rows, columns)."""
    return region_runs(drawn_region(mask, size))


def region_runs(region: Array) -> str:
    """Return a boolean (rows, columns) as COCO's compressed run lengths; empty for an empty region.

    The counts of 0s and 1s alternate, column by column, the first of 0s. Each is written in groups of
    5 bits, lowest first, 48 added to each; from the fourth on as its difference from the one before
    the last.

    >>> region_runs(np.eye(2, dtype=bool))
    '0120'
    """
    flat = region.ravel(order="F")
    if not flat.any():
        return ""
    edges = np.flatnonzero(np.diff(flat)) + 1
    bounds = [0, *([0] if flat[0] else []), *edges.tolist(), flat.size]
    counts = [end - start for start, end in pairwise(bounds)]
    before = [0, 0, 0, *counts[1:]]
    return "".join(_text(n - b) for n, b in zip(counts, before, strict=False))


def _text(value: int) -> str:
    """Return a signed number as groups of 5 bits; bit 6 of each but the last is set."""
    found = []
    while True:
        bits, value = value & 31, value >> 5
        ends = value == (-1 if bits & 16 else 0)
        found.append(chr(48 + bits + (0 if ends else 32)))
        if ends:
            return "".join(found)
