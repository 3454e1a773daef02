"""How alike candidates are, as whole numbers, so that every machine comes to the same choice."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.contracts import Array
from benchsmith.imaging.appearance import DETAIL, GREYS, HASHED, LOOK, WAVES
from benchsmith.selectors.candidate_columns import Index
from benchsmith.tables.coded_columns import Codes

ONE = 1 << 20
"""A likeness of 1."""
Likeness = npt.NDArray[np.int32]


def features(index: Index, rows: Codes, table: pa.Table) -> npt.NDArray[np.float64]:
    """Return what tells candidates apart, (n, 86) of whole numbers.

    The lowest frequencies of the look (layout and coarse form), its histogram, its colours, and
    where the marked region lies, how large and how long it is. `table` has the columns
    `look`, `plane` and `box` of these rows of the index.
    """
    looks = table["look"].to_pylist()
    blank = bytes(LOOK)
    raw = np.frombuffer(
        b"".join(one if len(one) == LOOK else blank for one in looks), dtype=np.uint8
    ).reshape(-1, LOOK)
    waves = raw[:, :WAVES].view(np.int8).astype(np.float64)
    low = np.indices((DETAIL, DETAIL)).reshape(2, -1)[:, 1:].max(axis=0) < HASHED
    counts = raw[:, WAVES : WAVES + GREYS].astype(np.float64)
    colours = raw[:, WAVES + GREYS :].astype(np.float64)
    # a colour is what differs from grey
    colours = np.rint(colours - colours.mean(axis=1, keepdims=True))
    return np.concatenate(
        [
            waves[:, low],
            2 * (counts - 256 / GREYS),
            colours,
            _regions(table, index.numbers("share")[rows]),
        ],
        axis=1,
    )


def _regions(table: pa.Table, share: Array) -> npt.NDArray[np.float64]:
    """Return each region's middle, size and length, in steps of 1/256 or of an octave; 0 for none."""
    box = table["box"].combine_chunks()
    there = np.asarray(box.is_valid())
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
    return np.stack([np.where(there, np.clip(np.rint(c), -127, 127), 0) for c in columns], axis=1)


def likeness(features: Array) -> Likeness:
    """Return the cosine between rows, none below 0, in steps of 1 / `ONE`; exact on any machine.

    Products of whole numbers this small are exact in float64, whatever the order they are added
    in; what follows is rounded as IEEE 754 says.

    >>> likeness(np.array([[3.0, 4.0], [4.0, 3.0]])).tolist() == [[ONE, 1006633], [1006633, ONE]]
    True
    """
    dot = features @ features.T
    length = np.sqrt(np.maximum(np.diag(dot), 1.0))
    cosine = np.clip(dot / (length[:, None] * length[None, :]), 0, 1)
    found: Likeness = np.rint(cosine * ONE).astype(np.int32)
    np.fill_diagonal(found, ONE)
    return found
