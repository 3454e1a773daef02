"""How well a region can be seen in its picture: its size, its parts, its edge, its contrast."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.model import Box

RING = 0.15
"""Width of the ring around a region, as a share of the square root of its area."""
NARROWEST = 2
"""Least width of a ring, in pixels."""
FINE = 96
"""A region whose box is longer is compared with its ring on every second, third, ... pixel."""
FLAT = 100.0
"""The contrast of two flat areas that differ."""
TOUCH = np.ones((3, 3), np.uint8)


class Region(NamedTuple):
    """What is seen of a region in one plane."""

    parts: int
    """8-connected parts."""
    whole: float
    """Share of the region that its largest part has."""
    side: float
    """Short side of its box as a share of the picture's long side, in millimetres."""
    aspect: float
    """The picture's short side as a share of its long side, in millimetres."""
    cut: float
    """Share of its outline that lies on the picture's border."""
    contrast: float | None
    """|median inside - median of the ring| / MAD; None where there is no ring."""


def of(
    mask: Array, box: Box, picture: Array, pixel_mm: tuple[float, float], *, drawn: bool
) -> Region:
    """Look at the region `mask` in its `box` of a plane whose pixels are `pixel_mm` (rows, columns).

    `drawn` says that only a box is known: it has no outline of its own, so nothing is cut.
    """
    rows, columns = mask.shape
    height, width = (box.y1 - box.y0) * pixel_mm[0], (box.x1 - box.x0) * pixel_mm[1]
    short, long = sorted((rows * pixel_mm[0], columns * pixel_mm[1]))
    inner = np.ascontiguousarray(mask[box.y0 : box.y1, box.x0 : box.x1]).view(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(inner, connectivity=8)
    areas = stats[1:, cv2.CC_STAT_AREA]
    area = int(areas.sum())
    return Region(
        parts=count - 1,
        whole=float(areas.max() / area),
        side=float(min(height, width) / long),
        aspect=float(short / long),
        cut=0.0 if drawn else _cut(inner, box, (rows, columns)),
        contrast=_contrast(mask, box, picture, area),
    )


def _cut(inner: Array, box: Box, size: tuple[int, int]) -> float:
    """Return which share of an outline's pixels lies on the border of a picture of some size."""
    border = np.zeros(inner.shape, bool)
    border[0] |= box.y0 == 0
    border[-1] |= box.y1 == size[0]
    border[:, 0] |= box.x0 == 0
    border[:, -1] |= box.x1 == size[1]
    if not border.any():
        return 0.0
    core = cv2.erode(inner, TOUCH, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    outline = inner > core
    return float(np.count_nonzero(outline & border) / np.count_nonzero(outline))


def _contrast(mask: Array, box: Box, picture: Array, area: int) -> float | None:
    """Compare a region with the ring around it, in the channel in which they differ most.

    The measure is the median absolute deviation of both, each about its own median, so that it
    says how many of their own spreads the two are apart.
    """
    step = 1 + max(box.y1 - box.y0, box.x1 - box.x0) // FINE
    width = max(NARROWEST, round(RING * np.sqrt(area) / step)) * step
    y0, x0 = max(box.y0 - width, 0), max(box.x0 - width, 0)
    y1, x1 = min(box.y1 + width, mask.shape[0]), min(box.x1 + width, mask.shape[1])
    near = np.ascontiguousarray(mask[y0:y1:step, x0:x1:step]).view(np.uint8)
    reach = 2 * (width // step) + 1
    # a pixel is left free between both: edges are half of each
    around = cv2.dilate(near, np.ones((reach, reach), np.uint8)) > cv2.dilate(near, TOUCH)
    there = picture[y0:y1:step, x0:x1:step]
    inside, outside = (_channels(there[which]) for which in (near > 0, around))
    if not inside.size or not outside.size:
        return None
    best = 0.0
    for channel in range(inside.shape[1]):
        a, b = inside[:, channel], outside[:, channel]
        middle_a, middle_b = float(np.median(a)), float(np.median(b))
        apart = np.concatenate([np.abs(a - middle_a), np.abs(b - middle_b)])
        gap, spread = abs(middle_a - middle_b), float(np.median(apart))
        best = max(best, gap / max(spread, gap / FLAT, 1e-9))
    return best


def _channels(values: Array) -> Array:
    """Return pixels as (n, channels)."""
    return (values[:, None] if values.ndim == 1 else values).astype(np.float32)
