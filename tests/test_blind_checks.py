"""The checks of blind models, shuffled pictures and suspected keys, on made-up benchmarks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from benchsmith.audits.audit import audit
from benchsmith.audits.audit_row import ModelResult
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.blind_models import suspicion
from benchsmith.core.random_order import RANK_SPAN
from benchsmith.core.verdicts import FAIL, INFO, NOT_RUN, PASS, Verdict
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.resampling import random_numbers
from tests.audit_tables import audit_table


def lucky(
    questions: AuditTable, share: float | None, seed: int, picture: str = "none"
) -> list[ModelResult]:
    """Return a model that is right by chance, or in a share of the questions."""
    draws = random_numbers(len(questions), seed, "lucky", picture) / RANK_SPAN
    worth = questions.chance if share is None else [share] * len(questions)
    return [
        ModelResult(i, "m", picture, float(d < w))
        for i, (d, w) in enumerate(zip(draws, worth, strict=True))
    ]


def judged(questions: AuditTable, name: str, *tries: ModelResult) -> Verdict:
    with_them = AuditTable(questions.rows, questions.seed, questions.knowledge, model_results=tries)
    return audit(with_them, Marks(), [name]).of(name)


def test_a_model_that_knows_without_seeing_fails_and_a_guesser_does_not() -> None:
    questions = audit_table(1)
    assert judged(questions, "blind-model", *lucky(questions, 0.4, 1)).outcome == FAIL
    alarms = 0
    for seed in range(50):
        clean = audit_table(seed, items=600, patients=200)
        alarms += judged(clean, "blind-model", *lucky(clean, None, seed)).outcome == FAIL
    assert alarms <= 2
    assert judged(questions, "blind-model").outcome == NOT_RUN


@pytest.mark.parametrize(
    ("own", "other", "outcome"), [(0.7, None, PASS), (0.3, 0.28, FAIL), (0.9, 0.88, FAIL)]
)
def test_who_does_not_look_loses_nothing_with_another_picture(
    own: float, other: float | None, outcome: str
) -> None:
    questions = audit_table(1)
    tries = [*lucky(questions, own, 1, "own"), *lucky(questions, other, 1, "other")]
    assert judged(questions, "shuffled-picture", *tries).outcome == outcome
    assert (
        judged(questions, "shuffled-picture", *lucky(questions, own, 1, "other")).outcome == NOT_RUN
    )


def test_several_answers_are_worth_less_to_a_guesser() -> None:
    """One set of fifteen is right, not one option of four."""
    rows = tuple(replace(row, several=True, answers=(0, 1)) for row in audit_table(1).rows)
    questions = AuditTable(rows, 1)
    tries = [ModelResult(i, "m", "none", 0.25) for i in range(len(rows))]
    assert judged(questions, "blind-model", *tries).outcome == FAIL


@pytest.mark.parametrize("models", [5, 20])
def test_keys_that_were_turned_are_suspected(models: int) -> None:
    """Of 5 % wrong keys nearly all are in the worst 15 %; models know from 30 to 90 %."""
    questions = audit_table(1)
    count = len(questions)
    turned = random_numbers(count, 1, "turned") / RANK_SPAN < 0.05
    hard = random_numbers(count, 1, "hard") / RANK_SPAN
    tries, right = [], np.zeros((models, count))
    for m in range(models):
        knows = random_numbers(count, 1, "knows", str(m)) / RANK_SPAN < (
            0.3 + 0.6 * m / models
        ) ** (0.3 + hard)
        guesses = random_numbers(count, 1, "guesses", str(m)) / RANK_SPAN < questions.chance
        right[m] = np.where(knows, ~turned, guesses)
        tries += [ModelResult(i, f"m{m}", "own", float(right[m, i])) for i in range(count)]
    known, fit = suspicion(right, questions.chance)
    place = np.empty(count)
    place[np.lexsort((fit, known))] = np.arange(count)
    assert (place[turned] < 0.15 * count).mean() > 0.9
    won = scipy.stats.mannwhitneyu(place[~turned], place[turned]).statistic
    assert won / (turned.sum() * (~turned).sum()) >= 0.9
    found = judged(questions, "key-suspects", *tries)
    assert found.outcome == INFO
    of = {row.id: i for i, row in enumerate(questions.rows)}
    assert sum(turned[of[o.id]] for o in found.offenders) >= 10
    few = judged(questions, "key-suspects", *tries[: 4 * count])
    assert few.outcome == NOT_RUN and "needs 5 models" in few.says
