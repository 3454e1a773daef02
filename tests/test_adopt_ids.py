"""Public ids of adopted cases are of what the release shows, and of no name of a row, a file or a person."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchsmith.core.random_order import public_id
from tests.adopting import cases, picture, put, put_lines, recipe, run

ROWS = [
    (1, "p1", "Which?", "A"),
    (2, "p1", "Which?", "B"),
    (3, "p2", "Which?", "A"),
    (3, "p2", "What?", "A"),
]


def adopted(
    folder: Path, prefix: str, *, order: int = 1, answers: dict[int, str] | None = None
) -> list[dict[str, Any]]:
    """Adopt the rows with other names of rows, pictures and persons; return the cases by id."""
    rows = []
    for number, (shot, person, question, answer) in enumerate(ROWS):
        put(folder / f"data/{prefix}{shot}.png", picture(shot))
        rows.append(
            {"q": question, "p": f"{prefix}{shot}.png", "o": ["a liver", "a lung"],
             "a": (answers or {}).get(number, answer), "id": f"{prefix}-{number}", "who": f"{prefix} {person}"}
        )  # fmt: skip
    put_lines(folder / "data/rows.jsonl", rows[::order])
    found = run(folder, recipe({"id": "id", "patient": "who"}))
    assert found.rows == len(ROWS) and not found.left_out
    return sorted(cases(found.folder), key=lambda case: case["id"])


def test_names_and_order_change_nothing(tmp_path: Path) -> None:
    one = adopted(tmp_path / "a", "scan")
    assert one == adopted(tmp_path / "b", "kowalski", order=-1)
    assert len({case["id"] for case in one}) == len(ROWS)
    groups = [case["group"] for case in one]
    assert sorted(groups.count(g) for g in set(groups)) == [2, 2], "two persons of two cases each"


def test_no_id_confirms_a_guess(tmp_path: Path) -> None:
    found = adopted(tmp_path, "scan")
    ids = {case[name] for case in found for name in ("id", "group", "target")}
    names = [f"scan-{n}" for n in range(4)] + ["scan p1", "scan p2", "scan1.png"]
    name = "own"
    guesses = {
        public_id(0, f"{start}{guess}")
        for guess in names
        for start in (
            "",
            f"{name}/",
            f"{name}/test/",
            f"{name}/patient/",
            f"{name}/person/",
            "patient ",
        )
    }
    assert not ids & guesses


def test_a_corrected_answer_changes_no_id(tmp_path: Path) -> None:
    before = adopted(tmp_path / "a", "scan")
    after = adopted(tmp_path / "b", "scan", answers={2: "B"})
    assert [case["id"] for case in before] == [case["id"] for case in after]
    assert sum(b["answer"] != a["answer"] for b, a in zip(before, after, strict=True)) == 1


def test_rows_that_show_the_same_have_ids_of_their_own(tmp_path: Path) -> None:
    put(tmp_path / "data/1.png", picture(1))
    row = {"q": "Which?", "p": "1.png", "o": ["a liver", "a lung"], "a": "A"}
    put_lines(tmp_path / "data/rows.jsonl", [{**row, "id": "x"}, {**row, "id": "y"}])
    found = run(tmp_path, recipe({"id": "id"}))
    assert len({case["id"] for case in cases(found.folder)}) == 2
