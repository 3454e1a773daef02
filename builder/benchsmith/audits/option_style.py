"""How options are written: their length and their spelling must not reveal the answer."""

from __future__ import annotations

import numpy as np

from benchsmith.audits.audit_table import FOLDS, AuditTable, encode
from benchsmith.audits.contract import at_most, check, interval_part, not_run, within
from benchsmith.audits.prior_guessers import rate
from benchsmith.audits.text_guessers import (
    INVERSE_PENALTY,
    MAX_ITERATIONS,
    MIN_QUESTIONS,
    SCORE_DECIMALS,
    TOLERANCE,
)
from benchsmith.core.verdicts import NOT_RUN, Found
from benchsmith.documents.benchmark import Marks
from benchsmith.selectors.one_thread import one_thread
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.intervals import Interval
from benchsmith.statistics.resampling import permutation

MIN_TEXTS = 10
"""Different option texts that the spelling model needs."""


@check(
    "C3",
    asks="How much does the length of an option reveal?",
    formula="accuracy of choosing the longest option, and the shortest (ties shared), minus chance; how often "
    "the answer is longer than a wrong option (ties count half), minus 1/2; margins length_points and length_auc",
    remedy="Draw wrong options with about as many words as the answer, or shorten the names of long labels.",
)
def option_length(table: AuditTable, marks: Marks) -> Found:
    """Answers must not be systematically longer or shorter than wrong options."""
    length = np.array([len(t) for t in table.option_texts], float)
    everyone = np.ones(len(table), bool)
    judged = []
    for name, score in (("longest", length), ("shortest", -length)):
        found = rate(table, table.expected_hits(score) - table.chance, everyone)
        judged.append((f"{name} option, minus chance", found, marks.length_points / 100))
    won, pairs = pairwise_wins(table, length)
    if pairs.any():
        found = table.clusters.interval(won - pairs / 2, pairs)
        judged.append(("answer longer than a wrong option, minus half", found, marks.length_auc))
    parts = [interval_part(n, f, len(table)) for n, f, _ in judged]
    name, found, margin = max(judged, key=lambda j: max(j[1].low, -j[1].high, 0) - j[2])
    if max(found.low, -found.high) <= margin:
        name, found, margin = max(judged, key=lambda j: max(j[1].high, -j[1].low) - j[2])
    return within(
        found, margin, len(table), what=f"{name}: ", over=table.sample_size(), parts=parts
    )


@check(
    "C4",
    asks="How much does the spelling of an option reveal?",
    formula="within each question, how often the answer scores above a wrong option (ties count half) in a "
    "logistic regression on character 2- to 4-grams that was fitted without both texts; threshold style_auc",
    remedy="Name the labels of a pool in one style: case, brackets, abbreviations, language.",
    least=MIN_QUESTIONS,
)
def option_style(table: AuditTable, marks: Marks) -> Found:
    """Answers and wrong options must be spelled in the same style."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    of, texts = encode(table.option_texts)
    if len(texts) < MIN_TEXTS:
        return not_run(f"needs {MIN_TEXTS} different option texts and has {len(texts)}", len(table))
    right = np.bincount(of, weights=table.is_right.astype(float), minlength=len(texts))
    wrong = np.bincount(of, weights=(~table.is_right).astype(float), minlength=len(texts))
    right *= wrong.sum() / max(right.sum(), 1)
    grams = TfidfVectorizer(analyzer="char", ngram_range=(2, 4), min_df=2, lowercase=False)
    try:
        spelled = grams.fit_transform([f" {t} " for t in texts])
    except ValueError:
        return not_run("no two option texts share a character sequence", len(table))
    part = (np.arange(len(texts)) % FOLDS)[permutation(len(texts), table.seed, "style")]
    score = np.zeros(len(texts))
    with one_thread():
        for fold in range(FOLDS):
            own, other = part == fold, part != fold
            rows = np.concatenate([np.flatnonzero(other)] * 2)
            truth = np.repeat([True, False], int(other.sum()))
            weight = np.concatenate([right[other], wrong[other]])
            model = LogisticRegression(
                C=INVERSE_PENALTY,
                solver="lbfgs",
                max_iter=MAX_ITERATIONS,
                tol=TOLERANCE,
                random_state=0,
            )
            model.fit(spelled[rows], truth, sample_weight=weight)
            score[own] = model.decision_function(spelled[own])
    auc, pairs = pairwise_wins(table, np.round(score, SCORE_DECIMALS)[of], part[of])
    if not pairs.any():
        return Found(outcome=NOT_RUN, says="no question has comparable options", n=0)
    found = table.clusters.interval(auc, pairs)
    return at_most(
        Interval(*found),
        marks.style_auc,
        int((pairs > 0).sum()),
        what="how often the answer's spelling scores higher: ",
        over=table.sample_size(pairs > 0),
    )


def pairwise_wins(
    table: AuditTable, score: Floats, fold: Ints | None = None
) -> tuple[Floats, Floats]:
    """Count per question (n,) the pairs in which an answer beats a wrong option, and all pairs.

    `score` is (m,); ties count half. With `fold` (m,), only pairs within one fold are counted,
    since scores of different models cannot be compared.
    """
    won, pairs = np.zeros(len(table)), np.zeros(len(table))
    widest = int(table.k.max(initial=0))
    for shift in range(1, widest):
        # options of one question that are `shift` positions apart
        first = np.flatnonzero(table.position + shift < table.k[table.question_of])
        second = first + shift
        here = table.is_right[first] != table.is_right[second]
        if fold is not None:
            here &= fold[first] == fold[second]
        first, second = first[here], second[here]
        a = np.where(table.is_right[first], score[first], score[second])
        b = np.where(table.is_right[first], score[second], score[first])
        np.add.at(won, table.question_of[first], (a > b) + 0.5 * (a == b))
        np.add.at(pairs, table.question_of[first], 1.0)
    return won, pairs
