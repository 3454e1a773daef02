"""Whether the published files reveal which pictures are altered, and whether models see the difference."""

from __future__ import annotations

import numpy as np

from benchsmith.audits.audit_table import FOLDS, AuditTable
from benchsmith.audits.blind_models import shares
from benchsmith.audits.contract import at_most, check, interval_part, not_run
from benchsmith.audits.pair_checks import both_asked, pairs_of
from benchsmith.audits.picture_measures import PictureMeasures
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.alteration import ERASE
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats

MIN_ERASED = 20
"""Pairs with something painted out that are needed to learn what that looks like."""


@check(
    "H4",
    asks="Does the file show that something was painted out?",
    formula="share of pairs in which a logistic regression (five-fold over patients) on file size, tones, traces of "
    "JPEG and frame finds the picture in which something was painted out, where chance is 50 %; threshold erased_share. "
    "pair-prior judges what this would reveal about the answer",
    remedy="Look at the pictures whose filling is smooth, or leave erasing out of `counterfactuals`.",
    needs=("measures", "file_bytes"),
    only_warns=True,
    paired=True,
)
def erased_look(table: AuditTable, marks: Marks) -> Found:
    """A filling that is smoother than its surroundings is seen in how well the file compresses."""
    own = [
        (p.original, p.altered)
        for p in pairs_of(table)
        if p.altered.altered == ERASE and p.original.measures and p.altered.measures
    ]
    if len(own) < MIN_ERASED:
        return not_run(f"needs {MIN_ERASED} pairs with something painted out and has {len(own)}")
    place = {row.id: i for i, row in enumerate(table.rows)}
    folds = table.folds[[place[a.id] for a, _ in own]]
    before, after = (
        np.array([_features(pair[i].measures, pair[i].file_bytes) for pair in own]) for i in (0, 1)
    )
    right, which = np.zeros(len(table)), np.zeros(len(table), bool)
    at = [place[altered.id] for _, altered in own]
    right[at], which[at] = _told_apart(before, after, folds), True
    found = rate(table, right, which)
    return at_most(
        found, marks.erased_share, len(own), what=f"{shown(found.value, '%')} are found; ",
        over=f"{len(own)} pairs",
    )  # fmt: skip


def _features(measures: PictureMeasures | None, size: int | None) -> tuple[float, ...]:
    assert measures is not None
    return (float(size or 0), *measures.tone, measures.blocks, *measures.frame)


def _told_apart(before: Floats, after: Floats, folds: np.ndarray) -> Floats:
    """Return for each pair (pairs,) whether the altered picture is found: 1, 0, or 1/2 for a tie."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    right = np.full(len(before), 0.5)
    for fold in range(FOLDS):
        here, there = folds == fold, folds != fold
        if not here.any() or not there.any():
            continue
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2_000))
        known = np.concatenate([before[there], after[there]])
        model.fit(known, np.repeat([0, 1], there.sum()))
        gap = model.decision_function(after[here]) - model.decision_function(before[here])
        right[here] = np.where(np.abs(gap) < 1e-9, 0.5, gap > 0)
    return right


@check(
    "H5",
    asks="Do models' answers change when the picture does?",
    formula="for each model that was asked with the questions' own pictures: share of pairs whose answer changes in "
    "which both questions are right; the largest must exceed chance, the product of 1/k and 1/k, by pair_points",
    remedy="Ask a stronger model, such as a local one: a model that uses only the words never "
    "gets both right.",
    paired=True,
)
def answers_follow(table: AuditTable, marks: Marks) -> Found:
    """The words of a pair are the same, so only the picture can tell the two answers apart."""
    changed = [p for p in pairs_of(table) if p.changes]
    judged = []
    for model in sorted({r.model for r in table.model_results if r.picture == "own"}):
        share, asked = shares(table, model, "own")
        both = both_asked(table, asked, changed)
        if both:
            hits, which = np.zeros(len(table)), np.zeros(len(table), bool)
            for a, b in both:
                hits[b], which[b] = share[a] * share[b], True
            chance = float(np.mean([table.chance[a] * table.chance[b] for a, b in both]))
            judged.append((rate(table, hits, which), model, len(both), chance))
    if not judged:
        return not_run(
            "no model was asked about both pictures of a pair whose answer changes; "
            "run `benchsmith audit NAME --blind-model MODEL --shuffled`"
        )
    found, model, n, chance = max(judged, key=lambda j: j[0].value)
    mark = chance + marks.pair_points / 100
    outcome = PASS if found.low >= mark else FAIL if found.high < mark else WARN
    says = (
        f"{model} is right about both pictures of {shown(found.value, '%')} of {n} pairs, where chance is "
        f"{shown(chance, '%')}"
    )
    return Found(
        outcome=outcome, says=says, value=found.value, low=found.low, high=found.high, n=n,
        mark=mark, unit="%", undecided=outcome == WARN,
        parts=[interval_part(m, f, k) for f, m, k, _ in judged],
    )  # fmt: skip
