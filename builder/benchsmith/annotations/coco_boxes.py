"""Whether the box of a COCO annotation fits its segmentation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeGuard

import numpy as np
import numpy.typing as npt

from benchsmith.annotations.run_lengths import box_of_runs, coco_runs

Corners = npt.NDArray[np.float64]
"""x0, y0, x1, y1 in pixels."""
MIN_SHARED = 0.5
"""Smallest share of their union in which two boxes of one object overlap."""
MAX_ROUNDING = 3.0
"""Largest difference in pixels between the sides of two boxes of one object."""


MAX_AREA_ERROR = 0.01
"""Largest difference of a stated area from that of the box it is taken for, as a share of it."""


def contradiction(one: Mapping[str, Any]) -> str:
    """Return how an annotation's box differs from its segmentation or area; empty if it does not.

    Writers round, and leave out what they do not know: boxes that share half of their area, or
    whose sides are at most 3 pixels apart, count as equal. Invalid values are not compared.
    """
    box, around = one.get("bbox"), _around(one.get("segmentation"))
    if not isinstance(box, list) or len(box) != 4 or not all(is_number(v) for v in box):
        return ""
    x, y, width, height = box
    if min(width, height) <= 0:
        return ""
    if of_area := _against_area(one.get("area"), x, y, width, height, alone=around is None):
        return of_area
    if around is None:
        return ""
    stated = np.array([x, y, x + width, y + height], float)
    both = np.minimum(around[2:], stated[2:]) - np.maximum(around[:2], stated[:2])
    shared = float(np.prod(both.clip(0)))
    either = float(np.prod(around[2:] - around[:2])) + width * height - shared
    if shared >= MIN_SHARED * either or np.abs(around - stated).max() <= MAX_ROUNDING:
        return ""
    corners = [", ".join(f"{v:g}" for v in c) for c in (stated, around)]
    return f"its box has the corners {corners[0]}, the one around its segmentation {corners[1]}"


def _against_area(
    area: object, x: float, y: float, width: float, height: float, *, alone: bool
) -> str:
    """Return how the stated area contradicts a box x, y, width, height; empty if it does not.

    No region is larger than its box, apart from a pixel of rounding on each side. If a box is `alone`,
    without a segmentation, and its area is that between two corners, the four numbers are corners.
    """
    if not is_number(area) or area <= 0:
        return ""
    if area > (1 + MAX_AREA_ERROR) * (width + 1) * (height + 1):
        return f"its area, {area:g}, is larger than its box of {width:g} x {height:g}"
    corners = (width - x) * (height - y) if min(width - x, height - y) > 0 else 0.0
    if (
        alone
        and abs(area - corners) <= MAX_AREA_ERROR * area
        and abs(area - width * height) > MAX_AREA_ERROR * area
    ):
        numbers = f"{x:g}, {y:g}, {width:g}, {height:g}"
        return f"by its area, {area:g}, its box {numbers} are two corners, and no corner and size"
    return ""


def _around(drawn: object) -> Corners | None:
    """Return the box around a sound segmentation; None for any other."""
    if isinstance(drawn, list):
        numbers = [v for ring in drawn if isinstance(ring, list) for v in ring]
        odd = any(not isinstance(ring, list) or len(ring) % 2 for ring in drawn)
        if odd or not numbers or not all(is_number(v) for v in numbers):
            return None
        points = np.reshape(np.array(numbers, float), (-1, 2))
        return np.concatenate([points.min(axis=0), points.max(axis=0)])
    if not isinstance(drawn, dict):
        return None
    counts, size = drawn.get("counts"), drawn.get("size")
    runs = coco_runs(counts) if isinstance(counts, str) else counts
    if not are_whole(runs) or not are_whole(size) or len(size) != 2 or size[0] < 1:
        return None
    if min(runs, default=-1) < 0 or not any(runs[1::2]) or sum(runs) != size[0] * size[1]:
        return None
    x, y, width, height = box_of_runs(runs, size[0])
    return np.array([x, y, x + width, y + height], float)


def is_number(value: object) -> TypeGuard[float]:
    """Return whether a value of JSON is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def are_whole(values: object) -> TypeGuard[list[int]]:
    """Return whether a value of JSON is a list of whole numbers."""
    return isinstance(values, list) and all(type(v) is int for v in values)
