"""Similarity of candidates, in integer arithmetic, so that every machine makes the same choice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.contracts import Array
from benchsmith.imaging.appearance import DETAIL, GREYS, HASHED, LOOK, WAVES
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.tables import compute as pc

SCALE = 1 << 20
"""The integer that stands for a likeness of 1."""
Likeness = npt.NDArray[np.int32]
"""(n, n), symmetric: 0 to `SCALE`."""


def features(short: Shortlist) -> npt.NDArray[np.float64]:
    """Return the features that distinguish candidates, (n, 86), all whole numbers.

    The lowest frequencies of the look (layout and coarse shape), its histogram, its colours, and
    the marked region's position, size and aspect ratio.
    """
    looks = short.looks["look"].to_pylist()
    blank = bytes(LOOK)
    raw = np.frombuffer(
        b"".join(one if len(one) == LOOK else blank for one in looks), dtype=np.uint8
    ).reshape(-1, LOOK)
    waves = raw[:, :WAVES].view(np.int8).astype(np.float64)
    low = np.indices((DETAIL, DETAIL)).reshape(2, -1)[:, 1:].max(axis=0) < HASHED
    counts = raw[:, WAVES : WAVES + GREYS].astype(np.float64)
    colours = raw[:, WAVES + GREYS :].astype(np.float64)
    # only the difference from grey counts as colour
    colours = np.rint(colours - colours.mean(axis=1, keepdims=True))
    return np.concatenate(
        [
            waves[:, low],
            2 * (counts - 256 / GREYS),
            colours,
            _regions(short.looks, short.candidates.numbers("share")[short.rows]),
        ],
        axis=1,
    )


def _regions(table: pa.Table, share: Array) -> npt.NDArray[np.float64]:
    """Return each region's centre x and y, size and aspect ratio, (n, 4); 0 without a region.

    Centres are in 1/256 of the picture's width and height from its middle, size and aspect ratio
    on a logarithmic scale; all are clipped to -127..127. `share` (n,) is of the picture's area.
    """
    box = table["box"].combine_chunks()
    marked = np.asarray(box.is_valid())
    x0, y0, x1, y1 = (
        np.asarray(pc.struct_field(box, n).fill_null(1)).astype(np.float64)
        for n in ("x0", "y0", "x1", "y1")
    )
    plane = np.array(table["plane"].to_pylist(), dtype=np.float64).reshape(-1, 2)
    share = np.maximum(share, 1e-6)
    wide, tall = np.maximum(x1 - x0, 1), np.maximum(y1 - y0, 1)
    columns = (
        256 * ((x0 + x1) / 2 / plane[:, 1] - 0.5),
        256 * ((y0 + y1) / 2 / plane[:, 0] - 0.5),
        24 * (np.log2(share) + 5),
        48 * np.log2(wide / tall),
    )
    return np.stack([np.where(marked, np.clip(np.rint(c), -127, 127), 0) for c in columns], axis=1)


def likeness(features: Array) -> Likeness:
    """Return the cosines between rows of (n, f), at least 0, times `SCALE` and rounded, (n, n).

    Sums of products of small whole numbers are exact in float64 in any order; the remaining
    operations round as IEEE 754 prescribes. So the result is the same on every machine.

    >>> likeness(np.array([[3.0, 4.0], [4.0, 3.0]])).tolist()
    [[1048576, 1006633], [1006633, 1048576]]
    """
    dot = features @ features.T
    length = np.sqrt(np.maximum(np.diag(dot), 1.0))
    cosine = np.clip(dot / (length[:, None] * length[None, :]), 0, 1)
    found: Likeness = np.rint(cosine * SCALE).astype(np.int32)
    np.fill_diagonal(found, SCALE)
    return found
