"""Exact percentiles of an image's foreground, from one count of its values where they have 16 bits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.imaging.memory_order import laid
from benchsmith.imaging.ordered_floats import OrderedFloats

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
ROBUST = (2.0, 98.0)
"""Percentiles between which a volume's robust range runs (FSL's convention)."""
BACKGROUND = 0.1
"""Voxels below this share of the robust range are background: FSL FEAT's brain/background
threshold of 10 %. A threshold at zero fails for volumes with negative or z-scored values."""
LEVELS = 1 << 16
MIN_COUNTED = 1 << 18
"""Fewer values are sorted in less time than levels are counted."""
MAX_COUNTED = 1 << 24
"""Values counted at a time: OpenCV counts in 32-bit floats, which are exact up to there."""


def foreground_percentiles(voxels: Array, wanted: Sequence[float]) -> list[float]:
    """Return percentiles over the foreground of an image, with linear interpolation between neighbours.

    `voxels` has any shape and any real dtype. Where nothing is foreground, all of it counts.
    """
    if voxels.dtype.kind in "iu" and voxels.dtype.itemsize <= 2 and voxels.size >= MIN_COUNTED:
        return _of_counts(*level_counts(voxels), wanted)
    if voxels.dtype == np.float32 and voxels.size >= MIN_COUNTED:
        return _of_floats(OrderedFloats(laid(voxels).values.ravel()), wanted)
    bottom, top = np.percentile(voxels, ROBUST)
    foreground = voxels[voxels > bottom + BACKGROUND * (top - bottom)]
    found = np.percentile(foreground if foreground.size else voxels, wanted)
    return [float(one) for one in found]


def level_counts(voxels: Array) -> tuple[Ints, Ints]:
    """Return the values from the lowest to the highest of a dtype of up to 16 bits, and their counts."""
    import cv2  # a command without work loads this module, too

    if voxels.dtype.itemsize == 1:
        voxels = voxels.astype(np.int16)
    # counts do not depend on the order of the voxels; memory order is fastest
    flat = laid(voxels).values.reshape(1, -1)
    counts = np.zeros(LEVELS, np.int64)
    for start in range(0, flat.shape[1], MAX_COUNTED):
        some = flat[:, start : start + MAX_COUNTED].view(np.uint16)
        here = cv2.calcHist([some], [0], None, [LEVELS], [0, LEVELS])
        counts += here.ravel().astype(np.int64)
    if voxels.dtype.kind == "u":
        return np.arange(LEVELS), counts
    return np.arange(LEVELS) - LEVELS // 2, np.roll(counts, LEVELS // 2)


def _of_counts(levels: Ints, counts: Ints, wanted: Sequence[float]) -> list[float]:
    bottom, top = _percentiles(levels, counts, ROBUST)
    foreground = np.where(levels > bottom + BACKGROUND * (top - bottom), counts, 0)
    return _percentiles(levels, foreground if foreground.any() else counts, wanted)


def _of_floats(values: OrderedFloats, wanted: Sequence[float]) -> list[float]:
    bottom, top = _interpolated(values.of_ranks, values.size, ROBUST)
    ground = values.count_up_to(bottom + BACKGROUND * (top - bottom))
    if ground == values.size:
        ground = 0

    def of_ranks(ranks: Sequence[int]) -> Sequence[Any]:
        return values.of_ranks([ground + rank for rank in ranks])

    return _interpolated(of_ranks, values.size - ground, wanted)


def _percentiles(levels: Ints, counts: Ints, wanted: Sequence[float]) -> list[float]:
    """Return percentiles of counted levels as `numpy.percentile` gives them of the values."""
    below = np.cumsum(counts)

    def of_ranks(ranks: Sequence[int]) -> Sequence[Any]:
        return [int(level) for level in levels[np.searchsorted(below, ranks, "right")]]

    return _interpolated(of_ranks, int(below[-1]), wanted)


def _interpolated(
    of_ranks: Callable[[Sequence[int]], Sequence[Any]], count: int, wanted: Sequence[float]
) -> list[float]:
    """Return percentiles of `count` values, of which `of_ranks` returns some by their ranks from 0.

    NumPy's method is the seventh of R. J. Hyndman and Y. Fan, Am Stat 1996;50:361-365; rounding happens
    here in the same order.
    """
    places = [(count - 1) * (one / 100) for one in wanted]
    ranks = [min(int(place) + step, count - 1) for place in places for step in (0, 1)]
    values = of_ranks(ranks)
    found = []
    for place, low, high in zip(places, values[::2], values[1::2], strict=True):
        part = place - int(place)
        gap = float(high - low)
        found.append(float(low) + gap * part if part < 0.5 else float(high) - gap * (1 - part))
    return found
