"""Predictions are scored as by hand, whatever their file format."""

from __future__ import annotations

import base64
import csv
import json
import re
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.evaluate import locations, release_reader
from benchsmith.evaluate.answer_key import COLUMNS, cases
from benchsmith.evaluate.submission import Outcome, score
from benchsmith.release.columns import letters
from tests import world
from tests.conftest import Project
from tests.endpoint import chat, scripted_server
from tests.unaudited import unaudited

OPTIONS = ["liver", "spleen", "rib", "kidney"]
KEY = [
    ("a1", "A", "Bone"), ("a2", "B", "Bone"), ("a3", "C", "Bone"), ("a4", "A,C", "Bone"),
    ("b1", "D", "Muscle"), ("b2", "A", "Muscle"),
]  # fmt: skip
SAID = [("a1", "A"), ("a2", " b "), ("a3", "A"), ("a4", "C, A"), ("b1", "who knows"), ("zz", "A")]
"""Right, right, wrong, right, unclear; b2 is absent, and zz unknown."""


@pytest.fixture
def key(tmp_path: Path) -> Path:
    rows = []
    for id_, answer, task in KEY:
        row: dict[str, Any] = dict.fromkeys(COLUMNS, "x")
        several = "several" if "," in answer else "one"
        row |= {"id": id_, "answer": answer, "task": task, "answers": several, "split": "test",
                "options": OPTIONS, "group": f"p{id_}"}  # fmt: skip
        rows.append(row)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "answers.parquet")
    return tmp_path / "answers.parquet"


def row(found: Outcome, answers: str = "one", branch: str = "all") -> dict[str, Any]:
    """Return the one row of a task, or of all."""
    (only,) = [
        r
        for r in found.rows
        if (r["answers"], r["branch"]) == (answers, branch) and r["axis"] in ("task", "overall")
    ]
    return only


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


@pytest.mark.parametrize("answer", ["E", "?", "AB", "A,", "A,A", "a", "", "liver"])
def test_a_key_with_an_answer_that_is_no_option_is_refused_by_name(key: Path, answer: str) -> None:
    """The letter of a fifth of four options, and all else that names none; other rows go on."""
    rows = pq.read_table(key).to_pylist()
    rows[1]["answer"] = rows[4]["answer"] = answer
    pq.write_table(pa.Table.from_pylist(rows), key)
    with pytest.raises(DocumentError) as error:
        cases(key)
    why = f"has the answer {answer!r} and 4 options" if answer else "has no answer"
    assert [(p.line, p.what) for p in error.value.problems] == [(2, f"a2 {why}"), (5, f"b1 {why}")]


@pytest.mark.parametrize("answer", ["Z", "?", "AB", "A,", "A,A", "a", "liver"])
def test_a_release_with_an_answer_that_is_no_option_is_refused_by_name(
    built: Project, tmp_path: Path, answer: str
) -> None:
    (tmp_path / "data").mkdir()
    path = min((built.release / "data").glob("*.parquet"))
    table = pq.read_table(path).slice(0, 3)
    given = ["A", answer, "A"]
    place = table.schema.get_field_index("answer")
    table = table.set_column(place, table.schema.field(place), pa.array(given, pa.string()))
    pq.write_table(table, tmp_path / "data" / path.name)
    with pytest.raises(DocumentError) as error:
        release_reader.read(tmp_path)
    (problem,) = error.value.problems
    name = table["id"][1].as_py()
    assert problem.what.startswith(f"{name} has the answer {answer!r} and ")


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "jsonl", "parquet", "xlsx"])
def test_every_kind_of_file_gives_the_hand_computed_scores(
    key: Path, tmp_path: Path, ending: str
) -> None:
    found = score(put(tmp_path / f"mine.{ending}", SAID), key)
    assert (found.cases, found.absent, found.unknown) == (6, 1, ("zz",))
    one = row(found)
    assert (one["right"], one["wrong"], one["unclear"], one["empty"], one["n"]) == (2, 1, 1, 1, 5)
    assert one["micro"] == pytest.approx(2 / 5)
    assert one["macro"] == pytest.approx((2 / 3 + 0) / 2)
    assert one["chance"] == pytest.approx(1 / 4)
    assert row(found, branch="Bone")["micro"] == pytest.approx(2 / 3)
    assert row(found, branch="Muscle")["micro"] == 0
    assert row(found, "several")["micro"] == 1.0


def test_lists_of_letters_in_json_lines_are_several_answers(key: Path, tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    path.write_text('{"id": "a4", "answer": ["C", "A"]}\n\n{"id": "a1", "answer": null}\n')
    found = score(path, key)
    assert row(found, "several")["right"] == 1
    assert found.absent == 4 and row(found)["empty"] == 5


@pytest.mark.parametrize(
    ("said", "outcome"),
    [("A", "right"), ("a", "right"), ("liver", "right"), ("The answer is (A).", "right"),
     ("A. liver", "right"), ("A. spleen", "unclear"), ("A,B", "unclear"), ("spleen", "wrong"),
     ("1", "unclear"), ("", "empty"), ("\N{FULLWIDTH LATIN CAPITAL LETTER A}", "right")],
)  # fmt: skip
def test_predictions_are_read_as_replies_are(
    key: Path, tmp_path: Path, said: str, outcome: str
) -> None:
    found = score(put(tmp_path / "mine.csv", [("a1", said)]), key)
    bone = row(found, branch="Bone")
    assert bone[outcome] - (2 if outcome == "empty" else 0) == 1


@pytest.mark.parametrize(
    ("rows", "columns", "says"),
    [
        ([("a1", "A"), ("a1", "B")], ("id", "answer"), ":3: a1 has another answer in line 2"),
        ([("", "A")], ("id", "answer"), ":2: a prediction has no id"),
        ([("a1", "A")], ("id", "answr"), "there is no column 'answer'; did you mean answr?"),
        ([("x", "A")], ("id", "answer"), "none of its 1 ids is among the 6"),
    ],
)
def test_what_is_wrong_in_predictions_is_reported(
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
        ("mine.jsonl", "{", "mine.jsonl:1: is not JSON"),
        ("mine.jsonl", "[1]\n", "mine.jsonl:1: is not a JSON object"),
        ("mine.parquet", "no", "cannot be read"),
        ("mine.xlsx", "no", "not a zip file"),
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
    """Scored by hand from its tables, and by the command."""
    rows: list[dict[str, Any]] = pq.read_table(built.release / "data").to_pylist()
    path = put(tmp_path / "mine.csv", [(r["id"], "A") for r in rows])
    said = built.run("score", str(path), "--key", str(built.release), "--json")
    one = [r for r in rows if r["answers"] == "one" and r["split"] == "test"]
    by_task: dict[str, list[bool]] = {}
    for r in one:
        by_task.setdefault(r["task"], []).append(r["answer"] == "A")
    (found,) = [
        s
        for s in json.loads(said)["scores"]
        if (s["split"], s["answers"], s["axis"]) == ("test", "one", "overall")
    ]
    micro = sum(r["answer"] == "A" for r in one) / len(one)
    macro = sum(sum(v) / len(v) for v in by_task.values()) / len(by_task)
    assert found["micro"] == pytest.approx(micro) and found["macro"] == pytest.approx(macro)
    table = built.run("score", str(path), "--key", str(built.release))
    assert f"micro {100 * micro:.2f} %, macro {100 * macro:.2f} %" in table
    for task in by_task:
        assert task in table


@pytest.fixture(scope="module")
def secret(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project whose test split is hidden."""
    folder = tmp_path_factory.mktemp("secret") / "project"
    project = Project(world.write(folder))
    path = folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "exports: [parquet]\n")
    world.hide_test(folder)
    with unaudited():
        project.run("build", "small", "--workers", "1")
    return project


def test_a_model_s_answers_and_a_table_of_them_have_one_score(
    secret: Project, tmp_path: Path
) -> None:
    """A hidden split is asked from the release alone, and scored once its answers are there."""
    answers = secret.folder / "output/small/private/answers.parquet"
    hidden = {c.id: c for c in cases(answers)}
    shown = pq.read_table(secret.release / "data", filters=[("split", "==", "test")]).to_pylist()
    known = {
        (base64.b64encode(r["image"]["bytes"]).decode(), r["question"], *r["options"]): r["id"]
        for r in shown
    }

    def knows_half(request: Any) -> Any:
        parts = request["messages"][-1]["content"]
        text = next(p["text"] for p in parts if p["type"] == "text")
        url = next(p["image_url"]["url"] for p in parts if p["type"] == "image_url")
        stem = text.removeprefix("Question: ").partition("\nOptions:")[0]
        options = re.findall(r"^[A-H]\. (.*)$", text, re.MULTILINE)
        case = hidden[known[url.partition(",")[2], stem, *options]]
        return chat(letters(case.key) if int(case.id, 16) % 2 else "I cannot say")

    with scripted_server(knows_half) as server:
        secret.run("evaluate", "small", "--model", "half", "--base-url", server.base_url,
                   "--split", "test", "--yes")  # fmt: skip
    said = secret.run("scores", "small")
    one = {i: c for i, c in hidden.items() if not c.several}
    share = sum(int(i, 16) % 2 for i in one) / len(one)
    assert 0.2 < share < 0.8 and f"{100 * share:6.2f}" in said
    replies = [(i, letters(c.key) if int(i, 16) % 2 else "I cannot say") for i, c in hidden.items()]
    path = put(tmp_path / "mine.csv", replies)
    scored = json.loads(secret.run("score", str(path), "--key", str(answers), "--json"))["scores"]
    table = pq.read_table(secret.folder / "output/small/scores/scores.parquet").to_pylist()
    same = {(r["split"], r["answers"], r["axis"], r["branch"]): r["micro"] for r in table}
    found = {(r["split"], r["answers"], r["axis"], r["branch"]): r["micro"] for r in scored}
    assert found == same and len(found) > 5


def test_answers_of_another_version_are_refused(secret: Project, tmp_path: Path) -> None:
    place = locations.locate("small", secret.folder, secret.folder / "output")
    assert place.key is not None
    table = pq.read_table(place.key)
    turned = [list(reversed(o)) for o in table.column("options").to_pylist()]
    at = table.schema.get_field_index("options")
    other = tmp_path / "answers.parquet"
    pq.write_table(table.set_column(at, table.schema.field(at), [turned]), other)
    with pytest.raises(DocumentError, match="differs from"):
        locations.keyed(place, other)
    pq.write_table(table.slice(0, 0), other)
    with pytest.raises(DocumentError, match="none of its 0 ids is in"):
        locations.keyed(place, other)
    assert all(i.key and i.group for i in locations.keyed(place).items)
