"""Changes between two releases are reported case by case, and nothing else is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import Project


@pytest.fixture
def pair(built: Project, tmp_path: Path) -> tuple[Path, Path]:
    """Return a release, and a copy of it to change."""
    shutil.copytree(built.release, tmp_path / "new")
    return built.release, tmp_path / "new"


def edit(folder: Path, change: Any) -> list[dict[str, Any]]:
    """Write a release's rows again after a change; return them."""
    rows = [r for p in sorted((folder / "data").iterdir()) for r in pq.read_table(p).to_pylist()]
    schema = pq.read_schema(next((folder / "data").iterdir()))
    for path in (folder / "data").iterdir():
        path.unlink()
    change(rows)
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / "data/all.parquet")
    return rows


def diff(project: Project, old: Path, new: Path) -> dict[str, Any]:
    return dict(json.loads(project.run("diff", str(old), str(new), "--json")))


def test_the_same_cases_in_other_files_are_the_same(
    built: Project, pair: tuple[Path, Path]
) -> None:
    rows = edit(pair[1], lambda rows: rows.reverse())
    found = diff(built, *pair)
    assert found == {"same": len(rows), "changed": 0, "counts": {}, "cases": []}
    assert built.run("diff", *map(str, pair)) == f"{len(rows)} the same, 0 changed\n"


def test_each_kind_of_change_is_named(built: Project, pair: tuple[Path, Path]) -> None:
    changed: dict[str, list[str]] = {}

    def change(rows: list[dict[str, Any]]) -> None:
        rows.sort(key=lambda r: r["id"])
        one, two, three, four, five, six = rows[:6]
        one["question"] += " Really?"
        two["image"]["bytes"] += b"\0"
        three["options"] = [*three["options"][:-1], "something else"]
        if three["answer"] == "ABCDE"[len(three["options"]) - 1]:
            changed[three["id"]] = ["options", "answer"]
        else:
            changed[three["id"]] = ["options"]
        four["options"] = [*four["options"][1:], four["options"][0]]
        letter = "ABCDE"[("ABCDE".index(four["answer"]) - 1) % len(four["options"])]
        four["answer"] = letter
        five["answer"] = "ABCDE"[("ABCDE".index(five["answer"]) + 1) % len(five["options"])]
        changed[one["id"]] = ["question"]
        changed[two["id"]] = ["picture"]
        changed[four["id"]] = ["order of options"]
        changed[five["id"]] = ["answer"]
        changed[six["id"]] = ["removed"]
        rows.remove(six)
        fresh = {**one, "id": "0" * 16}
        changed[fresh["id"]] = ["added"]
        rows.append(fresh)

    rows = edit(pair[1], change)
    found = diff(built, *pair)
    assert {c["id"]: c["what"] for c in found["cases"]} == changed
    assert found["same"] == len(rows) + 1 - 7 and found["changed"] == 5
    assert found["counts"]["added"] == found["counts"]["removed"] == 1
    said = built.run("diff", *map(str, pair))
    assert all(id_ in said for id_ in changed)
    assert f"{found['same']} the same, 5 changed: added 1, removed 1" in said


def test_a_new_name_of_a_label_changes_the_options_and_no_picture(
    copy: Project, built: Project
) -> None:
    project = copy
    path = project.folder / "lexicon/tree/label.tsv"
    path.write_text(path.read_text().replace("\tspleen\t", "\tmilt\t"))
    project.run("build", "small", "--workers", "1")
    found = diff(project, built.release, project.release)
    assert found["changed"] > 0
    assert set(found["counts"]) <= {"options", "answer", "order of options"}
    rows = pq.read_table(project.release / "data").to_pylist()
    with_it = {r["id"] for r in rows if "milt" in r["options"]}
    assert {c["id"] for c in found["cases"] if c["what"] != ["order of options"]} >= with_it


def test_what_is_no_release_is_reported(built: Project, tmp_path: Path) -> None:
    said = built.run("diff", str(built.release), str(tmp_path), code=2)
    assert "this is not a release" in said and "Traceback" not in said
