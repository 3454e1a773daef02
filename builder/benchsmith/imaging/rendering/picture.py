"""One picture: a plane with square pixels, its region marked."""

from __future__ import annotations

import cv2
import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.imaging.geometry import box_of
from benchsmith.imaging.rendering import marks


def scaled_size(
    rows: int, columns: int, pixel_mm: tuple[float, float], long_side: int
) -> tuple[int, int]:
    """Return height and width with square pixels and `long_side` pixels on the longer side.

    >>> scaled_size(20, 100, (5.0, 1.0), 512)
    (512, 512)
    """
    height, width = rows * pixel_mm[0], columns * pixel_mm[1]
    scale = long_side / max(height, width)
    return max(1, round(height * scale)), max(1, round(width * scale))


def enlarge(plane: Array, size: tuple[int, int]) -> Array:
    """Resize an 8-bit plane: cubic when it grows, by area when it shrinks."""
    height, width = size
    grows = height * width >= plane.shape[0] * plane.shape[1]
    how = cv2.INTER_CUBIC if grows else cv2.INTER_AREA
    larger: Array = cv2.resize(np.ascontiguousarray(plane), (width, height), interpolation=how)
    return larger


def enlarge_mask(mask: Array, size: tuple[int, int]) -> Array:
    """Resize a boolean mask, its edge smooth: linear, then cut at one half."""
    height, width = size
    if mask.shape == size:
        return mask
    soft: Array = cv2.resize(
        mask.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR
    )
    larger: Array = soft >= 0.5
    return larger


def drawn_region(mask: Array, size: tuple[int, int]) -> Array:
    """Return a boolean mask in the pixels of a picture of `size`, as its marks show it."""
    region = enlarge_mask(mask, size)
    if not region.any():
        region = cv2.resize(mask.astype(np.uint8), size[::-1], interpolation=cv2.INTER_NEAREST) > 0
    return region


def compose(plane: Array, mask: Array | None, view: str, size: tuple[int, int]) -> Array:
    """Return the RGB picture of an 8-bit plane (grey or RGB) with its region marked."""
    picture = enlarge(plane, size)
    if picture.ndim == 2:
        picture = cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB)
    if mask is None or view == "image":
        return picture
    region = drawn_region(mask, size)
    voxel_px = max(new / old for new, old in zip(size, mask.shape, strict=True))
    box = box_of(region) if view == "box" and region.any() else None
    return marks.draw(picture, view, region, box, voxel_px)
