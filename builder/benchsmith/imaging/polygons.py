"""Polygons to pixels, within the box around them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

CHUNK = 1 << 18
"""Crossings of edges and rows that are computed at a time."""


class Filled(NamedTuple):
    """The pixels of a polygon in a window of its picture."""

    inside: npt.NDArray[np.bool_]
    """(rows, columns) of the window."""
    top: int
    left: int
    """Place of the window's first pixel in the picture."""


def fill_polygon(shape: Sequence[int], points: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return the pixels whose centres lie inside a closed polygon, by the even-odd rule.

    `shape` is (rows, columns); `points` are (n, 2) of x, y in pixels, where pixel (0, 0) covers
    0 to 1 on both axes, so that its centre is at 0.5.

    >>> int(fill_polygon((3, 4), [(1, 0), (3, 0), (3, 2), (1, 2)]).sum())
    4
    """
    whole = np.zeros(tuple(shape), bool)
    part = fill_window(shape, points)
    rows, columns = part.inside.shape
    whole[part.top : part.top + rows, part.left : part.left + columns] = part.inside
    return whole


def fill_window(shape: Sequence[int], points: npt.ArrayLike) -> Filled:
    """Return the pixels as :func:`fill_polygon`, but only for the window of the picture that the polygon covers."""
    corners = np.asarray(points, dtype=float)
    top, left, bottom, right = window_around(shape, corners)
    height, width = bottom - top, right - left
    toggles = np.zeros(height * (width + 1), bool)
    start, first, counts = _edges(corners, top, bottom)
    ends = np.cumsum(counts)
    for low in range(0, int(ends[-1]) if len(ends) else 0, CHUNK):
        place = np.arange(low, min(low + CHUNK, int(ends[-1])))
        edge = np.searchsorted(ends, place, "right")
        row = first[edge] + place - (ends[edge] - counts[edge])
        x0, y0, x1, y1 = start[:, edge]
        x = x0 + (row + 0.5 - y0) * (x1 - x0) / (y1 - y0)
        column = np.clip(np.ceil(x - 0.5), left, right).astype(np.int64) - left
        at, times = np.unique((row - top) * (width + 1) + column, return_counts=True)
        toggles[at] ^= times % 2 == 1
    crossed = toggles.reshape(height, width + 1)
    return Filled(np.logical_xor.accumulate(crossed, axis=1)[:, :width], top, left)


def window_around(
    shape: Sequence[int], corners: npt.NDArray[np.float64]
) -> tuple[int, int, int, int]:
    """Return top, left, bottom, right of the window of a picture (rows, columns) that polygons cover, half open.

    `corners` are (n, 2) of x, y in pixels, of one polygon or several.
    """
    # rounding moves an edge past at most one more pixel centre
    left, top = np.clip(np.floor(corners.min(axis=0)) - 1, 0, (shape[1], shape[0])).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)) + 1, 0, (shape[1], shape[0])).astype(int)
    return int(top), int(left), int(bottom), int(right)


def crossings(shape: Sequence[int], points: npt.ArrayLike) -> int:
    """Return how many crossings the edges of a polygon have with the rows of a picture (rows, columns)."""
    return int(_edges(np.asarray(points, dtype=float), 0, shape[0])[2].sum())


def _edges(
    corners: npt.NDArray[np.float64], top: int, bottom: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return x0, y0, x1, y1 of the edges, y0 <= y1, and first row and number of rows of each.

    An edge crosses the rows whose centre y + 0.5 lies in [y0, y1).
    """
    after = np.roll(corners, -1, axis=0)
    down = corners[:, 1] <= after[:, 1]
    upper, lower = np.where(down[:, None], (corners, after), (after, corners))
    ends = np.concatenate([upper, lower], axis=1).T
    first, last = (
        np.clip(np.ceil(side[:, 1] - 0.5), top, bottom).astype(np.int64) for side in (upper, lower)
    )
    some = last > first
    return ends[:, some], first[some], (last - first)[some]
