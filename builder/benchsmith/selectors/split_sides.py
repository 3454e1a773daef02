"""Give each group a side of the split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.tables.coded_columns import Codes

TEST, VAL = 0, 1
FREE = -1
"""The side of a group that is not decided yet."""


def sides(
    groups: Codes,
    strata: Sequence[Array],
    ranks: npt.NDArray[np.uint64],
    share: float,
    fixed: Array | None = None,
) -> npt.NDArray[np.int8]:
    """Return the side of each group, so that val has `share` of every stratum, as near as can be.

    `groups` numbers the group of each row from 0, `strata` have each row's number in several ways
    of parting the rows, of which the first are the answers; `ranks` are the groups', to break
    ties; `fixed` are sides that are decided already, or FREE.

    Groups are placed one by one, those with the most answers first, each on the side that brings
    its strata nearest to their share; then each is looked at once more, from the last to the
    first, and turned over where that brings them nearer. The measure is the sum over strata of the
    squared distance, in rows, from the wanted share (after the iterative stratification of
    Sechidis, Tsoumakas and Vlahavas, ECML PKDD 2011). What counts before it is the number of
    answers that would be on one side only, though several groups show them.
    """
    count = len(ranks)
    side = np.full(count, FREE, np.int8) if fixed is None else fixed.astype(np.int8)
    if not 0 < share < 1:
        side[side == FREE] = VAL if share >= 1 else TEST
        return side
    cells = _cells(groups, strata)
    ends = np.searchsorted(cells.group, np.arange(count + 1)).tolist()
    # rows, and groups, of each stratum: on each side, and not placed yet
    total = np.bincount(cells.stratum, cells.rows).tolist()
    others = np.bincount(cells.stratum).tolist()
    shared = [cells.is_answer[s] and others[s] > 1 for s in range(len(total))]
    placed = [[0.0] * len(total), [0.0] * len(total)]
    stratum, rows = cells.stratum.tolist(), cells.rows.tolist()

    def cost(group: int, to: int, *, last: bool) -> tuple[int, float]:
        """Return what a side costs, where the group itself is on neither."""
        lone, found = 0, 0.0
        for at in range(ends[group], ends[group + 1]):
            s, n = stratum[at], rows[at]
            val, test = placed[VAL][s], placed[TEST][s]
            wanted = share * (total[s] if last else val + test + n)
            found += (val + (n if to == VAL else 0) - wanted) ** 2
            empty = (val if to == TEST else test) == 0
            lone += shared[s] and empty and (last or others[s] == 1)
        return lone, found

    def put(group: int, to: int, sign: int) -> None:
        for at in range(ends[group], ends[group + 1]):
            placed[to][stratum[at]] += sign * rows[at]

    answers = np.bincount(cells.group[cells.is_answer[cells.stratum]], minlength=count)
    order = np.lexsort((ranks, -answers))
    for group in order[side[order] != FREE].tolist():
        put(group, int(side[group]), 1)
    for s in cells.stratum[side[cells.group] != FREE].tolist():
        others[s] -= 1
    loose = order[side[order] == FREE].tolist()
    for group in loose:
        to = VAL if cost(group, VAL, last=False) < cost(group, TEST, last=False) else TEST
        side[group] = to
        put(group, to, 1)
        for at in range(ends[group], ends[group + 1]):
            others[stratum[at]] -= 1
    for group in reversed(loose):
        now = int(side[group])
        put(group, now, -1)
        if cost(group, 1 - now, last=True) < cost(group, now, last=True):
            now = 1 - now
            side[group] = now
        put(group, now, 1)
    return side


@dataclass(frozen=True)
class _Cells:
    """How many rows of each stratum each group has, in the groups' order."""

    group: Codes
    stratum: Codes
    rows: npt.NDArray[np.float64]
    is_answer: npt.NDArray[np.bool_]
    """Of each stratum."""


def _cells(groups: Codes, strata: Sequence[Array]) -> _Cells:
    spans = [int(column.max(initial=-1)) + 1 for column in strata]
    firsts = np.cumsum([0, *spans])
    count = int(firsts[-1])
    keys = [groups * count + column + firsts[i] for i, column in enumerate(strata)]
    key, rows = np.unique(np.concatenate(keys), return_counts=True)
    return _Cells(key // count, key % count, rows.astype(np.float64), np.arange(count) < firsts[1])
