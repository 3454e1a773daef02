"""From a mask to the contour lines around it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from benchsmith.core.contracts import Array

REACH_PX = 5
"""Diameter of the ellipse that widens the mask, so that the line runs outside of the region."""
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
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (REACH_PX, REACH_PX))
    own = mask.astype(np.uint8)
    wide = cv2.dilate(own, around)
    width = 2 * round(CLOSING * voxel_px / 2) + 1
    notch = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (width, width))
    room = cv2.copyMakeBorder(wide, width, width, width, width, cv2.BORDER_CONSTANT, value=0)
    closed = cv2.morphologyEx(room, cv2.MORPH_CLOSE, notch)[width:-width, width:-width]
    soft = cv2.GaussianBlur(closed * 255, (0, 0), max(1.0, SMOOTHING * voxel_px))
    smooth = (soft >= 128).astype(np.uint8)
    smooth |= cv2.dilate(own, cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)))
    lines, levels = cv2.findContours(smooth, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)
    if levels is None:
        return []
    inner = levels[0, :, 3] >= 0
    return [
        line
        for line, hole in zip(lines, inner, strict=True)
        if not hole or cv2.contourArea(line) >= MIN_HOLE_PX
    ]
