"""What a build leaves to tell of itself, for people and for programs, and nothing of it published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from benchsmith.cli import DOCUMENTS, REJECTED
from tests.browser import Open
from tests.conftest import Project


def record(project: Project) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((project.folder / "output/small/build.json").read_text())
    return found


def test_the_record_lists_every_piece_of_work(built: Project, tmp_path: Path) -> None:
    project = built.copy(tmp_path / "project")
    shutil.rmtree(project.folder / "output")
    assert project.run("build", "small", "--workers", "1", "--quiet", process=True) == ""
    found = record(project)
    assert found["finished"] and not found["stopped"]
    assert found["seconds"] > 0 and found["peak_mb"] > 0
    folder = project.folder / "output/small"
    latest = json.loads((folder / "latest.json").read_text())
    steps = {(s["stage"], s["part"]): s for s in found["steps"]}
    assert steps.keys() - {("release", "all")} == {(s, p) for s, of in latest.items() for p in of}
    for (stage, part), step in steps.items():
        assert step["ran"] and 0 <= step["began"] <= found["seconds"]
        if stage != "release":
            place = folder / "stages" / stage / latest[stage][part]
            rows = json.loads((place / "manifest.json").read_text())["rows"]
            assert {key: step[key] for key in rows} == rows
            assert json.loads((place / "inputs.json").read_text())
    again = json.loads(project.run("build", "small", "--json"))
    assert again == record(project)
    assert not any(step["ran"] for step in again["steps"])
    known = {(s["stage"], s["part"]): s.get("seconds") for s in again["steps"]}
    assert known == {k: s["seconds"] for k, s in steps.items() if k[0] != "release"}
    names = [p.name for p in project.release.rglob("*")]
    assert not {"build.json", "build.html", "inputs.json"} & set(names)


def test_the_record_says_what_stopped_a_build(built: Project, tmp_path: Path) -> None:
    project = built.copy(tmp_path / "project")
    (project.folder / "raw_sources/abdomen/data/labels/b.nii.gz").write_bytes(b"no volume")
    said = project.run("build", "small", "--workers", "1", code=REJECTED)
    found = record(project)
    assert not found["finished"]
    assert found["stopped"].startswith("TooMuchRejected: abdomen: ")
    assert found["stopped"].partition(": ")[2].splitlines()[0] in said
    assert {s["stage"] for s in found["steps"] if s["ran"]} == {"ingest", "normalise", "tag"}


def test_verbose_says_why_before_it_builds(built: Project, tmp_path: Path) -> None:
    project = built.copy(tmp_path / "project")
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text().replace("title: Small", "title: Smaller"))
    said = project.run("build", "small", "--workers", "1", "--verbose").splitlines()
    assert said[0] == "small: 1 of 16 steps are not up to date"
    assert said[2].strip() == "benchmarks/small.yaml: title is Smaller; it was Small"


def test_the_page_shows_every_step(built: Project, visit: Open) -> None:
    page = visit(built.folder / "output/small/build.html").page
    steps = record(built)["steps"]
    built_ = [s for s in steps if s["ran"]] or steps
    shown = page.locator("tbody th").all_inner_texts()
    assert len(shown) >= len(built_)
    assert "ingest abdomen" in shown and "export" in shown
    assert page.locator("#ran svg").count() == page.locator("#ran tbody tr").count() > 10


def test_commands_speak_json(built: Project, tmp_path: Path) -> None:
    told = json.loads(built.run("check", "small", "--json"))
    assert told["problems"] == [] and told["checked"]["recipe"] == 3
    life = json.loads(built.run("explain", "abdomen/a", "--json"))
    assert life["known"] and life["lines"]
    assert not json.loads(built.run("explain", "nobody", "--json", code=DOCUMENTS))["known"]
    project = built.copy(tmp_path / "project")
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text().replace("seed: 7", "seeds: 7"))
    told = json.loads(project.run("check", "--json", code=DOCUMENTS))
    assert {"file": "benchmarks/small.yaml", "line": 3, "what": "unknown key `seeds`",
            "hint": "did you mean seed?"} in told["problems"]  # fmt: skip
