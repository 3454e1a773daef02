"""Masks that are drawn outlines: detection by shape, and filling."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Mask = npt.NDArray[np.bool_]
MAX_HALF_WIDTH_PX = 2.5
"""Largest distance of a line's pixel from its edge: lines are drawn one to four pixels wide."""
MIN_ENCLOSED = 1.0
"""Smallest area inside an outline, as a multiple of the line's own area."""
NEAR_PX = 5
"""Largest distance of a line's pixels from the enclosed area; vessels have ends farther away."""
SHARE_NEAR = 0.98
CLOSING_PX = 3
"""Half side of the square that closes gaps in a line, of up to some five pixels."""


def inside(mask: Mask, free: Mask) -> Mask | None:
    """Return line and inside a mask that is a thin closed outline; None for any other mask.

    `mask` and `free` (pixels without any label) are (rows, columns). An outline may have a small
    gap, or be cut off by one side of the picture.
    """
    from scipy import ndimage

    if not mask.any():
        return None
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    part = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
    small, open_to = mask[part], free[part]
    if small.mean() > MIN_ENCLOSED / (1 + MIN_ENCLOSED):
        return None
    padded = np.pad(small, 1)
    if ndimage.distance_transform_edt(padded).max() > MAX_HALF_WIDTH_PX:
        return None
    sides = (
        rows[0] == 0,
        rows[-1] == len(mask) - 1,
        columns[0] == 0,
        columns[-1] == mask.shape[1] - 1,
    )
    for closed in _closed(padded, sides):
        holes = ndimage.binary_fill_holes(closed)[1:-1, 1:-1] & ~small & open_to
        if holes.sum() < MIN_ENCLOSED * small.sum():
            continue
        distance = ndimage.distance_transform_edt(~holes)
        if (distance[small] <= NEAR_PX).mean() >= SHARE_NEAR:
            found = mask.copy()
            found[part] |= holes
            return found
    return None


def _closed(padded: Mask, sides: tuple[bool, ...]) -> Iterator[Mask]:
    """Yield a line, padded by one pixel, as it is, with gaps closed, and closed by one side."""
    from scipy import ndimage

    yield padded
    wide = np.pad(padded, CLOSING_PX)
    square = np.ones((2 * CLOSING_PX + 1,) * 2, bool)
    yield ndimage.binary_closing(wide, square)[CLOSING_PX:-CLOSING_PX, CLOSING_PX:-CLOSING_PX]
    whole = slice(None)
    edges: tuple[tuple[int | slice, int | slice], ...] = (
        (0, whole), (-1, whole), (whole, 0), (whole, -1),
    )  # fmt: skip
    for touches, edge in zip(sides, edges, strict=True):
        if touches:
            bounded = padded.copy()
            bounded[edge] = True
            yield bounded
