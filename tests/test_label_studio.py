"""Tasks for Label Studio, and the decisions that its export gives back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring

from benchsmith.documents.problems import DocumentError
from benchsmith.review import label_studio, open_desks
from benchsmith.review.act_store import ActionStore
from benchsmith.review.desks.cases import Cases
from benchsmith.tagging.hand_out import ItemSelection
from tests.conftest import Project
from tests.desk import copied


@pytest.fixture
def desk(built: Project, tmp_path: Path) -> Iterator[Cases]:
    """Return the desk of cases of the small benchmark."""
    home = copied(built, tmp_path / "project").folder
    with ExitStack() as held:
        store = held.enter_context(closing(ActionStore(tmp_path / "acts.sqlite")))
        where = open_desks.ReviewScope(home, home / "output", "small")
        on = open_desks.Round("desk", ItemSelection(unplaced=True), 2, 0)
        desks, _ = open_desks.desks(
            where,
            open_desks.read(home),
            store,
            annotators=["ann", "bob"],
            votes_on=on,
            subset="",
            held=held,
        )
        yield open_desks.cases_of(desks)


def answered_there(desk: Cases, folder: Path) -> list[dict[str, Any]]:
    """Return an export of Label Studio: two people annotated our first tasks."""
    tasks = json.loads((folder / label_studio.TASKS).read_text())[:3]
    for number, task in enumerate(tasks):
        task["id"] = number
        task["annotations"] = [
            {"id": 10 * number + n, "completed_by": by, "created_at": "2026-01-31T10:00:00.123456+01:00",
             "result": [
                 {"from_name": "answer", "to_name": "picture", "type": "choices", "value": {"choices": ["A"]}},
                 {"from_name": "decision", "to_name": "picture", "type": "choices",
                  "value": {"choices": ["drop" if n else "keep"]}},
                 *([{"from_name": "reason", "to_name": "picture", "type": "choices",
                     "value": {"choices": ["poor-picture"]}},
                    {"from_name": "note", "to_name": "picture", "type": "textarea",
                     "value": {"text": ["two\nlines"]}}] if n else []),
             ]}
            for n, by in enumerate(({"id": 1, "email": "ann@example.org"}, 2))
        ]  # fmt: skip
    return tasks  # type: ignore[no-any-return]


def test_label_studio_gives_back_what_it_was_given(desk: Cases, tmp_path: Path) -> None:
    said = list(label_studio.export(desk, tmp_path / "ls"))
    assert f"{len(desk.cases)} tasks" in said[0]
    tasks = answered_there(desk, tmp_path / "ls")
    data = tasks[0]["data"]
    case = desk.case(data["case"])
    assert data["image"].startswith("data:image/png;base64,")
    assert data["options"].split("\n")[0] == f"A. {case.options[0]}"
    assert case.question not in json.dumps(data) and case.target not in json.dumps(data)
    interface = fromstring((tmp_path / "ls" / label_studio.CONFIG).read_text())
    assert {e.get("name") for e in interface.iter() if e.get("toName")} == {"answer", "decision", "reason", "note"}  # fmt: skip
    assert {e.get("value") for e in interface.iter() if (e.get("value") or "").startswith("$")} <= {f"${n}" for n in data}  # fmt: skip
    place = tmp_path / "export.json"
    place.write_text(json.dumps(tasks))
    people = label_studio.users_of("ann=ann@example.org, bob=2", ["ann", "bob"])
    assert list(label_studio.read(desk, place, people)) == [
        "12 answers and decisions in 3 tasks, 12 of them new"
    ]
    assert "0 of them new" in next(label_studio.read(desk, place, people)), "read twice, kept once"
    rows = desk.reviews()
    assert len(rows) == 6
    by = {(r.question, r.who): r for r in rows}
    mine, theirs = by[case.question, "ann"], by[case.question, "bob"]
    assert (mine.decision, mine.time) == ("keep", "2026-01-31T09:00:00Z")
    assert (theirs.decision, theirs.reason, theirs.note) == ("drop", "poor-picture", "two lines")
    assert mine.answered == ("right" if case.answers == (0,) else "wrong")
    assert mine.seen == desk.judged(case)


def test_an_export_of_something_else_is_refused_whole(desk: Cases, tmp_path: Path) -> None:
    list(label_studio.export(desk, tmp_path / "ls"))
    tasks = answered_there(desk, tmp_path / "ls")
    tasks[1]["data"]["seen"] = "0" * 24
    tasks[2]["annotations"][0]["completed_by"] = 7
    place = tmp_path / "export.json"
    place.write_text(json.dumps([*tasks, {"data": {}}, 3]))
    with pytest.raises(DocumentError) as error:
        list(label_studio.read(desk, place, {"ann@example.org": "ann", "2": "bob"}))
    said = str(error.value)
    assert "task 2: the case" in said and "has been rebuilt" in said
    assert "task 3: unknown user 7" in said
    for text, why in (("[" * 9000 + "]" * 9000, "too many levels"), ('["\\ud800"]', "half a character"),
                      ("[1e999]", "not finite")):  # fmt: skip
        place.write_text(text)
        with pytest.raises(DocumentError, match=f"cannot be read: .*{why}"):
            list(label_studio.read(desk, place, {}))
    odd = [{**tasks[0], "annotations": [3]}, {**tasks[0], "annotations": [{"completed_by": 2, "created_at": 7, "result": []}]}]  # fmt: skip
    place.write_text(json.dumps(odd))
    with pytest.raises(DocumentError, match="task 2: is not a task"):
        list(label_studio.read(desk, place, {"2": "bob"}))
    assert not desk.store.current(desk.name, desk.about)
    assert (
        "task 4: is not a task of this desk" in said
        and "task 5: is not a task of this desk" in said
    )
    assert not desk.reviews()
