"""From a mask to the contour lines around it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from benchsmith.core.contracts import Array

REACH_PX = 5
"""Diameter of the ellipse that widens the mask, so that the line runs outside of the region."""


def contour_lines(mask: Array) -> Sequence[Array]:
    """Return closed lines around a boolean mask (rows, columns), holes included.

    Each is an int32 array (n, 1, 2) of (column, row) pixels, as OpenCV draws them.
    """
    around = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (REACH_PX, REACH_PX))
    wide = cv2.dilate(mask.astype(np.uint8), around)
    lines: Sequence[Array] = cv2.findContours(wide, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)[0]
    return lines
