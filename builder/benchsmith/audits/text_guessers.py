"""A text classifier that guesses answers from words alone, without a picture.

The model is scikit-learn's logistic regression with the lbfgs solver, which draws no random
numbers, on one thread. Scores are rounded before they are compared, so that the last bits of a sum
do not decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from benchsmith.audits.audit_table import FOLDS, AuditTable, Mask
from benchsmith.audits.contract import at_most, check, interval_part
from benchsmith.audits.prior_guessers import MIN_VAL, Guess, rate
from benchsmith.audits.text_features import features
from benchsmith.core.verdicts import Found, Offender, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.selectors.one_thread import one_thread
from benchsmith.statistics.cluster_arrays import Floats

MIN_QUESTIONS = 200
"""Questions that a text model needs to learn anything."""
INVERSE_PENALTY = 0.3
"""scikit-learn's C: strong regularisation, since features are many and questions few."""
MAX_ITERATIONS = 100
TOLERANCE = 1e-3
SCORE_DECIMALS = 3
"""Decimals of a logit; smaller differences are not knowledge."""


@check(
    "C2",
    asks="What accuracy does a model learn from the words alone?",
    formula="logistic regression on each option's words (tf-idf of 1- and 2-grams), its label within task, "
    "modality and granularity, its position, length, digits, similarity to the question and to the other "
    "options; five-fold over patients or targets, and trained on val for test; threshold: the smaller of "
    "learned_lift x chance and chance + learned_points",
    remedy="Look at the labels that are listed: they are right too often when offered, or worded differently.",
    hard=True,
    least=MIN_QUESTIONS,
)
def blind_attack(table: AuditTable, marks: Marks) -> Found:
    """A text model must not beat chance by more than the thresholds allow."""
    judged = []
    for (name, hits), which in evaluations(table):
        chance = float(table.chance[which].mean())
        mark = min(marks.learned_lift * chance, chance + marks.learned_points / 100)
        judged.append((name, hits, which, rate(table, hits, which), mark, chance))
    name, hits, which, found, mark, chance = max(judged, key=lambda j: j[3].low - j[4])
    parts = [interval_part(j[0], j[3], int(j[2].sum())) for j in judged]
    lift = found.value / chance if chance else 0.0
    what = f"{name}: {shown(found.value, '%')}, {lift:.2f} x chance; "
    return at_most(
        found,
        mark,
        int(which.sum()),
        what=what,
        over=table.sample_size(which),
        parts=parts,
        **named(_gains(table, hits, which)),
    )


class Evaluation(NamedTuple):
    """The text model's accuracy under one way of dividing the questions."""

    guess: Guess
    which: Mask
    """The questions that were guessed: (n,), bool."""


_EVALUATED: WeakKeyDictionary[AuditTable, list[Evaluation]] = WeakKeyDictionary()
"""Two checks ask for the same: the model is fitted once for a table."""


def evaluations(table: AuditTable) -> list[Evaluation]:
    """Evaluate the model over five folds, and from val to test if both are large enough."""
    if table not in _EVALUATED:
        _EVALUATED[table] = _evaluations(table)
    return _EVALUATED[table]


def _evaluations(table: AuditTable) -> list[Evaluation]:
    everyone = np.ones(len(table), bool)
    folds = [table.folds == fold for fold in range(FOLDS)]
    turns = [(~here, here) for here in folds if here.any() and not here.all()]
    known, asked = table.sides()
    both = known.sum() >= MIN_VAL and asked.sum() >= MIN_VAL
    *parts, last = logits(table, [*turns, (known, asked & both)])
    score = np.zeros(len(table.question_of))
    for (_, here), own in zip(turns, parts, strict=True):
        score[here[table.question_of]] = own
    found = [Evaluation(Guess("five-fold", table.expected_hits(score)), everyone)]
    if both:
        score = np.zeros(len(table.question_of))
        score[asked[table.question_of]] = last
        found.append(Evaluation(Guess("val to test", table.expected_hits(score)), asked))
    return found


def logits(table: AuditTable, turns: Sequence[tuple[Mask, Mask]]) -> list[Floats]:
    """Return the logits of the asked questions' options, trained on the known ones, per turn.

    A turn is a pair of masks over questions (n,): the known ones and the asked ones. Logits are
    rounded, so that the order does not depend on a processor's last bit.
    """
    rows, of = features(table), table.question_of
    found = [_logit(rows, table.is_right, known[of], asked[of]) for known, asked in turns]
    return [np.round(one, SCORE_DECIMALS) for one in found]


def _gains(table: AuditTable, hits: Floats, which: Mask) -> Iterator[Offender]:
    """Yield the answers that the model guesses better than chance, the largest gain first."""
    of, names = table.codes("label")
    gain = np.bincount(of, weights=(hits - table.chance) * which, minlength=len(names))
    count = np.bincount(of, weights=which.astype(float), minlength=len(names))
    for i in np.argsort(-gain, kind="stable"):
        if gain[i] >= 2:
            why = f"{gain[i]:.1f} more correct guesses than by chance in {count[i]:.0f} questions"
            yield Offender(names[i], why)


def _logit(features: Any, key: Mask, learned: Mask, wanted: Mask) -> Floats:
    """Fit on the `learned` options and return the logits of the `wanted` ones; masks are (m,).

    Zeros if all learned options are right, or all are wrong.
    """
    from sklearn.linear_model import LogisticRegression

    if len(np.unique(key[learned])) < 2 or not wanted.any():
        return np.zeros(int(wanted.sum()))
    with one_thread():
        model = LogisticRegression(
            C=INVERSE_PENALTY,
            solver="lbfgs",
            max_iter=MAX_ITERATIONS,
            tol=TOLERANCE,
            random_state=0,
        )
        model.fit(features[learned], key[learned])
        found: Floats = model.decision_function(features[wanted])
    return found
