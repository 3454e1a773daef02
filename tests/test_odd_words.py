"""Words that programs take for signs, numbers, truth values or nothing are read as they are stated."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import openpyxl
import PIL.Image
import pytest

from benchsmith.annotations.text_tables import by_key
from benchsmith.documents import tsv
from benchsmith.documents.labels import Sheet
from benchsmith.documents.library import Library
from benchsmith.stages.normaliser import Normaliser
from tests.shipped_documents import shipped_library
from tests.test_ingest import run

WORDS = (
    "-liver", "+", "=", "=1+1", '"quoted', "'quoted", "''", "'=1", "#hash", "#N/A", "1.0", "01", "1e3", "+5",
    "5.", "1_000", "0x10", "1,5", "1/2", "12:30", "2020-01-01", "-1", "nan", "NaN", "NA", "N/A", "<NA>", "None",
    "null", "true", "True", "FALSE", "no", "on", "y", "-", "?", "*", "~", "@x", "{x}", "a;b", "a\\n", "inf",
)  # fmt: skip


def write(path: Path, words: Sequence[str]) -> None:
    rows = [("id", "dx"), *((f"p{n}", word) for n, word in enumerate(words))]
    if path.suffix == ".json":
        path.write_text(json.dumps([dict(zip(rows[0], row, strict=True)) for row in rows[1:]]))
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row, cells in enumerate(rows, start=1):
            for column, text in enumerate(cells, start=1):
                cell = book.worksheets[0].cell(row, column, text)
                cell.data_type = "s"
        book.save(path)
    else:
        with path.open("w", newline="") as file:
            csv.writer(file, delimiter="\t" if path.suffix == ".tsv" else ",").writerows(rows)


@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "xlsx"])
def test_cells_are_read_as_they_are_stated(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"s.{ending}"
    write(path, WORDS)
    rows = by_key(path, Sheet(kind="sheet", file=path.name, key="id", labels=("dx",)))
    assert [rows[f"p{n}"][0].cells["dx"] for n in range(len(WORDS))] == list(WORDS)


def test_truth_values_are_written_as_their_program_writes_them(tmp_path: Path) -> None:
    """One of CSV is the word that a person sees, too: 1 was read of JSON and of spreadsheets."""
    (tmp_path / "s.json").write_text('[{"id": "a", "dx": true}, {"id": "b", "dx": false}]')
    book = openpyxl.Workbook()
    for row in (("id", "dx"), ("a", True), ("b", False)):
        book.worksheets[0].append(row)
    book.save(tmp_path / "s.xlsx")
    for ending, words in (("json", ["true", "false"]), ("xlsx", ["TRUE", "FALSE"])):
        table = Sheet(kind="sheet", file="s", key="id", one_hot=("dx",))
        rows = by_key(tmp_path / f"s.{ending}", table)
        assert [rows[name][0].cells["dx"] for name in "ab"] == words


@pytest.mark.parametrize(
    ("ending", "cells"), [("json", '[{"id": "p", "dx": true, "no": false}]'), ("csv", "id,dx,no\np,TRUE,FALSE\n")]
)  # fmt: skip
def test_a_truth_value_is_a_label_that_applies(tmp_path: Path, ending: str, cells: str) -> None:
    assert labels(tmp_path, f"s.{ending}", cells, "one_hot: [dx, no]") == ["dx"]


def labels(folder: Path, name: str, cells: str, keys: str) -> list[str]:
    """Return the labels of one picture by a table and the keys of its entry."""
    (folder / "data").mkdir(exist_ok=True)
    PIL.Image.fromarray(np.arange(400, dtype=np.uint8).reshape(20, 20)).save(folder / "data/p.png")
    (folder / "data" / name).write_text(cells)
    entry = f'  - images: "{{key}}.png"\n    modality: ct\n    labels: [{{kind: sheet, file: {name}, key: id, {keys}}}]\n'
    kept, _, _ = run(folder, entry)
    return [f.raw for f in kept]


@pytest.mark.parametrize("word", ["no", "No", "on", "off", "yes", "y", "n", "NO"])
def test_words_of_a_recipe_that_older_yaml_takes_for_truth_values(
    tmp_path: Path, word: str
) -> None:
    cells = f"id,dx\np,{word}\n"
    assert labels(tmp_path, "s.csv", cells, f"labels: [dx], values: {{{word}: {word}}}") == [word]
    assert labels(tmp_path, "s.csv", cells, f"labels: [dx], where: {{dx: {word}}}") == [word]
    assert labels(tmp_path, "s.csv", cells, f"labels: [dx], silent: [{word}]") == []


@pytest.mark.parametrize(
    "word", ["1", "01", "1.0", "1e3", "true", "null", "~", "2020-01-01", ".nan"]
)
def test_words_of_a_recipe_that_are_no_text_need_quotes(tmp_path: Path, word: str) -> None:
    cells = f"id,dx\np,{word}\n"
    with pytest.raises(AssertionError, match="write it in quotes"):
        labels(tmp_path, "s.csv", cells, f"labels: [dx], values: {{{word}: a}}")
    quoted = f'labels: [dx], values: {{"{word}": "{word}"}}'
    assert labels(tmp_path, "s.csv", cells, quoted) == [word]


@pytest.fixture(scope="module")
def library() -> Library:
    return shipped_library()


@pytest.mark.parametrize(
    "word",
    ["-liver", "- liver", "--liver", "\u2212liver", "\u2013liver", "(-)liver", "(-) liver", "liver--", "liver -", "-1"],
)  # fmt: skip
def test_a_minus_before_or_behind_a_word_may_deny_it(library: Library, word: str) -> None:
    """`-liver` was the liver, and -1 the class 1 of a source's mapping."""
    found = Normaliser(library.lexicon).resolve(word, "x", "ct")
    assert (found.label, found.reason) == ("", "unmapped-label")


@pytest.mark.parametrize("word", ["liver", "_liver", "liver+", "(liver)", '"liver"', "Liver."])
def test_other_marks_around_a_word_do_not(library: Library, word: str) -> None:
    assert Normaliser(library.lexicon).resolve(word, "x", "ct").label == "liver"


def test_odd_words_are_read_back_from_a_table_of_the_project(tmp_path: Path) -> None:
    """A mark against formulas is put before a sign, and taken off again."""
    rows = [{"word": word, "label": "x"} for word in WORDS]
    tsv.write(tmp_path / "m.tsv", ("word", "label"), rows)
    text = (tmp_path / "m.tsv").read_text()
    assert "\n'-liver\t" in text and "\n-1\t" in text
    assert [row["word"] for row in tsv.read(tmp_path / "m.tsv", ("word", "label"))] == list(WORDS)
