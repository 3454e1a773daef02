"""Contour lines around a mask."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import cv2
import numpy as np

from benchsmith.core.contracts import Array

BLUR_REACH = 4
"""Radius of the blur, in its standard deviations: OpenCV takes 3 of them for 8 bits, and rounds up."""
REACH_PX = 5
"""Diameter of the ellipse that widens the mask, so that the line runs outside the region."""
CLOSING = 1.5
"""Width of the notches that the line passes over, in voxels."""
SMOOTHING = 0.5
"""Standard deviation of the blur that takes the steps of voxels out of the line, in voxels."""
MIN_HOLE_PX = 150
"""Smaller holes get no line of their own: it would double the line around them."""


def contour_lines(mask: Array, voxel_px: float = 1.0) -> Sequence[Array]:
    """Return smooth closed lines around a boolean mask (rows, columns) and its larger holes.

    `voxel_px` is the side of a voxel in the mask's pixels. The lines leave out no pixel of the mask. Each is an int32 array (n, 1, 2) of (column, row) pixels, as OpenCV draws them.
    """
    width = 2 * round(CLOSING * voxel_px / 2) + 1
    blur = max(1.0, SMOOTHING * voxel_px)
    # the line is inside this part; pixels farther from the region do not change it
    part = _around(mask, REACH_PX + 2 * width + ceil(BLUR_REACH * blur))
    if part is None:
        return []
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (REACH_PX, REACH_PX))
    own = mask[part].astype(np.uint8)
    wide = cv2.dilate(own, around)
    notch = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    room = cv2.copyMakeBorder(wide, width, width, width, width, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, notch)[width:-width, width:-width]
    soft = cv2.GaussianBlur(closed * 255, (0, 0), blur)
    smooth = (soft >= 128).astype(np.uint8)
    smooth |= cv2.dilate(own, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    lines, levels = cv2.findContours(smooth, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if levels is None:
        return []
    inner = levels[0, :, 3] >= 0
    corner = np.array([part[1].start, part[0].start], np.int32)
    return [
        line + corner
        for line, hole in zip(lines, inner, strict=True)
        if not hole or cv2.contourArea(line) >= MIN_HOLE_PX
    ]


def _around(mask: Array, margin: int) -> tuple[slice, slice] | None:
    """Return the part of a mask around what it marks, with a margin; None if it marks nothing."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return None
    (top, bottom), (left, right) = (
        (max(0, int(places[0]) - margin), int(places[-1]) + 1 + margin)
        for places in (rows, columns)
    )
    return slice(top, bottom), slice(left, right)
