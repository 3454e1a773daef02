"""A release made before questions had skills, evidence and forms is read by whatever reads releases."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests import explorer_shards
from tests.conftest import Project

LATER = {"skill", "pair", "altered", "group", "answers", "evidence", "form", "alteration"}
"""Columns that came with time, of cases and of their provenance."""


@pytest.fixture(scope="module")
def older(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the release of the small project without them."""
    place = tmp_path_factory.mktemp("older") / "release"
    shutil.copytree(built.release, place)
    dropped = set()
    for file in [*sorted((place / "data").glob("*.parquet")), place / "provenance.parquet"]:
        table = pq.read_table(file)
        there = LATER & set(table.column_names)
        dropped |= there
        pq.write_table(table.drop_columns(sorted(there)), file)
    # a release without skills has no columns for them today either
    assert {"group", "answers"} == dropped
    return place


def test_diff_finds_no_difference(built: Project, older: Path) -> None:
    found = json.loads(built.run("diff", str(older), str(built.release), "--json"))
    assert found["cases"] == []
    assert found["same"] == len(list(built.published("small")))


def test_answers_are_scored_as_those_of_recognition(
    built: Project, older: Path, tmp_path: Path
) -> None:
    own = built.copy(tmp_path / "project")
    own.run("evaluate", str(older), "--model", "baseline:random")
    own.run("scores", str(older))
    scores = own.folder / "output/small/scores"
    rows = pq.read_table(scores / "scores.parquet").to_pylist()
    test = [r for r in rows if r["axis"] == "overall" and r["split"] == "all"]
    assert sum(r["n"] for r in test) == len(built.published("small"))
    assert {r["branch"] for r in rows if r["axis"] in ("skill", "stage")} == {"recognition"}
    assert not (scores / "chains.csv").exists() and not (scores / "pairs.csv").exists()


def test_the_explorer_shows_every_question_with_its_facts(
    built: Project, older: Path, tmp_path: Path
) -> None:
    built.run("explore", str(older), "--out", str(tmp_path / "pages"), "--json")
    found = explorer_shards.questions(tmp_path / "pages")
    assert {q["id"] for q in found} == {row["id"] for row in built.published("small")}
    assert all(explorer_shards.every(tmp_path / "pages", "facts"))
