"""Row numbers and ids must not be a hint of the answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.audits.audit_table import AuditTable, encode
from benchsmith.audits.context_guessers import MIN_QUESTIONS, context_attack, quantile_bins
from benchsmith.audits.contract import at_most, check
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.random_order import RANK_SPAN
from benchsmith.core.verdicts import FAIL, WARN, Found, Part, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.resampling import permutations, random_numbers

BINS = (8, 32, 128)
ORDERS = 200
"""Random orders that the largest gain must exceed: by chance it does in 1 of 201 benchmarks."""
FIRST_ORDERS, CLEAR = 20, 8.0
"""A gain this many standard deviations above the first orders' mean needs no further ones."""


@check(
    "E4",
    asks="Are row number and id independent of the answer?",
    formula="accuracy of a guesser who knows in which of 8, 32 or 128 equal bins of the rows of a file (a split, "
    "task and department), or of the sorted ids, each label is the answer (five-fold), minus chance; threshold "
    "order_points; a failure also needs a gain above that of each of 200 random orders",
    remedy="Order rows by a hash of the question and use hashes as ids; nothing else may determine them.",
    hard=True,
    least=MIN_QUESTIONS,
)
def row_order(table: AuditTable, marks: Marks) -> Found:
    """A row's place in its file, and its id, must not be a hint."""
    rows, ids = _places(table), encode([row.id for row in table.rows])[0]
    none = np.zeros(len(table), np.int64)
    contexts: list[tuple[str, Ints]] = []
    for count in BINS:
        contexts += [
            (f"{count} bins of rows", quantile_bins(rows, none, count)),
            (f"{count} bins of ids", quantile_bins(ids, none, count)),
        ]
    everyone = np.ones(len(table), bool)
    gains = [context_attack(table, c, table.folds) - table.chance for _, c in contexts]
    judged = [
        (name, rate(table, gain, everyone)) for (name, _), gain in zip(contexts, gains, strict=True)
    ]
    name, found = max(judged, key=lambda j: j[1].low)
    parts = [Part(name=n, value=f.value, low=f.low, high=f.high, n=len(table)) for n, f in judged]
    what, mark = f"{name}, gain over chance ", marks.order_points / 100
    over = table.sample_size()
    verdict = at_most(found, mark, len(table), what=what, over=over, parts=parts)
    if verdict.outcome == FAIL:
        largest = float(max(gain.mean() for gain in gains))
        if not _above_chance(table, [c for _, c in contexts], largest):
            says = f"{what}above {shown(mark, '%')}, but some random orders give as much"
            return Found(
                outcome=WARN, says=says, value=found.value, low=found.low, high=found.high,
                n=len(table), mark=mark, unit="%", parts=parts,
            )  # fmt: skip
    return verdict


def _places(table: AuditTable) -> Floats:
    """Return each row's place in its file as a share of the file's rows, (n,), 0 to 1.

    Each place is drawn at random from the row's own share of the file, so that the places do not
    tell how many rows a file has: a file's task and department are published anyway.
    """
    files = table.codes("split", "task", "department")[0]
    sizes = np.bincount(files)
    turn = np.argsort(files, kind="stable")
    rank = np.empty(len(table), np.int64)
    rank[turn] = np.arange(len(table)) - (np.cumsum(sizes) - sizes)[files[turn]]
    within = random_numbers(len(table), table.seed, "row order") / RANK_SPAN
    places: Floats = (rank + within) / sizes[files]
    return places


def _above_chance(table: AuditTable, contexts: Sequence[Ints], gain: float) -> bool:
    """Return whether a mean gain exceeds the largest over all contexts in each random order."""
    found: list[float] = []
    for turn in permutations(ORDERS, len(table), table.seed, "row orders"):
        gains = (context_attack(table, c[turn], table.folds) - table.chance for c in contexts)
        found.append(max(float(gain.mean()) for gain in gains))
        if found[-1] >= gain:
            return False
        if len(found) == FIRST_ORDERS and gain > np.mean(found) + CLEAR * np.std(found):
            break
    return True
