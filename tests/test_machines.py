"""Every command says what it found as one JSON document, and the same as it says in words."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

from benchsmith.cli.app import DOCUMENTS
from tests import world
from tests.conftest import Project


def told(project: Project, *words: str, code: int = 0) -> dict[str, Any]:
    """Run a command with `--json`; what it prints, on both streams, must be one document."""
    return dict(json.loads(project.run(*words, "--json", code=code)))


def test_a_tree_has_the_numbers_of_the_table(built: Project) -> None:
    lines = built.run("tree", "label", "--from", "small").splitlines()[1:]
    shown = {}
    for line in lines:
        id_, *numbers = re.search(r"\[(.+?)\]" + r" +(\S+)" * 4, line).groups()  # type: ignore[union-attr]
        shown[id_] = [int(n.replace(".", "0")) for n in numbers]
    terms = told(built, "tree", "label", "--from", "small")["terms"]
    names = ("placed", "labels", "targets", "questions")
    assert {t["id"]: [t[n] for n in names] for t in terms} == shown
    assert sum(t["questions"] for t in terms) > 0
    assert "questions" not in told(built, "tree", "label")["terms"][0]


def test_a_cell_of_coverage_has_its_labels_sources_and_questions(built: Project) -> None:
    cells = told(built, "coverage", "--from", "small")["cells"]
    rows = pq.read_table(built.release / "data", columns=["task", "department"]).to_pylist()
    counted = {(c["task"], c["department"]): c["questions"] for c in cells if c["sources"]}
    assert sum(counted.values()) == len(rows)
    empty = told(built, "coverage", "--from", "small", "--empty")["cells"]
    assert empty and not any(c["sources"] for c in empty)


def test_a_page_is_named(built: Project, tmp_path: Path) -> None:
    for command in ("tree", "coverage"):
        page = tmp_path / f"{command}.html"
        found = told(built, command, "--html", str(page))
        assert found == {"page": str(page), "bytes": page.stat().st_size}


def test_a_subset_says_what_it_holds(built: Project, tmp_path: Path) -> None:
    place = tmp_path / "cut"
    found = told(built, "subset", "granularity=box", "--from", "small", "--to", str(place))
    assert found["questions"] == pq.read_table(place / "data", columns=["id"]).num_rows > 0
    assert (found["query"], found["folder"]) == ("granularity=box", str(place))


def test_commands_that_tell_in_lines_tell_the_same_lines(project: Project) -> None:
    world.table(project.folder / "lexicon/curators.tsv", "id;name;role", ["me;M;t", "ann;A;t"])
    words = ("tag", "assign", "spring", "--annotators", "me,ann", "--each", "2", "--labels",
             "label=liver", "--to")  # fmt: skip
    said = project.run(*words, "a").splitlines()
    assert told(project, *words, "a")["lines"] == said


def test_a_release_that_is_copied_says_what_went(built: Project, tmp_path: Path) -> None:
    url = f"file://{tmp_path}/bucket"
    dry = told(built, "deliver", "small", "--to", url, "--dry-run")
    assert dry["outcome"] == "dry run" and not (tmp_path / "bucket").exists()
    first = told(built, "deliver", "small", "--to", url)
    files = built.bytes_of_release()
    assert first["outcome"] == "delivered" and sorted(first["send"]) == sorted(files)
    assert {f["name"]: f["bytes"] for f in first["files"]} == {n: len(b) for n, b in files.items()}
    again = told(built, "deliver", "small", "--to", url)
    assert (again["outcome"], again["send"]) == ("nothing to do", [])
    assert again["unchanged"] == len(files)
    shown = told(built, "publish", "small", "--repo", "lab/small", "--dry-run")
    assert (shown["outcome"], shown["files"]) == ("dry run", first["files"])


def test_answers_and_scores_say_what_they_are(built: Project, tmp_path: Path) -> None:
    project = built.copy(tmp_path / "project")
    asked = told(project, "evaluate", "small", "--model", "baseline:longest")
    assert asked["complete"] and Path(asked["answers"]).is_dir()
    scored = told(project, "scores", "small")
    (one,) = scored["models"]
    table = pd.read_csv(Path(scored["folder"]) / "scores.csv")
    whole = table[(table["axis"] == "overall") & (table["split"] == scored["split"])]
    row = whole[whole["answers"] == "one"].iloc[0]
    assert (one["model"], one["rank"], one["rank_interval"]) == (
        row["model"],
        None,
        None,
    )  # too few people to compare
    assert one["one"]["n"] == row["n"] and one["one"]["micro"] == pytest.approx(row["micro"])


def test_reviews_report_their_results_and_a_desk_is_for_people(project: Project) -> None:
    said = project.run("review", "--results").splitlines()
    assert told(project, "review", "--results")["lines"] == said
    assert "--json" in project.run("review", "--json", code=DOCUMENTS)


def test_fetching_says_what_it_did(project: Project) -> None:
    assert told(project, "fetch", "small")["lines"] == project.run("fetch", "small").splitlines()
