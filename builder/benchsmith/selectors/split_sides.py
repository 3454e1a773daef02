"""Assign each group to a side of the split so that every stratum is divided in the wanted ratio.

A greedy method after the iterative stratification of Sechidis, Tsoumakas and Vlahavas (ECML PKDD
2011), with one round of corrections:

1. Groups are placed one by one, those with the most answers first and ties by rank, each on the
   side with the lower cost, judged by what has been placed so far.
2. From the last to the first, each group moves to the other side if that lowers the total cost.

The cost has two parts, compared in this order: the number of answers that would be on one side only
although several groups have them, and the sum over strata of the squared distance, in rows, from
the wanted share. The second step never raises the total cost. A cell is a pair of group and stratum
that occurs; after one sort of the rows, every cell is visited a fixed number of times, so the time
is O(n log n) in rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.tables.coded_columns import Codes

TEST, VAL = 0, 1
SPLITS = ("test", "val")
"""The name of each side."""
FREE = -1
"""The side of a group that is not assigned yet."""


def sides(
    groups: Codes,
    strata: Sequence[Array],
    ranks: npt.NDArray[np.uint64],
    share: float,
    fixed: Array | None = None,
) -> npt.NDArray[np.int8]:
    """Return the side of each of g groups, (g,), so that val gets about `share` of every stratum.

    `groups` (n,) has the group number of each row, from 0. `strata` are columns (n,) that number
    the rows' strata, one column for each way of dividing the rows; the first are the answers.
    `ranks` (g,) break ties. `fixed` (g,) are sides that are given, or `FREE`.
    """
    count = len(ranks)
    side = np.full(count, FREE, np.int8) if fixed is None else fixed.astype(np.int8)
    if not 0 < share < 1:
        side[side == FREE] = VAL if share >= 1 else TEST
        return side
    cells = _cells(groups, strata)
    answers = np.bincount(cells.group[cells.is_answer[cells.stratum]], minlength=count)
    order = np.lexsort((ranks, -answers))
    placed = _Placement(cells, count, share)
    for group in order[side[order] != FREE].tolist():
        placed.put(group, int(side[group]))
    free = order[side[order] == FREE].tolist()
    for group in free:
        costs = [placed.cost(group, to, final=False) for to in (TEST, VAL)]
        side[group] = VAL if costs[VAL] < costs[TEST] else TEST
        placed.put(group, int(side[group]))
    for group in reversed(free):
        now = int(side[group])
        placed.remove(group, now)
        if placed.cost(group, 1 - now, final=True) < placed.cost(group, now, final=True):
            now = 1 - now
            side[group] = now
        placed.put(group, now)
    return side


@dataclass(frozen=True)
class _Cells:
    """How many rows each group has of each stratum, sorted by group; columns (cells,)."""

    group: Codes
    stratum: Codes
    rows: npt.NDArray[np.float64]
    is_answer: npt.NDArray[np.bool_]
    """(strata,): whether the stratum is an answer."""


def _cells(groups: Codes, strata: Sequence[Array]) -> _Cells:
    spans = [int(column.max(initial=-1)) + 1 for column in strata]
    firsts = np.cumsum([0, *spans])
    count = int(firsts[-1])
    keys = [groups * count + column + firsts[i] for i, column in enumerate(strata)]
    key, rows = np.unique(np.concatenate(keys), return_counts=True)
    return _Cells(key // count, key % count, rows.astype(np.float64), np.arange(count) < firsts[1])


class _Placement:
    """The rows of each stratum on each side while groups are placed.

    Lists instead of arrays: the loops run over single numbers, where lists are faster.
    """

    def __init__(self, cells: _Cells, count: int, share: float) -> None:
        self._share = share
        self._ends = np.searchsorted(cells.group, np.arange(count + 1)).tolist()
        self._stratum, self._rows = cells.stratum.tolist(), cells.rows.tolist()
        self._total = np.bincount(cells.stratum, cells.rows).tolist()
        self._waiting = np.bincount(cells.stratum).tolist()
        """Groups of each stratum that are on no side."""
        self._shared = [
            bool(answer and groups > 1)
            for answer, groups in zip(cells.is_answer.tolist(), self._waiting, strict=True)
        ]
        """Whether a stratum is an answer of several groups, which both sides should have."""
        self._placed = [[0.0] * len(self._total), [0.0] * len(self._total)]

    def cost(self, group: int, to: int, *, final: bool) -> tuple[int, float]:
        """Return the cost of putting a group, which is on no side, on the side `to`.

        `final` judges by the totals of the strata, otherwise by what has been placed so far.
        """
        share, total, waiting, shared = self._share, self._total, self._waiting, self._shared
        one_sided, distance = 0, 0.0
        for cell in range(self._ends[group], self._ends[group + 1]):
            s, n = self._stratum[cell], self._rows[cell]
            val, test = self._placed[VAL][s], self._placed[TEST][s]
            wanted = share * (total[s] if final else val + test + n)
            distance += (val + (n if to == VAL else 0) - wanted) ** 2
            other_empty = (val if to == TEST else test) == 0
            one_sided += shared[s] and other_empty and (final or waiting[s] == 1)
        return one_sided, distance

    def put(self, group: int, side: int) -> None:
        """Place a group on a side."""
        self._move(group, side, 1)

    def remove(self, group: int, side: int) -> None:
        """Remove a group from its side."""
        self._move(group, side, -1)

    def _move(self, group: int, side: int, sign: int) -> None:
        rows = self._placed[side]
        for cell in range(self._ends[group], self._ends[group + 1]):
            rows[self._stratum[cell]] += sign * self._rows[cell]
            self._waiting[self._stratum[cell]] -= sign
