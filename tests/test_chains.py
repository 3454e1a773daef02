"""Chains: what a derived question rests on is asked too, and failures are traced to it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.core.evidence import Fact
from benchsmith.core.model import Choice
from benchsmith.documents.benchmark import Benchmark
from benchsmith.evaluate import chain_scores
from benchsmith.evaluate.grades import frame, grade
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.published_evidence import with_evidence
from benchsmith.skills.balanced_sets import draw_sets
from benchsmith.skills.chains import in_turn, told_by, with_wanted
from benchsmith.skills.contract import Draft, Scene
from tests.rows import FINDING
from tests.score_tables import item, kept


def asked(n: int, skill: str, picture: str, *facts: str) -> Item:
    return item(
        n, id=f"q{n}", key=(0,), skill=skill, content=f"q{n}", picture=picture,
        facts="\n".join(fact.replace(" ", "\t", 1) for fact in facts),
    )  # fmt: skip


LARGER = asked(0, "comparison", "a", "liver area", "spleen area")
SEEN = asked(1, "presence", "a", "liver share of the picture")
ELSEWHERE = asked(2, "presence", "b", "liver share of the picture")
SIZE = asked(3, "measurement", "a", "spleen area")
LENGTH = asked(4, "measurement", "a", "spleen longest diameter")
GRADE = asked(5, "reasoning", "a", "spleen longest diameter", "spleen bound of a rule")
ITEMS = [LARGER, SEEN, ELSEWHERE, SIZE, LENGTH, GRADE]


@pytest.fixture(autouse=True)
def measurement(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be a skill of measuring, whether or not one is in the table."""
    stages = {"measurement": chain_scores.MEASURING}
    monkeypatch.setattr(
        Item, "stage", property(lambda one: stages.get(one.skill) or _stage(one.skill))
    )


def _stage(skill: str) -> str:
    from benchsmith.core.skill_table import SKILLS

    return SKILLS[skill].stage


def test_what_lies_beneath_is_of_the_same_picture_and_an_earlier_stage() -> None:
    assert chain_scores.beneath(ITEMS) == {"q0": ["q1", "q3"], "q5": ["q4"]}


def test_failures_that_stand_on_failures_are_counted() -> None:
    said = {LARGER: "B", SEEN: "A", ELSEWHERE: "B", SIZE: "B", LENGTH: "A", GRADE: "B"}
    rows = chain_scores.chains(ITEMS, frame(ITEMS, grade(ITEMS, kept(said)).grades))
    by_stage = {row["stage"]: row for row in rows}
    # the comparison fails with a failed area beneath, the conclusion although its length was right
    assert by_stage["all"]["questions"] == by_stage["all"]["failed"] == 2
    assert by_stage["all"]["beneath"] == by_stage["all"]["alone"] == 0.5
    assert by_stage["visual reasoning"]["beneath"] == 1.0
    assert by_stage["medical reasoning"]["alone"] == 1.0
    assert (by_stage["all"]["known"], by_stage["all"]["unknown"]) == (0.0, 0.0)
    assert chain_scores.chains([SEEN], frame([SEEN], grade([SEEN], kept({SEEN: "A"})).grades)) == []


def test_evidence_is_read_from_provenance_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "provenance.parquet"
    row = {"id": "q0", "sample": "s", "axis": "axial", "plane_index": 7,
           "evidence": ["liver area 1203 mm2", "liver|spleen gap, the first left 12.5 mm"]}  # fmt: skip
    pq.write_table(pa.Table.from_pylist([row]), path)
    read = with_evidence([LARGER, SEEN], path)
    assert read[0].picture == "s axial 7"
    assert read[0].facts == "liver\tarea\nliver|spleen\tgap, the first left"
    assert read[1] == SEEN
    pq.write_table(pa.Table.from_pylist([{"id": "q0"}]), path)  # a release made before
    assert with_evidence([LARGER], path) == [LARGER]
    assert with_evidence([LARGER], tmp_path / "none.parquet") == [LARGER]


def draft(picture: int, label: str, key: str) -> Draft:
    names = {f: getattr(FINDING, f) for f in FINDING.__dataclass_fields__}
    more = {"label": label, "laterality": "", "decided_at": "", "task": "t", "department": "d",
            "placed_at": "", "split": "test"}  # fmt: skip
    anchor = Choice(**names | more | {"id": f"s{picture:02}", "patient": f"p{picture}"})
    return Draft(
        scene=Scene(anchor=anchor, size=(9, 9), pixel=(1, 1), unit="mm", structures=()),
        kind="shown", subjects=(label,), options=("yes", "no"), key=key, about=None,
        evidence=(Fact(subject=label, name="share of the picture", value=0.1, unit=""),),
    )  # fmt: skip


def test_what_a_later_stage_is_about_is_asked_first() -> None:
    benchmark = Benchmark.model_validate(
        {"title": "t", "description": "d", "seed": 3, "sources": ("s",), "chains": True,
         "per_skill": {"questions": 100, "subject": 4, "picture": 9}}
    )  # fmt: skip
    drafts = [draft(n, "liver", "yes" if n % 2 else "no") for n in range(40)]
    later = [draft(n, "liver", "yes") for n in (3, 17)]
    told = told_by(later)
    assert told == {("s03", "liver"), ("s17", "liver")}
    sets, _ = draw_sets("presence", with_wanted(drafts, told), benchmark)
    drawn = {d.scene.id for one in sets for d in one}
    assert {"s03", "s17"} <= drawn and len(drawn) == 4
    plain, _ = draw_sets("presence", with_wanted(drafts, set()), benchmark)
    assert not {"s03", "s17"} <= {d.scene.id for one in plain for d in one}


def test_later_stages_are_drawn_first_only_with_chains() -> None:
    skills = {"presence", "reasoning", "comparison", "position"}
    assert in_turn(skills, chains=False) == sorted(skills)
    assert in_turn(skills, chains=True) == ["reasoning", "comparison", "position", "presence"]
