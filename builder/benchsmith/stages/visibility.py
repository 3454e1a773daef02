"""How well a region can be seen in its picture: size, connected parts, border, contrast."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.model import Box
from benchsmith.imaging.geometry import crop
from benchsmith.imaging.mask_parts import part_areas

RING_WIDTH = 0.15
"""Width of the ring around a region, as a share of the square root of its area."""
MIN_RING_PX = 2
"""Least width of the ring, in pixels."""
MAX_SIDE_PX = 96
"""For a region with a longer box, contrast is measured on every second, third, ... pixel."""
MAX_CONTRAST = 100.0
"""The contrast of two uniform areas of different grey."""
EIGHT_NEIGHBOURS = np.ones((3, 3), np.uint8)


class Region(NamedTuple):
    """How well a region can be seen in one plane."""

    parts: int
    """Number of 8-connected components."""
    whole: float
    """The largest component's share of the region's area."""
    side: float
    """Short side of its box as a share of the picture's long side, both in millimetres."""
    aspect: float
    """The picture's short side as a share of its long side, both in millimetres."""
    cut: float
    """Share of its outline that lies on the picture's border."""
    empty: float
    """Share of its area on the empty background of the picture. See :func:`_empty`."""
    contrast: float | None
    """|median inside - median of the ring| / MAD; None if there is no ring. See :func:`_contrast`."""
    level: float | None
    """Median of the values inside, in the units of the file; None for colours."""


def of(
    mask: Array, box: Box, picture: Array, pixel_mm: tuple[float, float], *, drawn: bool
) -> Region:
    """Measure a region in a plane.

    `mask` is (rows, columns) of bool and not empty, `box` is its bounding box, `picture` is the
    plane, (rows, columns) or (rows, columns, channels); `pixel_mm` is the height and width of a
    pixel. With `drawn`, the region is the filled box of a structure: `cut` and `empty` are 0, since
    the structure's own outline is unknown.
    """
    rows, columns = mask.shape
    height, width = (box.y1 - box.y0) * pixel_mm[0], (box.x1 - box.x0) * pixel_mm[1]
    short, long = sorted((rows * pixel_mm[0], columns * pixel_mm[1]))
    inner = np.ascontiguousarray(crop(mask, box)).view(np.uint8)
    if inner.all():
        parts, largest, area = 1, inner.size, inner.size
    else:
        sizes = part_areas(inner)
        parts, largest, area = len(sizes), int(sizes.max()), int(sizes.sum())
    return Region(
        parts=parts,
        whole=float(largest / area),
        side=float(min(height, width) / long),
        aspect=float(short / long),
        cut=0.0 if drawn else _cut(inner, box, (rows, columns)),
        empty=0.0 if drawn else _empty(inner.view(bool), box, picture),
        contrast=_contrast(mask, box, picture, area),
        level=_median(crop(picture, box)[inner.view(bool)]) if picture.ndim == 2 else None,
    )


def _cut(inner: Array, box: Box, size: tuple[int, int]) -> float:
    """Return the share of a mask's outline pixels on the border of its picture of (rows, columns).

    `inner` is the mask inside its box, as uint8.
    """
    import cv2

    border = np.zeros(inner.shape, bool)
    border[0] |= box.y0 == 0
    border[-1] |= box.y1 == size[0]
    border[:, 0] |= box.x0 == 0
    border[:, -1] |= box.x1 == size[1]
    if not border.any():
        return 0.0
    core = cv2.erode(inner, EIGHT_NEIGHBOURS, borderType=cv2.BORDER_CONSTANT, borderValue=0)
    outline = inner > core
    return float(np.count_nonzero(outline & border) / np.count_nonzero(outline))


def _empty(inner: Array, box: Box, picture: Array) -> float:
    """Return the share of a region on the empty background of a grey picture.

    `inner` is the region inside its box, bool.

    The background is padding, or what was removed around a brain: flat at the picture's lowest value,
    up to its border. Gas inside a body may have that value too, but does not reach the border.
    """
    import cv2

    if picture.ndim != 2:
        return 0.0
    least = picture.min()
    if not (crop(picture, box)[inner] == least).any():
        return 0.0
    lowest = picture == least
    flat = cv2.erode(lowest.view(np.uint8), EIGHT_NEIGHBOURS, borderValue=1)
    _, parts = cv2.connectedComponents(flat, connectivity=4)
    edges = np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]])
    ground = np.isin(parts, edges[edges > 0]).view(np.uint8)
    # erosion took a pixel off the ground's edge
    ground = cv2.dilate(ground, EIGHT_NEIGHBOURS).view(bool)
    return float(np.count_nonzero(crop(ground, box) & inner) / np.count_nonzero(inner))


def _contrast(mask: Array, box: Box, picture: Array, area: int) -> float | None:
    """Return the contrast of a region and the ring around it, in the channel where it is largest.

    It is the difference of the two medians, divided by the median absolute deviation of all pixels,
    each from the median of its own area.
    """
    import cv2

    step = 1 + max(box.y1 - box.y0, box.x1 - box.x0) // MAX_SIDE_PX
    width = max(MIN_RING_PX, round(RING_WIDTH * np.sqrt(area) / step)) * step
    y0, x0 = max(box.y0 - width, 0), max(box.x0 - width, 0)
    y1, x1 = min(box.y1 + width, mask.shape[0]), min(box.x1 + width, mask.shape[1])
    near = np.ascontiguousarray(mask[y0:y1:step, x0:x1:step]).view(np.uint8)
    reach = 2 * (width // step) + 1
    # one pixel between region and ring is left out: pixels at an edge show some of both
    outer = cv2.dilate(near, np.ones((reach, reach), np.uint8))
    around = outer > cv2.dilate(near, EIGHT_NEIGHBOURS)
    there = picture[y0:y1:step, x0:x1:step]
    inside, outside = (_channels(there[which]) for which in (near > 0, around))
    if not inside.size or not outside.size:
        return None
    best = 0.0
    for channel in range(inside.shape[1]):
        a, b = inside[:, channel], outside[:, channel]
        middle_a, middle_b = _median(a), _median(b)
        apart = np.concatenate([np.abs(a - middle_a), np.abs(b - middle_b)])
        gap, spread = abs(middle_a - middle_b), _median(apart)
        best = max(best, gap / max(spread, gap / MAX_CONTRAST, 1e-9))
    return best


def _median(values: Array) -> float:
    """Return the median of numbers (n,), at least one; of the two in the middle, their mean.

    The same as NumPy's, whose function takes ten times as long for a few hundred values.
    """
    half = values.size // 2
    if values.size % 2:
        return float(np.partition(values, half)[half])
    low, high = np.partition(values, (half - 1, half))[half - 1 : half + 1]
    # the mean of 32-bit floats is one, as NumPy's is
    return float((low + high) / 2 if values.dtype.kind == "f" else (int(low) + int(high)) / 2)


def _channels(values: Array) -> Array:
    """Return pixels (n,) or (n, channels) as (n, channels) of float32."""
    return (values[:, None] if values.ndim == 1 else values).astype(np.float32)
