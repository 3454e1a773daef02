"""Predictions are scored as by hand, whatever file they stand in."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from builder.documents.problems import DocumentError
from builder.scoring import letters, score
from tests.conftest import Project

KEY = [
    ("a1", "A", "Bone"), ("a2", "B", "Bone"), ("a3", "C", "Bone"), ("a4", "A,C", "Bone"),
    ("b1", "D", "Muscle"), ("b2", "A", "Muscle"),
]  # fmt: skip
SAID = [("a1", "A"), ("a2", " b "), ("a3", "A"), ("a4", "C, A"), ("b1", "the liver"), ("zz", "A")]
"""Right, right, wrong, right, unclear; b2 is absent, and zz unknown."""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    rows = [dict(zip(("id", "answer", "task"), row, strict=True)) for row in KEY]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "answers.parquet")
    return tmp_path / "answers.parquet"


def put(
    path: Path, rows: list[tuple[str, str]], columns: tuple[str, ...] = ("id", "answer")
) -> Path:
    records = [dict(zip(columns, row, strict=True)) for row in rows]
    if path.suffix in (".csv", ".tsv"):
        with path.open("w", newline="") as file:
            writer = csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",")
            writer.writerows([columns, *rows])
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(r) + "\n" for r in records))
    elif path.suffix == ".json":
        path.write_text(json.dumps(records))
    elif path.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(records), path)
    else:
        book = openpyxl.Workbook()
        for row in [columns, *rows]:
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    return path


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "jsonl", "parquet", "xlsx"])
def test_every_kind_of_file_gives_the_hand_computed_scores(
    key: Path, tmp_path: Path, ending: str
) -> None:
    found = score(put(tmp_path / f"mine.{ending}", SAID), key)
    assert (found.overall.right, found.overall.cases) == (3, 6)
    assert (found.overall.absent, found.overall.unclear) == (1, 1)
    bone, muscle = found.tasks
    assert (bone.name, bone.right, bone.cases) == ("Bone", 3, 4)
    assert (muscle.name, muscle.right, muscle.cases) == ("Muscle", 0, 2)
    assert found.overall.accuracy == 0.5
    assert found.macro == (3 / 4 + 0) / 2
    assert found.unknown == ("zz",)


def test_lists_of_letters_in_json_lines_are_several_answers(key: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"id": "a4", "answer": ["C", "A"]}\n\n{"id": "a1", "answer": null}\n')
    found = score(path, key)
    assert found.overall.right == 1 and found.overall.absent == 5


@pytest.mark.parametrize(
    ("said", "found"),
    [("A", "A"), ("a", "A"), ("A,C", "AC"), ("C;A", "AC"), ("A C", "AC"), ("A,A", "A"),
     ("AC", ""), ("A.", ""), ("1", ""), ("", ""), ("nan", ""), ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", "")],
)  # fmt: skip
def test_letters_are_letters_and_nothing_is_guessed(said: str, found: str) -> None:
    assert letters(said) == frozenset(found)


@pytest.mark.parametrize(
    ("rows", "columns", "says"),
    [
        ([("a1", "A"), ("a1", "B")], ("id", "answer"), ":3: a1 is answered otherwise in line 2"),
        ([("", "A")], ("id", "answer"), ":2: a prediction without an id"),
        ([("a1", "A")], ("id", "answr"), "there is no column 'answer'; did you mean answr?"),
        ([("x", "A")], ("id", "answer"), "no id of 1 is one of the 6"),
    ],
)
def test_what_is_wrong_in_predictions_is_said(
    key: Path, tmp_path: Path, rows: list[tuple[str, str]], columns: tuple[str, ...], says: str
) -> None:
    with pytest.raises(DocumentError) as caught:
        score(put(tmp_path / "mine.csv", rows, columns), key)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("mine.txt", "", "predictions cannot be read from '.txt'"),
        ("gone.csv", None, "the file is missing"),
        ("mine.jsonl", "{", "mine.jsonl:1: is no JSON"),
        ("mine.jsonl", "[1]\n", "mine.jsonl:1: is no object"),
        ("mine.parquet", "no", "cannot be read"),
        ("mine.xlsx", "no", "BadZipFile"),
        ("mine.csv", 'id,answer\n"a', "unexpected end of data"),
    ],
)
def test_a_broken_file_is_one_line_and_no_traceback(
    key: Path, tmp_path: Path, name: str, text: str | None, says: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(DocumentError) as caught:
        score(tmp_path / name, key)
    assert says in str(caught.value)


def test_a_release_is_a_key_of_its_open_splits(built: Project, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = pq.read_table(built.release / "data").to_pylist()
    path = put(tmp_path / "mine.csv", [(r["id"], "A") for r in rows])
    said = built.run("score", str(path), "--key", str(built.release), "--json")
    found = json.loads(said)
    right = [r["answer"] == "A" for r in rows]
    assert found["micro"] == pytest.approx(sum(right) / len(rows))
    by_task: dict[str, list[bool]] = {}
    for row, ok in zip(rows, right, strict=True):
        by_task.setdefault(row["task"], []).append(ok)
    assert found["macro"] == pytest.approx(
        sum(sum(v) / len(v) for v in by_task.values()) / len(by_task)
    )
    table = built.run("score", str(path), "--key", str(built.release))
    assert f"micro {100 * sum(right) / len(rows):.2f} %" in table
    for task in by_task:
        assert task in table
