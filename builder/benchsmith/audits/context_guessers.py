"""Guessers that know a picture's context (source, size, row, file, person) but not its content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from benchsmith.audits.audit_table import FOLDS, AuditTable, encode
from benchsmith.audits.contract import at_most, check, interval_part, not_run
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.verdicts import Found
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.clustered import MIN_CLUSTERS

MIN_QUESTIONS = 200
"""Questions that are needed to learn anything about a label from other questions."""
SMOOTHING = 2.0
"""Weight, in questions, of a context's overall share when the share for one label is estimated."""


def context_attack(table: AuditTable, context: Ints, folds: Ints) -> Floats:
    """Return the expected accuracy per question (n,) of guessing from the context only.

    `context` and `folds` are codes of questions (n,). The guesser knows from the other folds in
    which contexts each label was the answer. An option's score is P(context | its label is the
    answer), smoothed towards P(context). The counts of the other folds are scaled to the label's
    overall frequency, so that holding out a question does not lower the score of its answer: the
    result measures only what the context adds.
    """
    labels, names = table.label_codes
    fold = folds[table.question_of]
    here = context[table.question_of]
    is_key = table.is_right.astype(float)
    both = _sum_other_folds(here * len(names) + labels, fold, is_key)
    elsewhere = _sum_other_folds(labels, fold, is_key)
    anywhere = np.bincount(labels, weights=is_key)[labels]
    everything = _sum_other_folds(np.zeros_like(here), fold, is_key)
    share = _sum_other_folds(here, fold, is_key) / np.maximum(everything, 1)
    expected = both * anywhere / np.maximum(elsewhere, 1)
    return table.expected_hits((expected + SMOOTHING * share) / (anywhere + SMOOTHING))


def _sum_other_folds(cell: Ints, fold: Ints, weights: Floats) -> Floats:
    """Sum the weights of each option's cell over the other folds; all arrays are (m,)."""
    _, place = np.unique(cell, return_inverse=True)
    size = FOLDS * (int(place.max(initial=0)) + 1)
    sums = np.bincount(place * FOLDS + fold, weights=weights, minlength=size).reshape(-1, FOLDS)
    rest: Floats = sums.sum(axis=1)[place] - sums[place, fold]
    return rest


def quantile_bins(values: Floats | Ints, within: Ints, count: int) -> Ints:
    """Return a code for each value's quantile bin of `count`, separately for each code of `within`."""
    turn = np.lexsort((values, within))
    sizes = np.bincount(within)
    first = np.cumsum(sizes) - sizes
    rank = np.empty(len(values), np.int64)
    rank[turn] = np.arange(len(values)) - first[within[turn]]
    return within * count + rank * count // sizes[within]


@check(
    "E2",
    asks="How much do the picture's size and source reveal about the answer?",
    formula="accuracy of a guesser who knows with which source and plane size each label is the answer "
    "(five-fold over patients), minus the better of chance and of knowing the axis alone; threshold fingerprint_points",
    remedy="Take every label of a pool from two or more sources, or every pool from one source.",
    hard=True,
    needs=("plane", "group"),
    least=MIN_QUESTIONS,
)
def source_fingerprint(table: AuditTable, marks: Marks) -> Found:
    """If only one source has a class, a model can recognise the source instead of the class."""
    return fingerprint(
        table,
        {"source": ("source",), "source and size": ("source", "plane"), "size": ("plane",)},
        marks.fingerprint_points,
    )


def fingerprint(table: AuditTable, named: Mapping[str, Sequence[str]], points: float) -> Found:
    """Judge the named columns that, within task and modality, reveal most of the answer.

    The gain is that over the better of chance and of knowing the axis alone.
    """
    groups = len(table.codes("group")[1])
    if groups < MIN_CLUSTERS:
        return not_run(f"needs {MIN_CLUSTERS} patients and has {groups}", len(table))
    folds = table.folds_by("group")
    everyone = np.ones(len(table), bool)
    base = context_attack(table, table.codes("task", "modality", "axis")[0], folds)
    if base.mean() < table.chance.mean():
        base = table.chance
    judged = []
    for name, columns in named.items():
        hits = context_attack(table, table.codes("task", "modality", *columns)[0], folds)
        judged.append((name, rate(table, hits - base, everyone)))
    parts = [interval_part(n, f, len(table)) for n, f in judged]
    name, found = max(judged, key=lambda j: j[1].low)
    return at_most(
        found,
        points / 100,
        len(table),
        what=f"gain from {name}: ",
        over=table.sample_size(),
        parts=parts if len(parts) > 1 else [],
    )


@check(
    "E4",
    asks="Is the file size independent of the answer?",
    formula="accuracy of a guesser who knows in which of 4, 8 or 16 equal bins of file sizes each label is the "
    "answer, within task, modality and granularity (five-fold), minus chance; threshold file_points; only a "
    "warning, since a picture's content determines how well it compresses",
    remedy="Compare with geometry-attack; store the pictures without compression if that matters.",
    needs=("file_bytes",),
    least=MIN_QUESTIONS,
    only_warns=True,
)
def file_size(table: AuditTable, marks: Marks) -> Found:
    """File sizes are visible without opening a picture."""
    size = np.array([row.file_bytes or 0 for row in table.rows], float)
    contexts = [(f"{c} size bins", quantile_bins(size, table.stratum[0], c)) for c in (4, 8, 16)]
    return worst_context(table, contexts, marks.file_points)


def worst_context(table: AuditTable, contexts: Sequence[tuple[str, Ints]], points: float) -> Found:
    """Judge the named context (n codes each) that gives the guesser the largest sure gain."""
    everyone = np.ones(len(table), bool)
    judged = [
        (name, rate(table, context_attack(table, context, table.folds) - table.chance, everyone))
        for name, context in contexts
    ]
    name, found = max(judged, key=lambda j: j[1].low)
    parts = [interval_part(n, f, len(table)) for n, f in judged]
    what = f"{name}, gain over chance "
    return at_most(
        found, points / 100, len(table), what=what, over=table.sample_size(), parts=parts
    )


@check(
    "E5",
    asks="How much do source, sex, age and site reveal about the answer?",
    formula="accuracy of a guesser who knows with which source, sex, age (decade) or site each label is the "
    "answer, within task and modality (five-fold); threshold about_lift x chance",
    remedy="Do not publish that column for test, or balance it within the pool.",
    least=MIN_QUESTIONS,
    only_warns=True,
)
def about_attack(table: AuditTable, marks: Marks) -> Found:
    """Metadata that is published with a picture must not answer the question."""
    everyone = np.ones(len(table), bool)
    cells = table.codes("task", "modality")[0]
    chance = float(table.chance.mean())
    judged = []
    for name in ("source", "sex", "age", "site"):
        values = [
            _band(getattr(row, name)) if name == "age" else getattr(row, name) or ""
            for row in table.rows
        ]
        codes, names = encode(values)
        if len(names) > 1:
            hits = context_attack(table, cells * len(names) + codes, table.folds)
            judged.append((name, rate(table, hits, everyone)))
    if not judged:
        return not_run("there is one source, and no sex, age or site is known", len(table))
    parts = [interval_part(n, f, len(table)) for n, f in judged]
    name, found = max(judged, key=lambda j: j[1].low)
    mark = marks.about_lift * chance
    return at_most(found, mark, len(table), what=f"{name}: ", over=table.sample_size(), parts=parts)


def _band(age: str | None) -> str:
    """Return the decade of an age: ``45`` is ``40s``; empty if there are no digits."""
    digits = "".join(c for c in (age or "") if c.isdigit())
    return f"{int(digits[:3]) // 10}0s" if digits else ""
