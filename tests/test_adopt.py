"""Adopting a benchmark: every way to state options, answers and pictures, faults, and the whole way."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.adopt.options_of_row import lettered, options_of
from benchsmith.core.errors import TooMuchRejected
from benchsmith.documents.adoption import Options
from benchsmith.documents.problems import DocumentError
from benchsmith.release import differences
from tests.adopting import TWO, one, recipe, run
from tests.foreign_sets import picture, put, put_lines, put_table, shown
from tests.test_adopt_recipes import cases


@pytest.mark.parametrize(
    ("options", "answer"),
    [
        (TWO, "B"),
        ({"B": "a lung", "A": "a liver"}, "(B)"),
        ({"a": "a liver", "b": "a lung"}, "b"),
        ([{"letter": "B", "content": "a lung"}, {"letter": "A", "content": "a liver"}], ["B"]),
        ("['a liver', 'a lung']", "B."),
        ('["a liver", "a lung"]', "B: a lung"),
        ("{'A': 'a liver', 'B': 'a lung'}", "B) a lung"),
        ("A: a liver, B: a lung", "B"),
        ("(A) a liver (B) a lung", "B"),
        ("A. a liver\nB. a lung", "B"),
        ("a liver\na lung", "B"),
        (["A. a liver", "B) a lung"], "B"),
        (["(A) a liver", "(B) a lung"], "B"),
        (["a liver", "", "a lung"], "C"),
    ],
)
def test_options_of_one_column_are_read_in_whichever_way_they_are_written(
    options: Any, answer: Any, tmp_path: Path
) -> None:
    assert one(tmp_path, {"o": options, "a": answer}) == ("Which?", TWO, "a lung")


@pytest.mark.parametrize(
    ("question", "shown_as"),
    [
        ("Which? A. a liver B. a lung", "Which?"),
        ("Which?\nOptions: (A) a liver (B) a lung", "Which?"),
        ("Which? Answer Choices: A) a liver; B) a lung", "Which?"),
        ("Is (A) as in Fig. A. of hepatitis A? A: a liver, B: a lung", "Is (A) as in Fig. A. of hepatitis A?"),
        ("Which one?The candidate Options are:[A:a liver, B:a lung]", "Which one?"),
    ],
)  # fmt: skip
def test_options_in_a_question_are_cut_off_it(question: str, shown_as: str, tmp_path: Path) -> None:
    found = one(tmp_path, {"q": question, "a": "A"}, options={"in_question": True})
    assert found == (shown_as, TWO, "a liver")


@pytest.mark.parametrize(
    ("answer", "rule", "right"),
    [
        (1, {"form": "index"}, "a lung"),
        (1, {"form": "index", "first": 1}, "a liver"),
        (2, {"form": "index"}, "key-not-offered"),
        ("A lung.", {"form": "text"}, "a lung"),
        ("A", {"form": "text"}, "key-not-offered"),
        ("C", {"form": "letter"}, "key-not-offered"),
        ("a lung", {"form": "letter"}, "key-not-offered"),
        ("Because", {"form": "letter"}, "key-not-offered"),
        ("A,B", {"form": "letter"}, "a liver; a lung"),
        (["A", "B"], {"form": "letter"}, "a liver; a lung"),
        (None, {"form": "letter"}, "no-key"),
        (float("nan"), {"form": "letter"}, "no-key"),
    ],
)
def test_an_answer_is_what_its_form_says(
    answer: Any, rule: dict[str, Any], right: str, tmp_path: Path
) -> None:
    found = one(tmp_path, {"o": TWO, "a": answer}, answer={"column": "a", **rule})
    assert found == (right if "-" in right else ("Which?", TWO, right))


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"o": [], "a": "A"}, "open-answer"),
        ({"o": ["one"], "a": "A"}, "option-number"),
        ({"o": [str(i) for i in range(27)], "a": "A"}, "option-number"),
        ({"o": ["a Liver ", "a liver"], "a": "A"}, "options-repeated"),
        ({"o": TWO, "a": "A", "q": " "}, "no-question"),
        ({"o": TWO, "a": "A", "q": ["x", "y"]}, "row-unsound"),
        ({"o": TWO, "a": "A", "q": "x" * 100_001}, "row-unsound"),
        ({"o": [["a"], ["b"]], "a": "A"}, "row-unsound"),
        ({"o": {"first": "a", "second": "b"}, "a": "A"}, "row-unsound"),
        ({"o": [{"x": 1}, {"x": 2}], "a": "A"}, "row-unsound"),
        ({"o": TWO, "a": "A", "p": ["1.png", "2.png"]}, "several-pictures"),
        ({"o": TWO, "a": "A", "p": []}, "no-picture"),
        ({"o": TWO, "a": "A", "p": "no.png"}, "no-picture"),
        ({"o": TWO, "a": "A", "p": "x/ct.nii.gz"}, "volume"),
        ({"o": TWO, "a": "A", "p": "../rows.jsonl"}, "path-outside"),
        ({"o": TWO, "a": "A", "p": "/etc/hostname"}, "path-outside"),
        ({"o": TWO, "a": "A", "p": "a\0b.png"}, "no-picture"),
        ({"o": TWO, "a": "A", "p": "x" * 5000}, "unreadable"),
    ],
)
def test_a_row_at_fault_is_left_out_with_its_reason(
    row: dict[str, Any], reason: str, tmp_path: Path
) -> None:
    assert one(tmp_path, row) == reason


def test_what_a_row_is_left_out_for_is_listed_with_its_line(tmp_path: Path) -> None:
    put(tmp_path / "data/1.png", picture(1))
    row = {"q": "=1+1", "p": "1.png", "o": TWO, "a": "A", "id": "x"}
    put_lines(tmp_path / "data/rows.jsonl", [row, {**row, "a": "=Z"}, {**row, "a": "B"}])
    found = run(tmp_path, recipe({"id": "id"}))
    assert (found.rows, found.cases) == (3, {"test": 1})
    listed = [line.split("\t") for line in (tmp_path / "out/left_out.tsv").read_text().splitlines()]
    assert listed[0] == ["source", "stage", "reason", "subject", "detail", "what"]
    assert [line[2:5] for line in listed[1:]] == [
        ["key-not-offered", "rows.jsonl:2", "the answer is '=Z'"],
        ["id-repeated", "rows.jsonl:3", "'x' is also in rows.jsonl:1"],
    ]
    (case,) = cases(found.folder)
    origin = (tmp_path / "out/adopted.tsv").read_text().splitlines()[1]
    assert origin.split("\t") == [case["id"], "rows.jsonl:1", "x"]


@pytest.mark.parametrize(
    ("name", "data", "detail"),
    [
        ("bad.json", b"[" * 100_000, "is not valid JSON"),
        ("bad.json", b'[{"q": 1, "q": 2}]', "a key occurs twice"),
        ("bad.json", b'{"rows": 1}', "name its key in `at`"),
        ("bad.json", b"\xff\xfe\x00", "is not valid JSON"),
        ("bad.jsonl", b'{"q": "x"}\nnot json\n', "line 2 is not valid JSON"),
        ("bad.jsonl", b"[1]\n", "row 1 is not an object"),
        ("bad.csv", b"q,p,o,a\n1,2\n", "line 2 has 2 cells, the header 4"),
        ("bad.csv", b"q,q\n1,2\n", "a column's name occurs twice"),
        ("bad.csv", b"q,p,o,a\n\xff,1,2,3\n", "save it as UTF-8, or set `encoding`"),
        ("bad.tsv", b"", "a column's name occurs twice"),
        ("bad.parquet", b"PAR1 and no more", ""),
    ],
)
def test_a_file_at_fault_is_listed_and_the_others_are_read(
    name: str, data: bytes, detail: str, tmp_path: Path
) -> None:
    put(tmp_path / "data" / name, data)
    put(tmp_path / "data/1.png", picture(1))
    put_lines(tmp_path / "data/rows.jsonl", [{"q": "?", "p": "1.png", "o": TWO, "a": "A"}])
    found = run(tmp_path, recipe({"files": (name, "rows.jsonl")}))
    assert found.cases == {"test": 1}
    line = next(
        line.split("\t")
        for line in (tmp_path / "out/left_out.tsv").read_text().splitlines()
        if line.split("\t")[3] == name
    )
    assert detail in line[4]


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    put_table(tmp_path / "data/rows.csv", [{"question": "?", "p": "1", "o": "x", "a": "A"}])
    with pytest.raises(DocumentError) as error:
        run(tmp_path, recipe({"files": ("rows.csv",), "question": "Question"}))
    assert str(error.value) == "rows.0: rows.csv has no column 'Question'; did you mean question?"


def test_a_table_of_another_country_is_read_with_its_separator_and_encoding(tmp_path: Path) -> None:
    put(tmp_path / "data/1.png", picture(1))
    put(
        tmp_path / "data/rows.csv",
        "q;p;o;a\nGr\u00f6\u00dfe?;1.png;A: klein, B: gro\u00df;B\n".encode("cp1252"),
    )
    entry = {"files": ("rows.csv",), "separator": ";", "encoding": "cp1252"}
    (case,) = cases(run(tmp_path, recipe(entry)).folder)
    assert (case["question"], case["label"]) == ("Gr\u00f6\u00dfe?", "gro\u00df")
    unseparated = recipe({"files": ("rows.csv",), "encoding": "cp1252"})
    with pytest.raises(TooMuchRejected):
        run(tmp_path, unseparated)
    left_out = (tmp_path / "out/left_out.tsv").read_text()
    assert "line 2 has 2 cells, the header 1: set `separator` in the recipe" in left_out
    put(tmp_path / "data/rows.csv", "q;p;o;a\nWhich?;1.png;A: a;A\n")
    with pytest.raises(DocumentError, match="its only column is 'q;p;o;a': set `separator`"):
        run(tmp_path, unseparated)


def test_a_folder_without_the_files_says_how_to_get_them(tmp_path: Path) -> None:
    rules = recipe().model_copy(update={"obtain": "Ask the author."})
    with pytest.raises(DocumentError, match=r"no row was found in .*; Ask the author\."):
        run(tmp_path, rules)


def test_questions_and_annotations_in_two_files_are_joined(tmp_path: Path) -> None:
    """The layout of COCO-VQA: two documents, joined by id, and numbered pictures."""
    questions = [
        {"question_id": i, "image_id": i % 2 + 5, "question": f"Is it {i}?"} for i in range(3)
    ]
    answers = [{"question_id": i, "multiple_choice_answer": "yes" if i else "2"} for i in range(3)]
    put(tmp_path / "data/q.json", json.dumps({"info": {}, "questions": questions}))
    put(tmp_path / "data/a.json", json.dumps({"annotations": answers[::-1]}))
    for i in (5, 6):
        put(tmp_path / f"data/val/COCO_{i:012}.jpg", picture(i, "JPEG"))
    found = run(tmp_path, recipe({
        "files": ("q.json",), "at": "questions", "question": "question", "id": "question_id",
        "join": {"files": "a.json", "at": "annotations", "on": "question_id"},
        "picture": {"path": "val/COCO_{image_id:012}.jpg"},
        "options": {"fixed": ("yes", "no")},
        "answer": {"column": "multiple_choice_answer", "form": "text"},
    }))  # fmt: skip
    assert found.left_out == {"open-answer": 1}
    assert {(c["question"], c["image"]["bytes"]) for c in cases(found.folder)} == {
        ("Is it 1?", picture(6, "JPEG")),
        ("Is it 2?", picture(5, "JPEG")),
    }


def test_class_numbers_of_the_hub_are_read_by_their_names(tmp_path: Path) -> None:
    label = {"_type": "ClassLabel", "names": ["B", "A"]}
    info = {"info": {"features": {"a": label, "t": {**label, "names": ["bone", "skin"]}}}}
    row = {"q": "?", "i": shown(picture(1)), "o": TWO, "a": 0, "t": 1}
    table = pa.Table.from_pylist([row]).replace_schema_metadata({"huggingface": json.dumps(info)})
    (tmp_path / "data").mkdir()
    pq.write_table(table, tmp_path / "data/test.parquet")
    entry = {"files": ("*.parquet",), "picture": {"columns": ("i",)}, "task": {"column": "t"}}
    (case,) = cases(run(tmp_path, recipe(entry)).folder)
    assert (case["label"], case["task"]) == ("a lung", "skin")


@pytest.mark.parametrize(
    "written",
    ["A. " * 33_000, "A. B. " * 16_000, "q" + " " * 99_000 + "A. B. ", "[" + "-" * 99_000],
)
def test_options_of_a_hostile_text_take_no_time(written: str) -> None:
    asked = lettered(written)
    assert asked is None or len(asked.options) == 2
    assert len(options_of({"o": written}, "?", Options(column="o")).options) <= 2


def test_the_order_of_rows_and_the_name_of_a_file_change_no_byte(tmp_path: Path) -> None:
    rows = [
        {"q": f"Which {i}?", "o": TWO, "a": "AB"[i % 2], "p": f"{i}.png", "t": f"T{i % 3}"}
        for i in range(9)
    ]
    rows += [rows[0], {**rows[0], "a": "B"}]  # the same content again, and with another answer
    entry = {"task": {"column": "t"}}
    for name, listed in (("one", rows), ("two", rows[::-1])):
        for i in range(9):
            put(tmp_path / name / f"data/{i}.png", picture(i))
        put_lines(tmp_path / name / "data/rows.jsonl", listed)
        run(tmp_path / name, recipe(entry))
    one, two = (
        {
            p.relative_to(tmp_path / name / "out/release").as_posix(): p.read_bytes()
            for p in (tmp_path / name / "out/release").rglob("*")
            if p.is_file()
        }
        for name in ("one", "two")
    )
    assert one == two
    assert len(cases(tmp_path / "one/out/release")) == 11


def test_a_corrected_answer_is_found_by_diff(tmp_path: Path) -> None:
    put(tmp_path / "data/1.png", picture(1))
    for to, answer in (("one", "A"), ("two", "B")):
        put_lines(tmp_path / "data/rows.jsonl", [{"q": "?", "p": "1.png", "o": TWO, "a": answer}])
        run(tmp_path, recipe(), to)
    (found,) = differences.compare(tmp_path / "one/release", tmp_path / "two/release").found
    assert "answer" in found.what
    assert (found.before["answer"], found.after["answer"]) == (["a liver"], ["a lung"])
