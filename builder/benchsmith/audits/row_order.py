"""Row numbers and ids must not be a hint of the answer."""

from __future__ import annotations

import numpy as np

from benchsmith.audits.audit_table import AuditTable, encode
from benchsmith.audits.context_gain import context_gain
from benchsmith.audits.context_guessers import MIN_QUESTIONS, quantile_bins
from benchsmith.audits.contract import check
from benchsmith.core.random_order import RANK_SPAN
from benchsmith.core.verdicts import Found
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.resampling import random_numbers

BINS = (8, 32, 128)


@check(
    "E4",
    asks="Are row number and id independent of the answer?",
    formula="accuracy of a guesser who knows in which of 8, 32 or 128 equal bins of the rows of a file (a split, "
    "task and department), or of the sorted ids, each label is the answer (five-fold), minus chance; threshold "
    "order_points; a failure also needs a gain above that of each of 2,000 random orders",
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
    return context_gain(table, contexts, marks.order_points, none)


def _places(table: AuditTable) -> Floats:
    """Return each row's place in its file as a share of the file's rows, (n,), 0 to 1.

    Each place is drawn at random from the row's own share of the file, so that the places do not
    reveal how many rows a file has: a file's task and department are published anyway.
    """
    files = table.codes("split", "task", "department")[0]
    sizes = np.bincount(files)
    turn = np.argsort(files, kind="stable")
    rank = np.empty(len(table), np.int64)
    rank[turn] = np.arange(len(table)) - (np.cumsum(sizes) - sizes)[files[turn]]
    within = random_numbers(len(table), table.seed, "row order") / RANK_SPAN
    places: Floats = (rank + within) / sizes[files]
    return places
