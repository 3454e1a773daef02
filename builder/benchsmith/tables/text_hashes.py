"""Hashes of many texts as a column, to find which may be equal."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt


class Hashes:
    """Hashes of texts, to find candidates for equality; the caller then compares the texts."""

    def __init__(self) -> None:
        self._values = array("q")
        self._sorted: tuple[npt.NDArray[np.int64], npt.NDArray[Any]] | None = None

    def add(self, value: object) -> None:
        """Add a hashable value; its number is the count of values added before."""
        self._values.append(hash(value))
        self._sorted = None

    def extend(self, values: Iterable[object]) -> None:
        """Add several hashable values."""
        self._values.extend(map(hash, values))
        self._sorted = None

    def __len__(self) -> int:
        """Return how many were added."""
        return len(self._values)

    def __contains__(self, value: object) -> bool:
        """Return whether a value was added; with some millions of values, about one in 10^12 is a false match."""
        return bool(self.find(value))

    def missing(self, values: Iterable[object]) -> list[int]:
        """Return the indices of the values of a list that were not added, looked up together."""
        known, _ = self._in_order()
        wanted = np.fromiter(map(hash, values), np.int64)
        if not len(known):
            return list(range(len(wanted)))
        places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
        return [int(n) for n in np.flatnonzero(known[places] != wanted)]

    def find(self, value: object) -> list[int]:
        """Return the numbers, in rising order, of values that may be equal to one."""
        values, order = self._in_order()
        wanted = hash(value)
        # bisection steps through plain numbers; one numpy call takes longer than all of its steps
        first = last = bisect_left(values.data, wanted)
        while last < len(values) and values[last] == wanted:
            last += 1
        return sorted(int(n) for n in order[first:last])

    def repeated(self) -> list[list[int]]:
        """Return the numbers of values that may be equal to others, each group in rising order."""
        values, order = self._in_order()
        if not len(values):
            return []
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        sizes = np.diff(starts, append=len(values))
        return sorted(
            sorted(int(n) for n in order[start : start + size])
            for start, size in zip(starts[sizes > 1], sizes[sizes > 1], strict=True)
        )

    def with_several(self, others: Hashes) -> list[int]:
        """Return the numbers of values that occur with more than one of `others`, which has one for each value."""
        values, order = self._in_order()
        if not len(values):
            return []
        starts = np.flatnonzero(np.concatenate([[True], values[1:] != values[:-1]]))
        theirs = np.frombuffer(others._values, np.int64)[order]
        differ = np.minimum.reduceat(theirs, starts) != np.maximum.reduceat(theirs, starts)
        sizes = np.diff(starts, append=len(values))
        return sorted(int(n) for n in order[np.repeat(differ, sizes)])

    def _in_order(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[Any]]:
        if self._sorted is None:
            values = (
                np.frombuffer(self._values, np.int64) if self._values else np.empty(0, np.int64)
            )
            order = np.argsort(values, kind="stable").astype(np.uint32)
            self._sorted = values[order], order
        return self._sorted
