"""What models get right without the picture, and with another patient's: is seeing tested at all?

The answers are in `reviews/<benchmark>.blind.tsv`; no check asks anybody.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from benchsmith.audits.contract import at_most, check, not_run, told
from benchsmith.audits.exam import Exam, Mask
from benchsmith.audits.prior_guessers import Guess, gained, rate
from benchsmith.core.verdicts import (
    FAIL,
    MAX_OFFENDERS,
    PASS,
    WARN,
    Found,
    Offender,
    Part,
    named,
    shown,
)
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats
from benchsmith.statistics.clustered import MIN_CLUSTERS
from benchsmith.statistics.intervals import Interval

MODELS = 5
"""Models that a key is suspected by."""


@check(
    "M1",
    asks="What does a model get right without the picture?",
    formula="for each model that was asked without a picture, the mean over questions of the share of its "
    "passes that were right; interval over patients; mark chance + blind_points, where chance is 1/k, and "
    "1/(2^k - 1) for several answers; the model that is furthest above is judged",
    remedy="Say `drop_blind_solved` in the benchmark file, or change the options of the labels that are named.",
)
def blind_model(exam: Exam, marks: Marks) -> Found:
    """A model that sees nothing must not beat chance."""
    judged = []
    worth = _worth(exam)
    for model in sorted({t.model for t in exam.tried if t.picture == "none"}):
        share, which = _shares(exam, model, "none")
        found, chance = rate(exam, share, which), float(worth[which].mean())
        judged.append((found, chance + marks.blind_points / 100, chance, model, share, which))
    if not judged:
        return not_run(
            "no model was asked without the picture" + _stale(exam)
            + "; `benchsmith audit NAME --blind-model MODEL` asks one"
        )  # fmt: skip
    found, mark, chance, model, share, which = max(judged, key=lambda j: j[0].low - j[1])
    return at_most(
        found,
        mark,
        int(which.sum()),
        what=f"{model}: {shown(found.value, '%')} where chance is {shown(chance, '%')}{_stale(exam)}; ",
        over=exam.over(which),
        parts=[
            Part(name=j[3], value=j[0].value, low=j[0].low, high=j[0].high, n=int(j[5].sum()))
            for j in judged
        ],
        **named(gained(exam, Guess(model, np.where(which, share, 0.0)), which)),
    )


@check(
    "M3",
    asks="Does the best model lose its answers with another patient's picture?",
    formula="for each model that was asked with the question's own picture and with another patient's of the "
    "same modality, which does not show the key: mean over questions of the share right with the own less "
    "the share right with the other; interval over patients; the largest must reach picture_points",
    remedy="Ask a stronger model; if none loses more, the questions do not test seeing: look at what it says "
    "of the other pictures.",
)
def shuffled_picture(exam: Exam, marks: Marks) -> Found:
    """Who sees must answer otherwise when shown something else."""
    judged = []
    for model in sorted({t.model for t in exam.tried if t.picture == "other"}):
        other, asked = _shares(exam, model, "other")
        own, seen = _shares(exam, model, "own")
        both = asked & seen
        if both.any():
            judged.append((_loss(exam, own - other, both), model, both))
    if not judged:
        return not_run(
            "no model was asked with its own and with another patient's picture" + _stale(exam)
            + "; `benchsmith audit NAME --blind-model MODEL --shuffled` asks one"
        )  # fmt: skip
    found, model, both = max(judged, key=lambda j: j[0].value)
    mark = marks.picture_points / 100
    limit = shown(mark, "%")
    if found.low >= mark:
        outcome, says = PASS, f"surely {limit} or more"
    elif found.high < mark:
        outcome, says = FAIL, f"surely less than {limit}"
    else:
        outcome = WARN
        side = "more" if found.value >= mark else "less"
        says = f"{side} than {limit}, but {exam.over(both)} are too few to tell"
    return Found(
        outcome=outcome, says=f"{model} loses {shown(found.value, '%')}{_stale(exam)}; {says}",
        value=found.value, low=found.low, high=found.high, n=int(both.sum()), mark=mark, unit="%",
        parts=[Part(name=j[1], value=j[0].value, low=j[0].low, high=j[0].high, n=int(j[2].sum()))
               for j in judged],
    )  # fmt: skip


@check(
    "M5",
    asks="Which keys do the models that know most get wrong?",
    formula="for questions that 5 models or more answered with the own picture: share of the models that "
    "were right, each counted by how far its own score is above chance; the 20 lowest are named, of equal "
    "ones those with the lowest correlation with the models' other answers; not judged",
    remedy="Let a clinician look at them, without the key: a wrong key is missed by whoever knows.",
)
def key_suspects(exam: Exam, marks: Marks) -> Found:
    """A wrong key is among the questions that the best models miss."""
    models = sorted({t.model for t in exam.tried if t.picture == "own"})
    if len(models) < MODELS:
        return not_run(f"needs {MODELS} models that saw the pictures, and has {len(models)}")
    answers = [_shares(exam, model, "own") for model in models]
    asked = np.flatnonzero(np.all([which for _, which in answers], axis=0))
    if not len(asked):
        return not_run("no question was asked of all models")
    right = np.stack([share[asked] for share, _ in answers])
    known, fit = suspicion(right, _worth(exam)[asked])
    order = np.lexsort((asked, fit, known))
    missed = int((known == 0).sum())
    found = [
        Offender(exam.rows[asked[i]].id, f"{shown(known[i], '%')} right, correlation {fit[i]:.2f}")
        for i in order[:MAX_OFFENDERS]
    ]
    says = f"{missed} of {len(asked)} questions are answered by none of {len(models)} models"
    return told(says, len(asked), value=float(missed), offenders=found, offending=len(found))


def suspicion(right: Floats, worth: Floats) -> tuple[Floats, Floats]:
    """Return for each question how many know it, and how its answers go with the models' others.

    `right` are shares (models, questions), `worth` what guessing each question is worth. The first is
    the mean over models by their score above chance, 0 to 1; the second is the correlation over models
    of a question's share with the sum of their other shares.
    """
    above = np.maximum((right - worth).mean(axis=1), 0)
    weights = above / above.sum() if above.sum() else np.full(len(right), 1 / len(right))
    own = right - right.mean(axis=0)
    rest = right.sum(axis=1, keepdims=True) - right
    rest -= rest.mean(axis=0)
    size = np.sqrt((own**2).sum(axis=0) * (rest**2).sum(axis=0))
    fit = np.divide((own * rest).sum(axis=0), size, out=np.zeros(right.shape[1]), where=size > 0)
    return np.round(weights @ right, 9), np.round(fit, 9)


def _shares(exam: Exam, model: str, picture: str) -> tuple[Floats, Mask]:
    """Return each question's share of right answers, and which questions were asked."""
    share, which = np.zeros(len(exam)), np.zeros(len(exam), bool)
    for one in _of(exam, model, picture):
        share[one[0]], which[one[0]] = one[1], True
    return share, which


def _of(exam: Exam, model: str, picture: str) -> Iterator[tuple[int, float]]:
    for t in exam.tried:
        if t.model == model and t.picture == picture:
            yield t.row, t.share


def _worth(exam: Exam) -> Floats:
    """Return what guessing is worth: for several answers each set of options but the empty one alike."""
    several = np.array([row.several for row in exam.rows], bool)
    return np.where(several, 1 / (2.0**exam.k - 1), 1 / np.maximum(exam.k, 1))


def _loss(exam: Exam, loss: Floats, which: Mask) -> Interval:
    found = exam.clusters.interval(np.where(which, loss, 0.0), which.astype(float))
    if (
        len(np.unique(exam.clusters.of[which])) < MIN_CLUSTERS
    ):  # a difference is no share: nobody knows
        return Interval(found.value, -1.0, 1.0)
    return found


def _stale(exam: Exam) -> str:
    if not exam.stale:
        return ""
    return f" ({exam.stale} answers are about questions as they were before, and do not count)"
