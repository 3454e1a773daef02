"""The audit of skills: who knows anatomy, or says yes, gains nothing; each planted flaw is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from benchsmith.audits.audit import audit
from benchsmith.audits.audit_table import AuditTable
from benchsmith.core.verdicts import FAIL, NOT_RUN, PASS
from benchsmith.documents.benchmark import Marks
from tests.audit_tables import flawed, verdict


@pytest.mark.parametrize(
    ("name", "flaw", "says"),
    [
        ("anatomy-prior", {"anatomy": 0.5}, "position"),
        ("anatomy-prior", {"usual": 0.5}, "comparison"),
        ("yes-share", {"yes": 0.3}, "yes is right in 5"),
    ],
)
def test_a_planted_flaw_of_skills_fails_by_name(name: str, flaw: dict[str, Any], says: str) -> None:
    found = verdict(name, flawed(**flaw))
    assert found.outcome == FAIL and says in found.says
    assert verdict(name, flawed(skills=True)).outcome == PASS


def test_a_table_of_recognition_has_no_such_verdicts() -> None:
    names = ["anatomy-prior", "yes-share"]
    assert audit(flawed(), Marks(), names).verdicts == ()
    assert [v.check for v in audit(flawed(skills=True), Marks(), names).verdicts] == names


def test_the_usual_side_is_learnt_from_the_other_order_too() -> None:
    """Val asks on which side of b lies a; test asks on which side of a lies b."""
    sound = flawed(anatomy=1.0)
    rows = [r for r in sound.rows if r.skill == "position"]
    turned = [
        replace(r, subjects=r.subjects[::-1], answers=(1 - r.answers[0],))
        if r.split == "test" and r.subjects
        else r
        for r in rows
    ]
    found = verdict("anatomy-prior", AuditTable(turned, 1))
    assert found.outcome == FAIL and "both orders" in found.says
    assert (found.value or 0) > 0.3


def test_too_few_questions_are_not_judged_and_a_count_is_exact() -> None:
    rows = [r for r in flawed(skills=True).rows if r.skill != "recognition"]
    few = AuditTable([r for r in rows if r.split == "test"], 1)
    assert verdict("anatomy-prior", few).outcome == NOT_RUN
    no_yes = AuditTable([r for r in rows if r.skill == "position"], 1)
    assert verdict("yes-share", no_yes).outcome == NOT_RUN
    presence = [r for r in rows if r.skill == "presence"]
    found = verdict("yes-share", AuditTable(presence[1:], 1))
    assert found.value == pytest.approx(1 / (len(presence) - 1), abs=1e-6)
    assert (found.outcome, found.offending) == (PASS, 1)
