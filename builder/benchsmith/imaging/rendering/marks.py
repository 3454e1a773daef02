"""Marks: box, contour and translucent mask, in one style for every label.

All labels have one colour: a colour per label would give the answer away. A thin dark edge keeps the
line visible on a bright background. Box and contour run outside the region and hide none of it.
"""

from __future__ import annotations

import cv2
import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.model import Box
from benchsmith.imaging.rendering.mask_to_contour import contour_lines

COLOUR = (255, 196, 0)
EDGE = (24, 24, 24)
LINE_PX = 2
EDGE_PX = 4
GAP_PX = 4
"""Free pixels between a region's box and the box that is drawn."""
OPACITY = 0.35
"""Share of the colour in the tint."""
DARK_LIFT = 70.0
"""Grey that the tint adds to a black pixel, and less the brighter it is. The tint stands out from every
grey by a CIE76 distance of 30 or more, and its hue does not depend on what it marks."""


def draw(
    picture: Array, view: str, mask: Array | None, box: Box | None, voxel_px: float = 1.0
) -> Array:
    """Return a copy of an RGB picture (rows, columns, 3) with its region marked.

    `mask` is a boolean (rows, columns), `box` the region's box, both in the picture's pixels; `voxel_px` is the
    side of a voxel in them.
    """
    picture = picture.copy()
    if view == "box" and box is not None:
        _box(picture, box)
    elif view == "contour" and mask is not None:
        _contour(picture, mask, voxel_px)
    elif view == "mask" and mask is not None:
        picture[mask] = tinted(picture[mask])
    return picture


def tinted(pixels: Array) -> Array:
    """Return RGB pixels (n, 3) under the tint, which lifts dark ones."""
    under = pixels.astype(np.float32)
    lift = DARK_LIFT * (1 - under.mean(axis=1, keepdims=True) / 255)
    mixed: Array = np.rint(under * (1 - OPACITY) + np.array(COLOUR, np.float32) * OPACITY + lift)
    return np.minimum(mixed, 255).astype(np.uint8)


def _box(picture: Array, box: Box) -> None:
    height, width = picture.shape[:2]
    first = (max(box.x0 - GAP_PX, 1), max(box.y0 - GAP_PX, 1))
    last = (min(box.x1 - 1 + GAP_PX, width - 2), min(box.y1 - 1 + GAP_PX, height - 2))
    cv2.rectangle(picture, first, last, EDGE, EDGE_PX, cv2.LINE_8)
    cv2.rectangle(picture, first, last, COLOUR, LINE_PX, cv2.LINE_8)


def _contour(picture: Array, mask: Array, voxel_px: float) -> None:
    """Draw a line around a region; antialiased pixels inside the region are restored."""
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return
    part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    own = mask[part]
    inside = picture[part][own]
    lines = contour_lines(mask, voxel_px)
    cv2.drawContours(picture, lines, -1, EDGE, EDGE_PX, cv2.LINE_AA)
    cv2.drawContours(picture, lines, -1, COLOUR, LINE_PX, cv2.LINE_AA)
    picture[part][own] = inside
