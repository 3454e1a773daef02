"""Which questions blind answers exclude by `N of M`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchsmith.documents import blind_answers
from benchsmith.documents.benchmark import Benchmark, Options
from benchsmith.documents.blind_answers import BlindAnswer


def tried(**changes: Any) -> BlindAnswer:
    plain = BlindAnswer(
        question="s/a#liver@z1:box", model="m", picture="none", solved=2, asked=3, options=4,
        closed=False, label="liver", task="t", modality="ct", text="x", rules=blind_answers.rules_of(RULED),
        when="2026-01-01",
    )  # fmt: skip
    return replace(plain, **changes)


RULED = Benchmark(title="t", description="d", seed=1, sources=("s",), drop_blind_solved="2 of 3")


@pytest.mark.parametrize(
    ("changes", "counts"),
    [
        ({}, True),
        ({"solved": 1}, False),
        ({"solved": 2, "asked": 2}, False),
        ({"solved": 2, "asked": 2, "options": 2}, True),
        ({"solved": 1, "asked": 2, "options": 2}, False),
        ({"solved": 3, "asked": 6, "options": 6}, False),
        ({"solved": 4, "asked": 6, "options": 6}, True),
        ({"closed": True, "solved": 3}, False),
        ({"picture": "own", "solved": 3}, False),
        ({"rules": "other"}, False),
    ],
)
def test_n_of_m_by_one_model(changes: dict[str, Any], *, counts: bool) -> None:
    assert bool(blind_answers.solved([tried(**changes)], RULED)) == counts


def test_one_model_and_one_question_are_enough() -> None:
    two = [
        tried(model="n", solved=0),
        tried(solved=3),
        tried(question="s/a#liver@z1:mask", solved=0),
    ]
    assert blind_answers.solved(two, RULED)["s/a#liver@z1"].solved == 3
    assert not blind_answers.solved(two, RULED.model_copy(update={"drop_blind_solved": ""}))
    other = RULED.model_copy(update={"options": Options(draw="uniform")})
    assert not blind_answers.solved(two, other)
