"""Judge how much contexts reveal about the answer, with a significance level for the best of several."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.context_guessers import context_attack
from benchsmith.audits.contract import at_most, interval_part
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.verdicts import FAIL, WARN, Found, shown
from benchsmith.statistics.cluster_arrays import Ints
from benchsmith.statistics.resampling import permutation

ORDERS = 2_000
"""Random orders that the largest gain must exceed. By chance it does in at most 1 of 2,001 benchmarks,
since the real order is then one more random order, and each is the best of all as likely as another.
A lower limit matters where the order is drawn by a hidden split's key: nobody can choose another."""
CLEAR = {20: 8.0, 200: 6.0}
"""After so many orders, a gain this many of their standard deviations above their mean is clear, so that
no further ones are tried. A normal variable is 6 above in 1 of 10^9 cases."""


def context_gain(
    table: AuditTable, contexts: Sequence[tuple[str, Ints]], points: float, within: Ints
) -> Found:
    """Judge the named context (n codes each) that gives a guesser the largest sure gain.

    The gain is over chance, in points at most `points`. It fails only if it is also larger than that
    of every context in each of `ORDERS` benchmarks in which the contexts are shuffled among the
    questions with the same code of `within` (n,).
    """
    everyone = np.ones(len(table), bool)
    gains = [context_attack(table, c, table.folds) - table.chance for _, c in contexts]
    judged = [
        (name, rate(table, gain, everyone)) for (name, _), gain in zip(contexts, gains, strict=True)
    ]
    name, found = max(judged, key=lambda j: j[1].low)
    parts = [interval_part(n, f, len(table)) for n, f in judged]
    what, mark, n = f"{name}, gain over chance ", points / 100, len(table)
    verdict = at_most(found, mark, n, what=what, over=table.sample_size(), parts=parts)
    largest = float(max(gain.mean() for gain in gains))
    if verdict.outcome != FAIL or _above_chance(table, [c for _, c in contexts], within, largest):
        return verdict
    says = f"{what}above {shown(mark, '%')}, but some random orders give as much"
    return Found(
        outcome=WARN, says=says, value=found.value, low=found.low, high=found.high,
        n=n, mark=mark, unit="%", parts=parts, undecided=True,
    )  # fmt: skip


def _above_chance(table: AuditTable, contexts: Sequence[Ints], within: Ints, gain: float) -> bool:
    """Return whether a mean gain exceeds the largest over all contexts in each random order."""
    found: list[float] = []
    plain = np.argsort(within, kind="stable")
    for number in range(ORDERS):
        turn = permutation(len(table), table.seed, "random contexts", str(number))
        shuffled = turn[np.argsort(within[turn], kind="stable")]
        best = -np.inf
        for context in contexts:
            other = np.empty_like(context)
            other[plain] = context[shuffled]
            hits = context_attack(table, other, table.folds)
            best = max(best, float((hits - table.chance).mean()))
        found.append(best)
        if best >= gain:
            return False
        enough = CLEAR.get(len(found))
        if enough is not None and gain > np.mean(found) + enough * np.std(found):
            break
    return True
