"""Limit how often a label is the answer in its pool, so that it can be a wrong option as often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.round_robin import place_in_group
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.tables.coded_columns import Codes, combine_codes


def cap(counts: Mapping[str, int], options: int) -> int:
    """Return the largest number c of answers a label may have, so that c <= N / k.

    `counts` are the answers of each label in a pool, k is the number of options, and N is the size
    of the pool once every label has at most c. With k options a question, labels can be wrong
    options as often as they are answers only if no label has more than one in k of the questions.
    A pool with fewer than k labels uses their number for k.

    >>> cap({"a": 30, "b": 6, "c": 6, "d": 6}, 4), cap({"a": 9, "b": 2}, 4), cap({"a": 5}, 4)
    (6, 2, 5)
    """
    k = min(options, len(counts))
    top = max(counts.values(), default=0)
    while top > 0 and sum(min(n, top) for n in counts.values()) < k * top:
        top -= 1
    return top


def over_cap(pool: Codes, answer: Codes, options: int) -> tuple[npt.NDArray[np.bool_], Codes]:
    """Return which rows exceed their pool's cap, and that cap; all columns are (n,).

    Rows must be in the order in which they were chosen: the last ones of an answer exceed it.
    """
    cell = pool * (int(answer.max(initial=0)) + 1) + answer
    place = place_in_group(cell, np.arange(len(cell)))
    caps = np.zeros(len(cell), dtype=np.int64)
    for one in np.unique(pool):
        own = pool == one
        counts = {
            str(a): int(n) for a, n in zip(*np.unique(answer[own], return_counts=True), strict=True)
        }
        caps[own] = cap(counts, options)
    return place >= caps, caps


def leave_out_frequent(
    short: Shortlist,
    chosen: Sequence[int],
    side: npt.NDArray[np.int8],
    options: int,
    ledger: Ledger,
) -> list[int]:
    """Return the chosen places without those that exceed the cap of their pool.

    A pool belongs to one side, and holds the regions of a modality and task, or the whole pictures
    of a source's list and modality.
    """
    taken = np.array(chosen, dtype=np.int64)
    kind, listed = (short.candidates.named(n) for n in ("kind", "group"))
    rows = short.rows[taken]
    whole = np.array([n == "image" for n in kind.names])[kind.codes[rows]]
    pool = combine_codes(
        side[taken].astype(np.int64), short.modality.codes[taken], whole.astype(np.int64),
        np.where(whole, short.source[taken], short.task[taken]),
        np.where(whole, listed.codes[rows], 0),
    )  # fmt: skip
    over, caps = over_cap(pool, short.answer[taken], options)
    ledger.add(
        rows[over], "over-balance", [f"at most {n} in its pool" for n in caps[over].tolist()]
    )
    return [int(n) for n in taken[~over]]
