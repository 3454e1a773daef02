"""A build does what an edit asks for and no more; `plan` says it before, and the bytes are the same."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from benchsmith import cli
from benchsmith.pipeline.build import Outcome
from benchsmith.pipeline.dry_run import plan_steps
from benchsmith.pipeline.planned_steps import PERHAPS, RUNS, UP_TO_DATE, Step, lines
from tests import world
from tests.conftest import Project
from tests.incremental_edits import EDITS, SOURCES, Todo, change, new_build, ran

EXPORTS = "exports: [parquet, provenance, card, validity]\n"


def release(folder: Path) -> dict[str, bytes]:
    place = folder / "release"
    return {
        p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()
    }


def said(steps: list[Step]) -> dict[tuple[str, str], str]:
    return {(s.stage, s.part): s.status for s in steps}


def copied(built: Project, home: Path) -> None:
    """Copy the built project, to be exported in fewer formats.

    An export is written anew as a whole, so each further one costs time at every build and shows nothing.
    """
    built.copy(home)
    path = home / "benchmarks/small.yaml"
    path.write_text(path.read_text("utf-8") + EXPORTS, "utf-8", newline="\n")


@pytest.fixture(scope="module")
def edits(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a built project whose documents are edited, one edit on top of the other."""
    home = tmp_path_factory.mktemp("edits") / "project"
    copied(built, home)
    new_build(home).run()
    assert set(ran(home / "output/small")) == {("export", "all"), ("release", "all")}
    return home


@pytest.mark.parametrize(
    ("edit", "todo", "reason", "reads"), EDITS, ids=lambda v: getattr(v, "__name__", "")
)
def test_what_plan_says_is_what_build_does(
    edits: Path,
    edit: Callable[[Path], None],
    todo: Todo,
    reason: str,
    reads: int | None,
) -> None:
    """And what it makes is what a build from nothing makes, byte for byte."""
    edit(edits)
    steps = plan_steps(new_build(edits))
    told = said(steps)
    assert {key for key, does in told.items() if does == RUNS} == todo
    perhaps = {key for key, does in told.items() if does == PERHAPS}
    assert perhaps <= {("export", "all")}
    why = [line for step in steps if step.status == RUNS for line in step.why]
    assert not todo or any(reason in line for line in why), why
    assert all(step.why for step in steps if step.status != UP_TO_DATE)
    read = [step for step in steps if step.images and step.status == RUNS]
    if reads is not None:
        assert [step.images - step.reused for step in read] == [reads]
    outcome = new_build(edits).run()
    done = ran(edits / "output/small")
    if ("export", "all") in done:
        del done["release", "all"]
    assert outcome.nothing_to_do == (not done)
    assert set(done) - perhaps == todo
    for step in read:
        assert done[step.stage, step.part]["taken"] == step.reused
    new_build(edits, output="nothing").run()
    assert release(edits / "output/small") == release(edits / "nothing/small")
    shutil.rmtree(edits / "nothing")
    assert set(said(plan_steps(new_build(edits))).values()) == {UP_TO_DATE}


def test_a_new_picture_redraws_no_other(built: Project, tmp_path: Path) -> None:
    """Nothing of a picture is redrawn for a question that was added beside it."""
    home = tmp_path / "project"
    copied(built, home)
    before = ran_or_known(home)
    change(home / "benchmarks/small.yaml", "per_answer: 12", "per_answer: 13")
    new_build(home).run()
    after = ran(home / "output/small")
    taken = sum(after["render", s]["taken"] for s in SOURCES)
    assert taken > 0.5 * sum(before["render", s]["out"] for s in SOURCES)


def ran_or_known(home: Path) -> dict[tuple[str, str], dict[str, Any]]:
    steps = json.loads((home / "output/small/build.json").read_text())["steps"]
    return {(s["stage"], s["part"]): s for s in steps}


def test_two_benchmarks_of_one_source_ingest_it_once(built: Project, tmp_path: Path) -> None:
    home = tmp_path / "project"
    copied(built, home)
    text = (home / "benchmarks/small.yaml").read_text("utf-8")
    world.put(home / "benchmarks/other.yaml", text.replace("seed: 7", "seed: 8"))
    steps = {(s.stage, s.part): s for s in plan_steps(new_build(home, "other"))}
    assert steps["ingest", "abdomen"].why == ("small has the same partition, which will be linked",)
    new_build(home, "other").run()
    done = ran(home / "output/other")
    assert {done["ingest", s]["from"] for s in SOURCES} == {"small"}
    assert done["select", "all"]["from"] == ""
    alone = tmp_path / "alone"
    shutil.copytree(
        home, alone, copy_function=shutil.copy2, ignore=shutil.ignore_patterns("output")
    )
    new_build(alone, "other").run()
    assert release(home / "output/other") == release(alone / "output/other")


def test_clean_removes_what_no_build_needs_and_nothing_else(
    edits: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = edits / "output"
    kept = output / "small/private/answers.json"
    world.put(kept, "{}")
    orphan = output / "gone/stages/ingest/0123"
    world.put(orphan / "manifest.json", "{}")
    world.put(output / "gone/release/README.md", "kept")
    before = release(output / "small")
    latest = json.loads((output / "small/latest.json").read_text())
    needed = {(s, n) for s, of in latest.items() for n in of.values()}

    def there() -> set[tuple[str, str]]:
        return {(p.parent.name, p.name) for p in (output / "small/stages").glob("*/*")}

    surplus = there() - needed
    assert len(surplus) > 5

    def run(*words: str) -> dict[str, Any]:
        app = cli.app
        app(
            [*words, "--json", "--home", str(edits), "--output", str(output)], standalone_mode=False
        )
        found: dict[str, Any] = json.loads(capsys.readouterr().out)
        return found

    told = run("clean", "--dry-run")
    assert there() - needed == surplus
    assert {tuple(f["path"].split("/")[-2:]) for f in told["folders"]} == surplus | {
        ("ingest", "0123")
    }
    assert run("clean")["bytes"] == told["bytes"] > 0
    assert there() == needed
    assert not orphan.exists()
    assert kept.is_file() and (output / "gone/release/README.md").is_file()
    assert release(output / "small") == before
    assert run("clean")["folders"] == []
    assert run("plan", "small")["up_to_date"]


def test_plan_is_reported_in_words(edits: Path) -> None:
    path = edits / "raw_sources/skin/data/pictures/p0.jpg"
    path.write_bytes(path.read_bytes() + b"\0")
    shown = "\n".join(lines("small", plan_steps(new_build(edits))))
    assert "ingest skin runs: 1 of 8 images are read\n    1 image is changed: skin/p0" in shown
    assert "normalise skin runs\n    ingest skin runs" in shown
    assert not any(word in shown for word in ("ingest cells", "tag abdomen"))
    outcome: Outcome = new_build(edits).run()
    assert not outcome.nothing_to_do
