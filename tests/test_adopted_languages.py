"""A benchmark in two languages keeps the column with a question's language, and is scored by it."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.adopt import subset_of_release
from benchsmith.adopt.lexicon_terms import TreeWords
from benchsmith.documents import lexicon as lexicons
from benchsmith.evaluate import (
    answer_log,
    compared_runs,
    printed_tables,
    release_reader,
    scores,
    scores_page,
)
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.contract import Answer
from benchsmith.gallery import release_cases
from benchsmith.release.columns import letters
from tests.adopting import recipe, run
from tests.conftest import Project
from tests.foreign_sets import picture, put, put_lines
from tests.test_adopt_recipes import cases

YES_NO = {"en": ["Yes", "No"], "zh": ["\u662f", "\u5426"]}
ASKED = {"en": "Is this a lung?", "zh": "\u8fd9\u662f\u80ba\u5417\uff1f"}
PEOPLE = 6


def put_rows(folder: Path, *, column: bool = True) -> None:
    """Write questions about six pictures, each in both languages, as rows that say theirs."""
    rows = []
    for n in range(PEOPLE):
        put(folder / f"data/{n}.png", picture(n))
        for language in ("en", "zh"):
            said = {"lang": "cn" if language == "zh" else language} if column else {}
            rows.append({"q": ASKED[language], "p": f"{n}.png", "o": YES_NO[language],
                         "a": "AB"[n % 2], **said})  # fmt: skip
    put_lines(folder / "data/rows.jsonl", rows)


SAID: dict[str, Any] = {"language": {"column": "lang", "names": {"cn": "zh"}}}


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    put_rows(folder)
    return run(folder, recipe(SAID)).folder


def test_a_release_in_two_languages_says_the_language_of_each_question(release: Path) -> None:
    found = cases(release)
    assert {(row["language"], row["question"]) for row in found} == set(ASKED.items())
    card = (release / "README.md").read_text("utf-8").split("---")[1]
    assert re.search(r"language:\n- en\n- zh\n", card)
    (path, *_) = sorted((release / "data").glob("*.parquet"))
    columns = json.loads(pq.read_schema(path).metadata[b"huggingface"])["info"]["features"]
    assert list(columns) == pq.read_schema(path).names and "language" in columns


def test_a_release_in_one_language_has_no_column_for_it(tmp_path: Path) -> None:
    put_rows(tmp_path, column=False)
    for entry in ({}, {"language": "de"}):
        folder = run(tmp_path, recipe(entry), f"out-{len(entry)}").folder
        assert all("language" not in row for row in cases(folder))
        assert f"language:\n- {entry.get('language', 'en')}\n" in (folder / "README.md").read_text()


def test_a_question_that_says_no_language_is_in_none(tmp_path: Path) -> None:
    put(tmp_path / "data/0.png", picture(0))
    row = {"q": "Which?", "p": "0.png", "o": ["a", "b"], "a": "A"}
    put_lines(
        tmp_path / "data/rows.jsonl", [{**row, "lang": "en"}, {**row, "q": "?", "lang": None}]
    )
    folder = run(tmp_path, recipe(SAID)).folder
    assert {row["language"] for row in cases(folder)} == {"en", "not stated"}
    assert "- not stated" not in (folder / "README.md").read_text()


def test_a_part_of_it_is_cut_by_language_and_keeps_the_column(
    release: Path, tmp_path: Path
) -> None:
    words = TreeWords()
    assert subset_of_release.cut(release, "language=zh", tmp_path / "zh", words) == PEOPLE
    assert {row["language"] for row in cases(tmp_path / "zh")} == {"zh"}
    assert len(subset_of_release.matching(release, "language!=zh", words)) == PEOPLE


def test_the_explorer_can_be_filtered_by_it(release: Path, project: Project) -> None:
    shown = release_cases.read_cases(release, lexicons.read(project.folder / "lexicon"))
    assert {(case.places["language"], case.question) for case in shown} == set(ASKED.items())


def test_scores_are_reported_by_language(release: Path, tmp_path: Path) -> None:
    read = release_reader.read(release)
    asked = Run(model="anglophone", kind="model")
    with answer_log.appending(answer_log.file_of(tmp_path / "answers", asked), asked) as file:
        for item in read.items:
            right = letters(item.key) if item.question == ASKED["en"] else "I cannot read this."
            file.keep([Answer(case=item.id, shift=0, content=item.content, text=right)])
    found = compared_runs.gather(read, tmp_path / "answers")
    (one,) = found.runs
    told = {
        language: one.row("test", scores.ONE, "language", language) for language in ("en", "zh")
    }
    assert {name: (row["n"], row["right"]) for name, row in told.items() if row} == {
        "en": (PEOPLE, PEOPLE), "zh": (PEOPLE, 0)}  # fmt: skip
    printed_tables.write(found, tmp_path)
    assert "accuracy by language" in (tmp_path / "tables.md").read_text()
    page = scores_page.write(found, tmp_path, 4).read_text("utf-8")
    panel = page.split("By language</summary>")[1].split("</table>")[0]
    heads = re.findall(r'title="(en|zh)[^"]*">', panel)
    cells = re.findall(r">([\d.]+)</td>", html.unescape(panel).split("anglophone")[1])
    assert dict(zip(heads, cells, strict=False)) == {"en": "100.0", "zh": "0.0"}
