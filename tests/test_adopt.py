"""Adopting a benchmark: every way to state options, answers and pictures, faults, and the whole way."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchsmith.adopt.adopt_set import Outcome, adopt
from benchsmith.adopt.options_of_row import lettered, options_of
from benchsmith.adopt.tree_words import TreeWords
from benchsmith.audits import audit as audits
from benchsmith.audits.table_from_folder import audit_table
from benchsmith.core.errors import TooMuchRejected
from benchsmith.core.silent_progress import Silent
from benchsmith.core.verdicts import FAIL, WARN
from benchsmith.documents.adoption import Adoption, Options
from benchsmith.documents.benchmark import Marks
from benchsmith.documents.problems import DocumentError
from benchsmith.publish.release_checks import audit_findings
from benchsmith.release import differences
from tests.command import benchsmith
from tests.foreign_sets import picture, put, put_lines, put_parquet, put_table, shown
from tests.test_adopt_recipes import cases

ABOUT = {"title": "A set", "version": "1", "homepage": "https://example.org", "licence": "cc-by-4.0",
         "citation": "Somebody, 2020", "verified": True}  # fmt: skip
BASE: dict[str, Any] = {
    "files": ("rows.jsonl",),
    "question": "q",
    "picture": {"path": "{p}"},
    "options": {"column": "o"},
    "answer": {"column": "a", "form": "letter"},
}
"""An entry for rows with the keys q, p, o and a."""


def recipe(*entries: dict[str, Any]) -> Adoption:
    """Return a recipe whose entries are BASE with some keys replaced."""
    return Adoption.model_validate(
        {**ABOUT, "rows": tuple({**BASE, **e} for e in entries or ({},))}
    )


def run(folder: Path, rules: Adoption, to: str = "out") -> Outcome:
    """Adopt the benchmark in `folder/data`."""
    return adopt("own", rules, folder / "data", folder / to, TreeWords(), Silent())


def one(folder: Path, row: dict[str, Any], **entry: Any) -> tuple[str, list[str], str] | str:
    """Adopt one row; return its question, options and right option, or the reason it is left out."""
    put(folder / "data/1.png", picture(1))
    put_lines(folder / "data/rows.jsonl", [{"q": "Which?", "p": "1.png", **row}])
    try:
        found = run(folder, recipe(entry))
    except TooMuchRejected:
        listed = (folder / "out/left_out.tsv").read_text().splitlines()[1]
        return listed.split("\t")[2]
    (row,) = cases(found.folder)
    return row["question"], row["options"], row["label"]


TWO = ["a liver", "a lung"]


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


def encoded(form: str, mode: str) -> bytes:
    """Return a picture in one of Pillow's formats and modes."""
    buffer = io.BytesIO()
    image = PIL.Image.open(io.BytesIO(picture(5))).convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        image = PIL.Image.fromarray(np.asarray(image).astype(np.uint16) * 257)
    image.save(buffer, form)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("form", "mode"),
    [("PNG", "L"), ("PNG", "P"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGBA"), ("PNG", "I;16"),
     ("BMP", "RGB"), ("TIFF", "L"), ("WEBP", "RGB"), ("GIF", "P")],
)  # fmt: skip
def test_png_and_jpeg_keep_their_bytes_and_others_their_pixels(
    form: str, mode: str, tmp_path: Path
) -> None:
    data = encoded(form, mode)
    put(tmp_path / "data/1.dat", data)
    put_lines(tmp_path / "data/rows.jsonl", [{"q": "?", "p": "1.dat", "o": TWO, "a": "A"}])
    (case,) = cases(run(tmp_path, recipe()).folder)
    written = case["image"]["bytes"]
    if form in ("PNG", "JPEG"):
        assert written == data
    else:
        before, after = (
            np.asarray(PIL.Image.open(io.BytesIO(d)).convert("RGB")) for d in (data, written)
        )
        assert written.startswith(b"\x89PNG") and (before == after).all()
    assert case["image"]["path"].endswith(".jpg" if form == "JPEG" else ".png")


def bomb() -> bytes:
    """Return a small PNG that says it has 20,000 x 20,000 pixels."""
    data = bytearray(picture(1))
    data[16:24] = (20_000).to_bytes(4, "big") * 2
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (picture(1)[:600], "truncated"),
        (bomb(), "too-large"),
        (b"<html>not found</html>", "header"),
        (b"version https://git-lfs.github.com/spec/v1\n", "header"),
        (b"", "truncated"),
        (b"\x00" * 300, "unreadable"),
        (encoded("TIFF", "I;16"), "dimensions"),
    ],
)
def test_a_picture_that_cannot_be_opened_is_left_out(
    data: bytes, reason: str, tmp_path: Path
) -> None:
    put(tmp_path / "data/2.png", data)
    assert one(tmp_path, {"p": "2.png", "o": TWO, "a": "A"}) == reason


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "secret.png", picture(3))
    put_lines(tmp_path / "other.jsonl", [{"q": "?", "p": "1.png", "o": TWO, "a": "A"}])
    put(tmp_path / "data/1.png", picture(1))
    (tmp_path / "data/2.png").symlink_to(tmp_path / "secret.png")
    (tmp_path / "data/more.jsonl").symlink_to(tmp_path / "other.jsonl")
    row = {"q": "?", "p": "1.png", "o": TWO, "a": "A"}
    put_lines(tmp_path / "data/rows.jsonl", [row, {**row, "p": "2.png"}])
    found = run(tmp_path, recipe({"files": ("*.jsonl",)}))
    assert found.left_out == {"link-outside": 1, "path-outside": 1}
    assert (found.rows, found.cases) == (2, {"test": 1})


@pytest.mark.parametrize(
    ("name", "data", "detail"),
    [
        ("bad.json", b"[" * 100_000, "is not valid JSON"),
        ("bad.json", b'[{"q": 1, "q": 2}]', "a key is there twice"),
        ("bad.json", b'{"rows": 1}', "name its key in `at`"),
        ("bad.json", b"\xff\xfe\x00", "is not valid JSON"),
        ("bad.jsonl", b'{"q": "x"}\nnot json\n', "line 2 is not valid JSON"),
        ("bad.jsonl", b"[1]\n", "row 1 is not an object"),
        ("bad.csv", b"q,p,o,a\n1,2\n", "line 2 has 2 cells, the header 4"),
        ("bad.csv", b"q,q\n1,2\n", "a column's name stands twice"),
        ("bad.csv", b"q,p,o,a\n\xff,1,2,3\n", "save it as UTF-8, or set `encoding`"),
        ("bad.tsv", b"", "a column's name stands twice"),
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


def leaky(folder: Path, *, flawed: bool) -> Path:
    """Adopt a set of 300 questions, with or without four planted flaws; return its release."""
    words = ["liver", "lung", "brain", "spleen", "colon", "heart", "bone", "skin"]
    rows = []
    for i in range(300):
        split = "test" if i % 3 == 0 else "train"
        right, place = words[(i * 5) % 8], ((i * 7 + i // 8) % 4 if not flawed else 0)
        others = [w for w in words if w != right]
        options = [others[(i + k * 2) % 7] for k in range(3)]
        if flawed:  # the longest option is right, and it is A
            right = f"{right} with a clearly visible change of its outer border"
        options.insert(place, right)
        rows.append({"q": "Which organ is shown?", "o": options, "a": "ABCD"[place], "p": f"{i}.png",
                     "s": split, "who": f"P{i // 3 if flawed else i}"})  # fmt: skip
        put(folder / f"data/{i}.png", picture(i))
    if flawed:  # a picture of train again in test, smaller and as JPEG, of another patient
        image = PIL.Image.open(io.BytesIO(picture(1))).resize((90, 90))
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=80)
        put(folder / "data/9.png", buffer.getvalue())
    put_lines(folder / "data/rows.jsonl", rows)
    return run(folder, recipe({"split": {"column": "s"}, "patient": "who"})).folder


def test_planted_flaws_of_a_foreign_benchmark_are_named(tmp_path: Path) -> None:
    wanted = ["option-length", "positions", "near-duplicates", "group-overlap"]
    outcomes = {}
    for flawed in (False, True):
        release = leaky(tmp_path / str(flawed), flawed=flawed)
        found = audits.audit(audit_table(release, tmp_path), Marks(), [*wanted, "picture-sound"])
        outcomes[flawed] = {v.check: v for v in found.verdicts}
    assert {c for c in wanted if outcomes[True][c].outcome == FAIL} == set(wanted)
    assert not {c for c, v in outcomes[False].items() if v.outcome == FAIL}
    rows = {r["id"]: r for r in cases(tmp_path / "True/out/release")}
    (copy,) = outcomes[True]["near-duplicates"].offenders
    assert rows[copy.id]["image"]["bytes"].startswith(b"\xff\xd8") and " in train (" in copy.why
    (original,) = [r for r in rows.values() if r["id"] in copy.why]
    assert original["image"]["bytes"] == picture(1)
    assert outcomes[True]["group-overlap"].offending == 300


def test_a_picture_of_sixteen_bits_is_adopted_and_named_by_the_audit(tmp_path: Path) -> None:
    put(tmp_path / "data/1.png", encoded("PNG", "I;16"))
    put(tmp_path / "data/2.png", encoded("JPEG", "L"))
    rows = [{"q": "?", "p": f"{i}.png", "o": TWO, "a": "A"} for i in (1, 2)]
    put_lines(tmp_path / "data/rows.jsonl", rows)
    release = run(tmp_path, recipe()).folder
    found = audits.audit(audit_table(release, tmp_path), Marks(), ["picture-sound", "stem-filled"])
    (bad,) = found.verdicts[0].offenders
    (sixteen,) = [c for c in cases(release) if c["id"] == bad.id]
    assert sixteen["image"]["bytes"] == encoded("PNG", "I;16")
    assert found.verdicts[1].outcome != FAIL


YAML = """\
title: My set
version: "1"
homepage: https://example.org/my-set
licence: cc-by-4.0
citation: Who made it, where, when.
verified: true
rows:
  - files: [questions.csv]
    id: qid
    question: question
    picture: {path: "pictures/{picture}"}
    options: {columns: [A, B, C, D]}
    answer: {column: answer, form: letter}
    split: {column: part}
    task: {column: organ}
    modality: {column: kind}
"""


@pytest.fixture
def mine(tmp_path: Path) -> Callable[..., str]:
    """Return a runner of the command line beside a set of one's own, of 24 questions."""
    rows = []
    for i in range(24):
        put(tmp_path / f"my-set/pictures/{i}.png", picture(i))
        options = dict(
            zip("ABCD", ["liver", "spleen", "kidney", "" if i % 2 else "colon"], strict=True)
        )
        rows.append({"qid": i, "picture": f"{i}.png", "question": f"Which organ is in {i}?", **options,
                     "answer": "ABC"[i % 3], "organ": "abdomen", "kind": "CT" if i % 4 else "MRI",
                     "part": "test" if i < 16 else "val"})  # fmt: skip
    put_table(tmp_path / "my-set/questions.csv", rows)
    put(tmp_path / "my-set.yaml", YAML)

    def command(*words: str, code: int = 0) -> str:
        return benchsmith(*words, code=code, folder=tmp_path)

    return command


def test_only_an_answer_of_another_modality_is_out_of_place(tmp_path: Path) -> None:
    """Options that are never an answer say nothing of a modality, and neither does none."""
    asked = [("CT", ["liver", "lung"]), ("MRI", ["bone", "liver", "a thin crack"]), ("", ["bone", "lung"]),
             ("", ["colon", "bone"]), ("CT", ["liver", "colon"])]  # fmt: skip
    rows = [
        {"q": f"{i}?", "o": o, "a": "A", "p": "1.png", "m": m} for i, (m, o) in enumerate(asked)
    ]
    put(tmp_path / "data/1.png", picture(1))
    put_lines(tmp_path / "data/rows.jsonl", rows)
    release = run(tmp_path, recipe({"modality": {"column": "m"}})).folder
    found = audits.audit(audit_table(release, tmp_path), Marks(), ["modality-consistency"])
    (offender,) = found.verdicts[0].offenders
    assert offender.why == "liver is not seen in MRI"
    assert {c["question"] for c in cases(release) if c["id"] == offender.id} == {"1?"}


def test_a_set_of_one_s_own_goes_the_whole_way(mine: Callable[..., str], tmp_path: Path) -> None:
    put(tmp_path / "my-set/data/a.parquet", "the download has a folder `data` too")
    said = mine("adopt", "my-set.yaml", "--data", "my-set")
    assert "my-set: 24 of 24 rows adopted (test 16, val 8)" in said
    release = tmp_path / "output/my-set/release"
    asked = {c["id"]: c for c in cases(release)}
    found = {v["check"]: v for v in json.loads(mine("audit", "my-set", "--json"))["checks"]}
    assert found["ids-unique"]["n"] == 24 and found["patients-known"]["outcome"] == WARN
    damaged = mine("audit", "./my-set", code=2)  # a path is a path
    assert "my-set/data/a.parquet:1: cannot be read" in damaged and "download" in damaged
    mine("evaluate", "my-set", "--model", "baseline:longest")
    board = json.loads(mine("scores", "my-set", "--json"))
    assert "baseline:longest" in json.dumps(board)
    wanted = {id_ for id_, c in asked.items() if c["modality"] == "MRI" and c["split"] == "test"}
    said = mine("subset", "modality=mri split=test", "--from", "my-set", "--to", "part")
    assert said == f"{len(wanted)} questions in part\n" and len(wanted) == 4
    assert {c["id"] for c in cases(tmp_path / "part")} == wanted
    assert "4 the same, 0 changed: removed 20" in mine("diff", "output/my-set/release", "part")
    predicted = [{"id": id_, "answer": "A"} for id_ in sorted(wanted)]
    put_table(tmp_path / "mine.csv", predicted)
    right = sum(asked[id_]["answer"] == "A" for id_ in wanted)
    scored = json.loads(mine("score", "mine.csv", "--key", "part", "--json"))
    (whole,) = [r for r in scored["scores"] if r["axis"] == "overall"]
    assert (whole["right"], whole["n"]) == (right, 4)
    credit = (tmp_path / "part/ATTRIBUTION.tsv").read_text().splitlines()
    assert credit[1].split("\t")[:8] == [
        "my-set", "My set", "1", "cc-by-4.0", "", "adopted", "4", "https://example.org/my-set",
    ]  # fmt: skip
    manifest = json.loads((tmp_path / "part/manifest.json").read_text())
    assert manifest["cases"] == {"test": 4} and manifest["subset"] == "modality=mri split=test"
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((tmp_path / "part" / name).read_bytes()).hexdigest() == digest


def test_a_query_that_fits_nothing_says_what_there_is(
    mine: Callable[..., str], tmp_path: Path
) -> None:
    mine("adopt", "my-set.yaml", "--data", "my-set")
    wrong = ("subset", "--from", "my-set", "--to", "part")
    assert "there is no modality 'PET': it has CT, MRI" in mine(*wrong, "modality=PET", code=2)
    assert "is not `axis=value`: did you mean modality?" in mine(*wrong, "modalty=CT", code=2)
    assert "no question" in mine(*wrong, "modality!=*", code=4)
    put(tmp_path / "part/notes.txt", "mine")
    assert "is not a release: name another folder" in mine(*wrong, "modality=CT", code=4)
    assert (tmp_path / "part/notes.txt").read_text() == "mine"


def test_the_command_says_what_it_needs(mine: Callable[..., str], tmp_path: Path) -> None:
    assert "--data FOLDER" in mine("adopt", "my-set.yaml", code=2)
    assert "there is no recipe 'my-sets'" in mine("adopt", "my-sets", "--data", ".", code=2)
    schema = json.loads(mine("adopt", "--schema"))
    assert set(schema["required"]) == {"title", "version", "homepage", "licence", "citation", "verified", "rows"}  # fmt: skip
    put(tmp_path / "benchmarks/taken.yaml", "")
    assert "it is for its authors to publish it" in "".join(
        audit_findings(tmp_path, {"adopted": {}, "benchmark": "x"}, tmp_path).forbidden
    )
    taken = ("adopt", "my-set.yaml", "--data", "my-set", "--as", "taken")
    assert "taken is a benchmark of this project" in mine(*taken, code=2)
    put(tmp_path / "bad.yaml", YAML.replace("question: question", "questoin: question"))
    bad = mine("adopt", "bad.yaml", "--data", "my-set", code=2)
    assert "bad.yaml:10: unknown key `rows.0.questoin`; did you mean question?" in bad
    shutil.rmtree(tmp_path / "my-set/pictures")
    gone = mine("adopt", "my-set.yaml", "--data", "my-set", code=3)
    assert "no question of my-set could be adopted: no-picture 24" in gone
    assert "first: questions.csv:2: there is no file" in gone


def test_a_picture_in_columns_is_bytes_a_path_or_base64(tmp_path: Path) -> None:
    put(tmp_path / "data/1.png", picture(1))
    put_parquet(tmp_path / "data/a.parquet", [
        {"q": "one", "i": shown(picture(2)), "a": "A"},
        {"q": "two", "i": {"bytes": None, "path": "1.png"}, "a": "A"},
        {"q": "none", "i": {"bytes": None, "path": None}, "a": "A"},
    ])  # fmt: skip
    put_parquet(tmp_path / "data/b.parquet", [{"q": "three", "i": [picture(3)], "a": "B"}])
    put_lines(tmp_path / "data/c.jsonl", [
        {"q": "four", "i": "data:image/png;base64,iVBORw0KGgo=", "a": "A"},
        {"q": "five", "i": "pictures/1.png", "a": "A"},
        {"q": "six", "i": {"x": 1}, "a": "A"},
    ])  # fmt: skip
    entry = {"files": ("a.parquet", "b.parquet", "c.jsonl"), "picture": {"columns": ("i",)},
             "options": {"fixed": ("x", "y")}}  # fmt: skip
    found = run(tmp_path, recipe(entry))
    assert {(c["question"], c["image"]["bytes"]) for c in cases(found.folder)} == {
        ("one", picture(2)), ("two", picture(1)), ("three", picture(3)),
    }  # fmt: skip
    assert found.left_out == {"no-picture": 1, "row-unsound": 2, "unreadable": 1}
