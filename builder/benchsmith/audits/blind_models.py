"""Accuracy of models without the picture, and with another patient's picture.

The results come from `reviews/<benchmark>.blind.tsv`; a check never calls a model.
"""

from __future__ import annotations

import numpy as np

from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.contract import at_most, check, informational, interval_part, not_run
from benchsmith.audits.prior_guessers import Guess, gained, rate
from benchsmith.core.verdicts import (
    FAIL,
    MAX_OFFENDERS,
    PASS,
    WARN,
    Found,
    Offender,
    named,
    shown,
)
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats
from benchsmith.statistics.clustered import MIN_CLUSTERS
from benchsmith.statistics.intervals import Interval

MIN_MODELS = 5
"""Models that must have answered before keys are suspected."""


@check(
    "M1",
    asks="What accuracy does a model reach without the picture?",
    formula="for each model that was asked without a picture, the mean over questions of the share of its "
    "passes that were right; interval over patients; threshold chance + blind_points, where chance is 1/k, or "
    "1/(2^k - 1) with several answers; the model furthest above its threshold is judged",
    remedy="Set `drop_blind_solved` in the benchmark file, or change the options of the labels that are listed.",
)
def blind_model(table: AuditTable, marks: Marks) -> Found:
    """A model without the picture must not beat chance by more than blind_points."""
    judged = []
    by_chance = _chance(table)
    for model in sorted({r.model for r in table.model_results if r.picture == "none"}):
        share, which = shares(table, model, "none")
        found, chance = rate(table, share, which), float(by_chance[which].mean())
        judged.append((found, chance + marks.blind_points / 100, chance, model, share, which))
    if not judged:
        return not_run(
            "no model was asked without the picture" + _stale(table)
            + "; run `benchsmith audit NAME --blind-model MODEL`"
        )  # fmt: skip
    found, mark, chance, model, share, which = max(judged, key=lambda j: j[0].low - j[1])
    return at_most(
        found,
        mark,
        int(which.sum()),
        what=f"{model}: {shown(found.value, '%')} where chance is {shown(chance, '%')}{_stale(table)}; ",
        over=table.sample_size(which),
        parts=[interval_part(j[3], j[0], int(j[5].sum())) for j in judged],
        **named(gained(table, Guess(model, np.where(which, share, 0.0)), which)),
    )


@check(
    "M3",
    asks="How much accuracy does the best model lose with another patient's picture?",
    formula="for each model that was asked with the question's own picture and with another patient's of the "
    "same modality, which does not show the key: mean over questions of the share right with its own minus "
    "the share right with the other; interval over patients; the largest loss must reach picture_points",
    remedy="Ask a stronger model. If no model loses more, the questions do not test seeing: look at its "
    "replies to the other pictures.",
)
def shuffled_picture(table: AuditTable, marks: Marks) -> Found:
    """A model that uses the picture must answer differently when it gets another one."""
    judged = []
    for model in sorted({r.model for r in table.model_results if r.picture == "other"}):
        other, asked = shares(table, model, "other")
        own, seen = shares(table, model, "own")
        both = asked & seen
        if both.any():
            judged.append((_loss_interval(table, own - other, both), model, both))
    if not judged:
        return not_run(
            "no model was asked with its own and with another patient's picture" + _stale(table)
            + "; run `benchsmith audit NAME --blind-model MODEL --shuffled`"
        )  # fmt: skip
    found, model, both = max(judged, key=lambda j: j[0].value)
    mark = marks.picture_points / 100
    limit = shown(mark, "%")
    if found.low >= mark:
        outcome, says = PASS, f"clearly {limit} or more"
    elif found.high < mark:
        outcome, says = FAIL, f"clearly less than {limit}"
    else:
        outcome = WARN
        side = "more" if found.value >= mark else "less"
        says = f"{side} than {limit}, but {table.sample_size(both)} are too few to tell"
    return Found(
        outcome=outcome, says=f"{model} loses {shown(found.value, '%')}{_stale(table)}; {says}",
        value=found.value, low=found.low, high=found.high, n=int(both.sum()), mark=mark, unit="%", undecided=outcome == WARN,
        parts=[interval_part(j[1], j[0], int(j[2].sum()))
               for j in judged],
    )  # fmt: skip


@check(
    "M5",
    asks="Which keys do the best models get wrong?",
    formula="for questions that 5 or more models answered with their own picture: share of the models that "
    "were right, weighted by how far each model's score is above chance; the 20 lowest are listed, ties by "
    "the lowest correlation with the models' other answers; not judged",
    remedy="Let a clinician answer them without the key: experts disagree with a wrong key.",
)
def key_suspects(table: AuditTable, marks: Marks) -> Found:
    """Wrong keys are found among the questions that the best models miss."""
    models = sorted({r.model for r in table.model_results if r.picture == "own"})
    if len(models) < MIN_MODELS:
        return not_run(f"needs {MIN_MODELS} models that saw the pictures, and has {len(models)}")
    answers = [shares(table, model, "own") for model in models]
    asked = np.flatnonzero(np.all([which for _, which in answers], axis=0))
    if not len(asked):
        return not_run("no question was answered by all models")
    right = np.stack([share[asked] for share, _ in answers])
    known, fit = suspicion(right, _chance(table)[asked])
    order = np.lexsort((asked, fit, known))
    missed = int((known == 0).sum())
    found = [
        Offender(table.rows[asked[i]].id, f"{shown(known[i], '%')} right, correlation {fit[i]:.2f}")
        for i in order[:MAX_OFFENDERS]
    ]
    says = f"none of {len(models)} models is right about {missed} of {len(asked)} questions"
    return informational(
        says, len(asked), value=float(missed), offenders=found, offending=len(found)
    )


def suspicion(right: Floats, chance: Floats) -> tuple[Floats, Floats]:
    """Return per question (n,) the weighted share of right models, and the item-rest correlation.

    `right` are shares (models, n), `chance` the accuracy of guessing (n,). A model's weight is its
    mean score above chance. The correlation, over models, is between a question's share and the sum
    of each model's other shares, as in classical test theory.
    """
    above = np.maximum((right - chance).mean(axis=1), 0)
    weights = above / above.sum() if above.sum() else np.full(len(right), 1 / len(right))
    own = right - right.mean(axis=0)
    rest = right.sum(axis=1, keepdims=True) - right
    rest -= rest.mean(axis=0)
    size = np.sqrt((own**2).sum(axis=0) * (rest**2).sum(axis=0))
    fit = np.divide((own * rest).sum(axis=0), size, out=np.zeros(right.shape[1]), where=size > 0)
    return np.round(weights @ right, 9), np.round(fit, 9)


def shares(table: AuditTable, model: str, picture: str) -> tuple[Floats, Mask]:
    """Return each question's share of right replies (n,), and which questions were asked (n,)."""
    share, which = np.zeros(len(table)), np.zeros(len(table), bool)
    for result in table.model_results:
        if result.model == model and result.picture == picture:
            share[result.row], which[result.row] = result.share, True
    return share, which


def _chance(table: AuditTable) -> Floats:
    """Return the accuracy of guessing (n,); with several answers, all non-empty sets are equally likely."""
    several = np.array([row.several for row in table.rows], bool)
    return np.where(several, 1 / (2.0**table.k - 1), 1 / np.maximum(table.k, 1))


def _loss_interval(table: AuditTable, loss: Floats, which: Mask) -> Interval:
    found = table.clusters.interval(np.where(which, loss, 0.0), which.astype(float))
    # Wilson's interval for few clusters holds only for shares, which a difference is not
    if len(np.unique(table.clusters.of[which])) < MIN_CLUSTERS:
        return Interval(found.value, -1.0, 1.0)
    return found


def _stale(table: AuditTable) -> str:
    if not table.stale_results:
        return ""
    return f" ({table.stale_results} replies to changed questions are not counted)"
