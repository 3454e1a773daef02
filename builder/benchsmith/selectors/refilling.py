"""Fill quotas, leave out targets without a question, and fill again until every target has one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.quotas import Filled, Quotas
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger

MAX_ROUNDS = 200
"""Limit of the rounds. Each leaves out at least one target for good; real data need a few."""

Limit = Callable[[list[int], Ledger], list[int]]
"""Leaves out some of the chosen places, with a reason each."""
Unasked = Callable[[Sequence[int]], Mapping[int, tuple[str, str]]]
"""The chosen places that no question can be asked about, each with reason and detail."""


@dataclass(frozen=True)
class Refilled:
    """What was chosen, and what was replaced."""

    filled: Filled
    chosen: list[int]
    """Of the filled places, those within the limit."""
    unasked: int
    """How many targets were left out because no question can be asked about them."""


def fill_until_asked(
    quotas: Quotas,
    short: Shortlist,
    side: npt.NDArray[np.int8],
    wanted: npt.NDArray[np.bool_],
    limit: Limit,
    unasked: Unasked,
    ledger: Ledger,
) -> Refilled:
    """Choose among the places where `wanted` (n,) is true; `side` is (n,).

    Answers and sides are filled independently, so only those that lost a target are filled again.
    `wanted` is false afterwards for every target that was left out.
    """
    cell = short.answer * 2 + side
    notes = Ledger(len(short.candidates))
    filled = quotas.fill(np.flatnonzero(wanted), notes)
    every, lost_count = filled.chosen, 0
    for _ in range(MAX_ROUNDS):
        lost = unasked(limit(every, Ledger(len(short.candidates))))
        if not lost:
            break
        lost_count += len(lost)
        places = np.array(sorted(lost), np.int64)
        wanted[places] = False
        reasons = [lost[place] for place in places.tolist()]
        for row, (reason, detail) in zip(short.rows[places].tolist(), reasons, strict=True):
            ledger.add(np.array([row]), reason, detail)
        affected = np.isin(cell, cell[places])
        again = np.flatnonzero(wanted & affected)
        others = [place for place in every if not affected[place]]
        notes = Ledger(len(short.candidates))
        every = others + (quotas.fill(again, notes).chosen if again.size else [])
    if lost_count:
        notes = Ledger(len(short.candidates))
        filled = quotas.fill(np.flatnonzero(wanted), notes)
    ledger.absorb(notes)
    return Refilled(filled, limit(filled.chosen, ledger), lost_count)
