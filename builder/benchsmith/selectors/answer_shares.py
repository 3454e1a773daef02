"""How often a label may be the answer in its pool, so that options can be drawn to match."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.take_turns import within
from benchsmith.tables.coded_columns import Codes


def cap(counts: Mapping[str, int], options: int) -> int:
    """Return the largest number c of answers a label may have, so that c <= N / k.

    N is what the pool holds when every label has at most c. With k options a question, labels can
    be wrong options as often as they are answers only where no label has more than every k-th
    question. A pool of fewer than k labels is judged by as many as it has.

    >>> cap({"a": 30, "b": 6, "c": 6, "d": 6}, 4), cap({"a": 9, "b": 2}, 4), cap({"a": 5}, 4)
    (6, 2, 5)
    """
    k = min(options, len(counts))
    top = max(counts.values(), default=0)
    while top > 0 and sum(min(n, top) for n in counts.values()) < k * top:
        top -= 1
    return top


def capped(pool: Codes, answer: Codes, options: int) -> tuple[npt.NDArray[np.bool_], Codes]:
    """Return who must go so that no label is the answer too often in its pool, and each pool's cap.

    Rows are in the order in which an answer's rows were chosen: the last ones go.
    """
    cell = pool * (int(answer.max(initial=0)) + 1) + answer
    place = within(cell, np.arange(len(cell)))
    tops = np.zeros(len(cell), dtype=np.int64)
    for one in np.unique(pool):
        own = pool == one
        counts = {
            str(a): int(n) for a, n in zip(*np.unique(answer[own], return_counts=True), strict=True)
        }
        tops[own] = cap(counts, options)
    return place >= tops, tops
