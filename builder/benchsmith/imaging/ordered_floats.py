"""Single values of 32-bit floats by their rank, without sorting or copying them.

A float's bits, turned so that they count upwards with its value, are counted by their upper half; then
only the few values with the wanted half are sorted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
HALVES = 1 << 16
LITTLE = int(np.little_endian)
"""Place of the upper half among the two of a number."""
BLOCK = 1 << 20
"""Values counted at a time; OpenCV counts in 32-bit floats, which are exact up to this number."""


class OrderedFloats:
    """Values (n,) of float32, all finite, some of which are requested by rank."""

    def __init__(self, values: Array) -> None:
        import cv2  # a command without work loads this module, too

        self._values = values
        self._halves = np.empty(values.size, np.uint16)
        self._counts: Ints = np.zeros(HALVES, np.int64)
        for start in range(0, values.size, BLOCK):
            here = self._halves[start : start + BLOCK]
            here[:] = _upper_halves(values[start : start + BLOCK])
            found = cv2.calcHist([here[None]], [0], None, [HALVES], [0, HALVES])
            self._counts += found.ravel().astype(np.int64)
        self._below: Ints = np.cumsum(self._counts) - self._counts
        """Values whose upper half is lower, by upper half."""

    @property
    def size(self) -> int:
        """Number of values."""
        return int(self._values.size)

    def of_ranks(self, ranks: Sequence[int]) -> list[np.float32]:
        """Return the values of some ranks, counted from 0 for the smallest."""
        ends = self._below + self._counts
        halves = [int(half) for half in np.searchsorted(ends, ranks, "right")]
        sharing = self._sharing(set(halves))
        return [
            sharing[half][rank - int(self._below[half])]
            for rank, half in zip(ranks, halves, strict=True)
        ]

    def count_up_to(self, limit: float) -> int:
        """Return how many values are not above a limit."""
        # minus zero is counted below zero, although it is not less
        near = np.array([limit + 0.0]).astype(np.float32)
        half = int(_upper_halves(near)[0])
        own = self._sharing({half})[half].astype(np.float64)
        return int(self._below[half]) + int(np.searchsorted(own, limit, "right"))

    def _sharing(self, halves: set[int]) -> dict[int, Array]:
        """Return, sorted, the values of each upper half."""
        kept = []
        for start in range(0, self._values.size, BLOCK):
            here = self._halves[start : start + BLOCK]
            wanted = np.zeros(here.size, bool)
            for half in halves:
                wanted |= here == half
            kept.append(self._values[start : start + BLOCK][wanted])
        values = np.sort(np.concatenate(kept))
        found = _upper_halves(values)
        return {half: values[found == half] for half in halves}


def _upper_halves(values: Array) -> npt.NDArray[np.uint16]:
    """Return the upper 16 bits of float32 values, turned so that they rise with the value."""
    bits = values.view(np.int32)
    turned = bits >> 31  # all ones where the sign is set
    turned |= np.int32(-(1 << 31))
    turned ^= bits
    return turned.view(np.uint16)[LITTLE::2]
