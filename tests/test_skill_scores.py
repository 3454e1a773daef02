"""Scores by skill and by stage, worked out by hand."""

from __future__ import annotations

import pytest

from benchsmith.core.skill_table import CONCLUDING, LOOKING, MEASURING, SEEING, SKILLS
from benchsmith.evaluate import scores
from benchsmith.evaluate.grades import frame, grade
from tests.score_tables import item, kept

ASKED = [  # skill, and whether the answer is right
    ("recognition", True), ("presence", True), ("presence", False),
    ("position", False), ("comparison", True), ("laterality", False), ("reasoning", False),
]  # fmt: skip


def test_each_stage_is_scored_by_itself() -> None:
    items = [
        item(n, id=f"q{n}", key=(0,), skill=skill, content=f"q{n}")
        for n, (skill, _) in enumerate(ASKED)
    ]
    said = {one: "A" if right else "B" for one, (_, right) in zip(items, ASKED, strict=True)}
    rows = scores.table(frame(items, grade(items, kept(said)).grades))
    by_stage = {r["branch"]: (r["n"], r["micro"]) for r in rows if r["axis"] == "stage"}
    assert by_stage == {
        "recognition": (3, pytest.approx(2 / 3)),
        "visual reasoning": (3, pytest.approx(1 / 3)),
        "medical reasoning": (1, 0.0),
    }
    by_skill = {r["branch"]: r["micro"] for r in rows if r["axis"] == "skill"}
    assert by_skill["presence"] == 0.5 and by_skill["comparison"] == 1.0


def test_a_benchmark_of_recognition_has_no_stages() -> None:
    items = [item(n, id=f"q{n}", key=(0,), content=f"q{n}") for n in range(3)]
    rows = scores.table(frame(items, grade(items, kept(dict.fromkeys(items, "A"))).grades))
    assert not [r for r in rows if r["axis"] == "stage"]


def test_every_skill_has_a_stage() -> None:
    assert {one.stage for one in SKILLS.values()} <= {SEEING, MEASURING, LOOKING, CONCLUDING}
