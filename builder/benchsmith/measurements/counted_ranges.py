"""Several consecutive ranges of numbers, as arrays."""

from __future__ import annotations

import numpy as np

from benchsmith.imaging.label_runs import Ints


def counted_ranges(begin: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return the index of each number's range, and the numbers: `count[i]` of them from `begin[i]` on.

    >>> counted_ranges(np.array([7, 0, 3]), np.array([2, 0, 1]))
    (array([0, 0, 2]), array([7, 8, 3]))
    """
    index = np.repeat(np.arange(begin.size), count)
    return index, np.arange(index.size) + np.repeat(begin - np.cumsum(count) + count, count)
