"""No table that a person opens in a spreadsheet has a formula, and every text is read back."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from benchsmith.documents import tsv
from benchsmith.documents.lexicon import MAPPING_COLUMNS
from benchsmith.documents.problems import Problems
from benchsmith.evaluate import printed_tables, probe
from benchsmith.exporters.vlmevalkit import Parts
from benchsmith.publish.licence_terms import attribution
from benchsmith.tagging import sheets
from benchsmith.text.spreadsheet_cells import guarded, plain
from tests.conftest import Project

FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "=cmd|' /C calc'!A0", " =1", '"=1+1"', "'=1", "''@x", "'' +x",
            "\u00a0=1", "\ufeff=1", "\uff1d1", "-", "--", "-x", "+ve", "=")  # fmt: skip
NUMBERS = ("-5", "+5", "-0.25", "+1.5e3", "-1E-9", "-.5", "5")
STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"


def runs(cell: str) -> bool:
    """Return whether a spreadsheet may run a cell; written apart from the code that is tested."""
    try:
        # Python also takes words for numbers: a spreadsheet runs `-INFINITY` as the name of something
        if math.isfinite(float(cell)) or cell.strip("+-")[0].isdigit():
            return False
    except ValueError:
        pass
    return cell[:1] in ("\t", "\r", "\n") or cell.lstrip('"\ufeff\u200b \u00a0\t\r\n')[:1] in tuple(
        STARTS
    )


texts = st.text() | st.builds("".join, st.lists(st.sampled_from([*STARTS, *"'\" \t\r\n\ufeff15.ex", "SUM"])))  # fmt: skip


@given(texts)
@example("'\n")
@example("-INFINITY")
@example("-1e999")
@example("''\t=")
def test_a_text_is_read_back_and_is_never_a_formula(text: str) -> None:
    assert plain(guarded(text)) == text
    assert not runs(guarded(text)), guarded(text)
    if not runs(text) and not text.lstrip('"\ufeff\u200b \u00a0\t\r\n').startswith("'"):
        assert guarded(text) == text or text[:1].isspace()


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_marked(text: str) -> None:
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", [*NUMBERS, "", "liver", "COVID-19", "a=b", "'quoted'", "o'clock", "1-2"]
)
def test_numbers_and_words_stay_as_they_are(text: str) -> None:
    assert (guarded(text), plain(text)) == (text, text)


cells = st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"])) | st.sampled_from(FORMULAS + NUMBERS)  # fmt: skip


@given(st.lists(st.tuples(cells, cells), max_size=4))
def test_a_document_is_read_back_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / "table.tsv"
    tsv.write(path, ("a", "b"), [{"a": a, "b": b} for a, b in rows])
    assert [(r["a"], r["b"]) for r in tsv.read(path, ("a", "b"))] == rows
    lines = path.read_text("utf-8").split("\n")[1:-1]
    assert not [cell for line in lines for cell in line.split("\t") if runs(cell)]


@pytest.mark.parametrize("separator", ["\t", ",", ";"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
def test_a_sheet_that_a_spreadsheet_saved_is_read_back(
    tmp_path: Path, separator: str, quoting: int
) -> None:
    path = tmp_path / "spring.ann.tsv"
    row = dict.fromkeys(sheets.COLUMNS, "") | {"label": "liver", "note": "=1+1", "task": "@x", "synonyms": "-5"}  # fmt: skip
    tsv.write(path, sheets.COLUMNS, [row])
    shown = [line.split("\t") for line in path.read_text().splitlines()]
    assert {"'=1+1", "'@x", "-5"} <= set(shown[1])
    saved = io.StringIO()
    csv.writer(saved, delimiter=separator, quoting=quoting).writerows(shown)  # type: ignore[arg-type]
    path.write_text(saved.getvalue())
    problems = Problems(tmp_path)
    assert [dict(r.cells) for r in sheets.collect(path, problems)] == [row]
    assert not problems.found


def test_tables_of_scores_have_numbers_and_no_formulas(tmp_path: Path) -> None:
    rows = [{"model": "=1+1", "score": -0.5, "n": 3, "label": "-x"}]
    _, path = printed_tables.write_sheet(rows, tmp_path / "scores")
    assert list(csv.reader(path.open(newline=""))) == [["model", "score", "n", "label"], ["'=1+1", "-0.5", "3", "'-x"]]  # fmt: skip
    row = {"split": "test", "task": "t", "modality": "ct", "label": "@SUM(1)", "n": 3, "positives": 1, "auroc": 0.5}  # fmt: skip
    probe.write([row], tmp_path / "auroc.csv")
    assert list(csv.reader((tmp_path / "auroc.csv").open(newline="")))[1][3] == "'@SUM(1)"


def test_a_licence_with_such_a_name_is_found_in_the_attribution(tmp_path: Path) -> None:
    tsv.write(tmp_path / "ATTRIBUTION.tsv", ("source", "licence", "cases"),
              [{"source": "skin", "licence": "-own terms", "cases": "3"}])  # fmt: skip
    assert attribution(tmp_path, {}).forbidden == [
        "skin: its licence '-own terms' is not in lexicon/licences.tsv"
    ]


def test_the_table_of_vlmevalkit_is_exact(tmp_path: Path) -> None:
    parts = Parts(tmp_path / "x_TEST", ["index", "A"])
    parts.write(["0", "=1+1"])
    parts.close()
    assert (tmp_path / "x_TEST.tsv").read_text() == "index\tA\n0\t=1+1\n"


def test_a_source_s_words_reach_no_table_as_a_formula_and_still_mean_what_they_mean(
    copy: Project,
) -> None:
    project, home = copy, copy.folder
    word = "=HYPERLINK(1)"
    (labels,) = home.glob("raw_sources/skin/**/labels.csv")
    lines = labels.read_text().splitlines()
    finding = lines[0].split(",").index("finding")
    rows = [line.split(",") for line in lines]
    known = rows[1][finding]
    rows[1][finding] = word
    rows[2][finding] = f"odd\t{word}"
    labels.write_text("\n".join(",".join(row) for row in rows) + "\n")
    recipe = home / "raw_sources/skin/recipe.yaml"
    recipe.write_text(recipe.read_text().replace("title: Skin", 'title: "@SUM(1+1)"'))

    benchmark = home / "benchmarks/small.yaml"
    benchmark.write_text(benchmark.read_text() + "tolerate: {faults: 0.5}\n")

    def left_out() -> str:
        return (home / "output/small/left_out.tsv").read_text()

    project.run("build", "small", "--workers", "1")
    assert f"'{word}" in left_out() or word not in left_out()
    project.run("draft", "mapping", "skin", "--workers", "1")
    path = home / "lexicon/mappings/skin.tsv"
    drafted = tsv.read(path, MAPPING_COLUMNS, home)
    assert {word, f"odd {word}"} <= {row["raw"] for row in drafted}
    signed = [
        {**row.cells, "relation": "exact" if row["raw"] == word else "drop", "label": known if row["raw"] == word else "",
         "reviewed_by": "me", "note": "-"} for row in drafted
    ]  # fmt: skip
    tsv.write(path, MAPPING_COLUMNS, signed)
    before = left_out().count("unmapped-label")
    project.run("build", "small", "--workers", "1")
    assert left_out().count("unmapped-label") == before - 2
    tables = [p for p in home.rglob("*.tsv") if "vlmevalkit" not in p.parts]
    assert {"ATTRIBUTION.tsv", "left_out.tsv", "skin.tsv"} <= {p.name for p in tables}
    for table in tables:
        for line in table.read_text("utf-8").split("\n"):
            assert not [c for c in line.split("\t") if runs(c)], (table, line)
    (credits_,) = home.glob("output/small/release/ATTRIBUTION.tsv")
    assert "\t'@SUM(1+1)\t" in credits_.read_text()
