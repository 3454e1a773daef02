"""Shifts that move all pixels of a mask into an area."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.imaging.geometry import box_of


class Shift(NamedTuple):
    """A shift in pixels."""

    dx: int
    """To the right."""
    dy: int
    """Down."""


def shifted(mask: Array, by: Shift) -> Array:
    """Return a boolean mask (rows, columns) shifted; pixels shifted out of the picture are lost.

    >>> shifted(np.array([[True, False], [False, False]]), Shift(1, 1)).tolist()
    [[False, False], [False, True]]
    """
    rows, columns = mask.shape
    moved = np.zeros_like(mask)
    y0, y1 = max(by.dy, 0), min(rows, rows + by.dy)
    x0, x1 = max(by.dx, 0), min(columns, columns + by.dx)
    if y0 < y1 and x0 < x1:
        moved[y0:y1, x0:x1] = mask[y0 - by.dy : y1 - by.dy, x0 - by.dx : x1 - by.dx]
    return moved


def fits(mask: Array, area: Array) -> Array:
    """Return the places for the corner of a mask's box at which all of the mask is inside an area.

    Both are boolean (rows, columns), and the mask is not empty. The result has one entry for each
    place of the box inside the picture, (rows - height + 1, columns - width + 1). Pixels are counted
    by a correlation of Fourier transforms, which is exact after rounding.
    """
    box = box_of(mask)
    inner = mask[box.y0 : box.y1, box.x0 : box.x1]
    rows, columns = area.shape
    spectrum = np.fft.rfft2(area.astype(np.float64))
    spectrum *= np.conj(np.fft.rfft2(inner.astype(np.float64), area.shape))
    inside = np.fft.irfft2(spectrum, area.shape)
    # places beyond these would wrap around
    inside = inside[: rows - inner.shape[0] + 1, : columns - inner.shape[1] + 1]
    found: Array = np.rint(inside).astype(np.int64) == np.count_nonzero(inner)
    return found


def deepest(mask: Array, area: Array) -> Shift | None:
    """Return the shift that moves a mask deepest into an area; None if it fits nowhere.

    Deepest means that it could move by the most pixels in every direction and still fit. Ties go to the
    uppermost, then to the leftmost place.
    """
    import cv2  # a build that has nothing to do imports this module too

    places = fits(mask, area)
    if not places.any():
        return None
    framed = np.pad(places.astype(np.uint8), 1)
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)[1:-1, 1:-1]
    y, x = divmod(int(depth.argmax()), depth.shape[1])
    box = box_of(mask)
    return Shift(x - box.x0, y - box.y0)
