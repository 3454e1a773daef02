"""Leave out targets that reviewers dropped, and count what the benchmark loses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.quotas import Quotas
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.tables.coded_columns import Codes


def leave_out_dropped(
    short: Shortlist, wanted: npt.NDArray[np.bool_], dropped: Mapping[str, str], ledger: Ledger
) -> Codes:
    """Return the places of wanted candidates that reviewers dropped; `dropped` has the reason by id."""
    named = {id_: ("review-dropped", why) for id_, why in dropped.items()}
    return leave_out_named(short, wanted, named, ledger)


def leave_out_named(
    short: Shortlist,
    wanted: npt.NDArray[np.bool_],
    gone: Mapping[str, tuple[str, str]],
    ledger: Ledger,
) -> Codes:
    """Return the places of wanted candidates in `gone`, which has reason and detail by id."""
    own = np.flatnonzero(wanted)
    ids = short.ids(own) if gone else []
    found = [(place, id_) for place, id_ in zip(own, ids, strict=False) if id_ in gone]
    for reason in sorted({gone[id_][0] for _, id_ in found}):
        some = [(place, gone[id_][1]) for place, id_ in found if gone[id_][0] == reason]
        rows = short.rows[np.array([place for place, _ in some], np.int64)]
        ledger.add(rows, reason, [why for _, why in some])
    return np.array([place for place, _ in found], np.int64)


def replacements(
    quotas: Quotas,
    short: Shortlist,
    side: npt.NDArray[np.int8],
    wanted: npt.NDArray[np.bool_],
    dropped: Codes,
    chosen: Sequence[int],
) -> dict[str, int]:
    """Count the dropped candidates that would be chosen, and how many of those have a replacement.

    `wanted` (n,) excludes `dropped`, and `chosen` was chosen from it. Each answer and side is
    chosen independently, so only those that lost a candidate are chosen again with it.
    """
    cell = short.answer * 2 + side
    affected = np.isin(cell, cell[dropped])
    before = wanted.copy()
    before[dropped] = True
    rows = np.flatnonzero(before & affected)
    discarded = Ledger(len(short.candidates))
    would = quotas.fill(rows, discarded).chosen if rows.size else []
    missed = len(set(would) & set(dropped.tolist()))
    fewer = len(would) - int(affected[np.array(chosen, np.int64)].sum())
    return {"missed": missed, "filled": min(max(missed - fewer, 0), missed)}
