"""Round-robin order: sources, patients, volumes and axes take turns, so any prefix is spread."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.tables.coded_columns import Codes, combine_codes


def round_robin(levels: Sequence[Array], ranks: npt.NDArray[np.uint64]) -> Codes:
    """Return each row's place within its group of the first level, counted from 0, (n,).

    `levels` are columns of codes (n,), the outermost first; `ranks` (n,) break ties. Within a
    group, the subgroups of the next level take turns: first the first row of each, then the second
    of each, and so on, recursively. So every prefix of the order is spread as widely as it can be.
    One sort a level, O(n log n).

    >>> one = np.zeros(3, int)
    >>> round_robin([one, np.array([7, 7, 8])], np.array([1, 2, 3], np.uint64)).tolist()
    [0, 2, 1]
    """
    place = np.zeros(len(ranks), dtype=np.int64)
    groups = [combine_codes(*levels[: depth + 1]) for depth in range(len(levels))]
    for group in reversed(groups):
        place = place_in_group(group, place, ranks)
    return place


def place_in_group(group: Array, *keys: Array) -> Codes:
    """Return each row's place within its group, counted from 0, when sorted by the keys.

    >>> place_in_group(np.array([0, 1, 0]), np.array([5, 6, 4])).tolist()
    [1, 0, 0]
    """
    order = np.lexsort((*reversed(keys), group))
    ordered = group[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    sizes = np.diff(first, append=len(ordered))
    place = np.empty(len(ordered), dtype=np.int64)
    place[order] = np.arange(len(ordered)) - np.repeat(first, sizes)
    return place
