"""Limit how many targets one source supplies in all, so that no source dominates a benchmark."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.round_robin import place_in_group
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.tables.coded_columns import combine_codes


def leave_out_beyond(
    short: Shortlist,
    chosen: Sequence[int],
    side: npt.NDArray[np.int8],
    most: int,
    ledger: Ledger,
) -> list[int]:
    """Return the chosen places without those of a source beyond its first `most`.

    Answers and sides take turns: the first choice of each counts before the second of any. Within
    a turn the answers of one side, modality and task follow one another, since they are the options
    of each other; otherwise the order is random. `chosen` must be in the order of choice, `side` is
    (n,).
    """
    taken = np.array(chosen, dtype=np.int64)
    if not taken.size:
        return []
    turn = place_in_group(short.answer[taken] * 2 + side[taken], np.arange(len(taken)))
    ranks = short.ranks[taken]
    pool = combine_codes(
        side[taken].astype(np.int64), short.modality.codes[taken], short.task[taken]
    )
    _, pool = np.unique(pool, return_inverse=True)
    first = np.full(int(pool.max()) + 1, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(first, pool, ranks)
    order = np.lexsort((taken, ranks, first[pool], turn))
    place = np.empty(len(taken), np.int64)
    place[order] = place_in_group(short.source[taken][order], np.arange(len(taken)))
    over = place >= most
    ledger.add(short.rows[taken[over]], "over-source-share", f"at most {most} of a source in all")
    return [int(n) for n in taken[~over]]
