"""A short list that is spread over sources, patients, volumes and axes: they take turns."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.tables.coded_columns import Codes, combine_codes


def turns(levels: Sequence[Array], ranks: npt.NDArray[np.uint64]) -> Codes:
    """Return each row's place among those of its first level, when the others take turns.

    `levels` are columns of numbers, the outermost first. Of every group of a level, first the
    first of each group of the next one comes, in the order of `ranks`, then the second of each,
    and so on down: any beginning of the list is spread as widely as it can be.

    >>> one = np.zeros(3, int)
    >>> turns([one, np.array([7, 7, 8])], np.array([1, 2, 3], np.uint64)).tolist()
    [0, 2, 1]
    """
    place = np.zeros(len(ranks), dtype=np.int64)
    groups = [combine_codes(*levels[: depth + 1]) for depth in range(len(levels))]
    for group in reversed(groups):
        place = within(group, place, ranks)
    return place


def within(group: Array, *keys: Array) -> Codes:
    """Return each row's place in its group, in the order of the keys, the first of them first."""
    order = np.lexsort((*reversed(keys), group))
    ordered = group[order]
    first = np.flatnonzero(np.diff(ordered, prepend=-1))
    sizes = np.diff(first, append=len(ordered))
    place = np.empty(len(ordered), dtype=np.int64)
    place[order] = np.arange(len(ordered)) - np.repeat(first, sizes)
    return place
