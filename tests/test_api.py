"""The public Python interface: whole results or errors, and nothing heavy before it is used."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import benchsmith
from benchsmith.cli.app import ENVIRONMENT
from tests.conftest import Project as World
from tests.paths import PROJECT


def test_every_public_name_is_there_and_documented() -> None:
    for name in benchsmith.__all__:
        value = getattr(benchsmith, name)
        assert name == "__version__" or value.__doc__, name
    assert benchsmith.__all__ == sorted(benchsmith.__all__)
    assert dir(benchsmith) == benchsmith.__all__
    assert (PROJECT / "builder/benchsmith/py.typed").is_file()


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nosuch'"):
        _ = benchsmith.nosuch


def test_importing_it_imports_nothing_heavy() -> None:
    code = (
        "import sys, benchsmith\n"
        "heavy = {'numpy', 'pandas', 'pyarrow', 'pydantic', 'nibabel', 'cv2', 'duckdb'}\n"
        "print(sorted(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_future_import_does_not_hide_a_room() -> None:
    from benchsmith import annotations

    assert annotations.__name__ == "benchsmith.annotations"


def test_a_project_lists_checks_and_plans(built: World) -> None:
    project = benchsmith.Project(built.folder)
    assert project.benchmarks == ("small",)
    assert project.sources == tuple(
        sorted(p.parent.name for p in built.folder.glob("raw_sources/*/recipe.yaml"))
    )
    counts = project.check()
    assert counts.benchmarks == 1
    assert counts.recipes == len(project.sources)
    assert counts.labels == len(project.lexicon().labels.terms)
    assert {step.status for step in project.plan("small")} == {"up to date"}


def test_a_project_builds_and_opens_what_the_command_builds(built: World, tmp_path: Path) -> None:
    project = benchsmith.Project(built.folder, output=tmp_path)
    outcome = project.build("small", workers=1)
    assert outcome.folder == tmp_path / "small/release"
    written = {p.relative_to(outcome.folder).as_posix(): p.read_bytes()
               for p in outcome.folder.rglob("*") if p.is_file()}  # fmt: skip
    assert written == built.bytes_of_release()
    assert project.build("small", workers=1).nothing_to_do
    assert len(project.release("small")) == outcome.questions


def test_a_release_is_a_table_with_pictures(built: World, tmp_path: Path) -> None:
    from datasets import load_dataset

    release = benchsmith.load_release(built.release)
    cases = release.cases
    theirs = [
        row
        for part in load_dataset(str(built.release), cache_dir=str(tmp_path)).values()
        for row in part
    ]
    assert {row["id"]: (row["question"], row["answer"], row["split"]) for row in theirs} == {
        row.id: (row.question, row.answer, row.split) for row in cases.itertuples()
    }
    row = theirs[len(theirs) // 2]
    picture = release.picture(row["id"])
    assert picture.mode == "RGB"
    assert picture.tobytes() == row["image"].convert("RGB").tobytes()


def test_replies_are_scored_by_id(built: World) -> None:
    release = benchsmith.load_release(built.release)
    key = {row.id: row.answer for row in release.cases.itertuples()}
    right = release.score(key)
    assert {row["micro"] for row in right.rows} == {1.0}
    assert (right.cases, right.absent, right.unknown) == (len(release), 0, ())
    half = dict(list(key.items())[::2])
    fewer = release.score({**half, "nosuch": "A"})
    assert fewer.absent == len(release) - len(half)
    assert fewer.unknown == ("nosuch",)


def test_what_is_not_there_is_reported(built: World, tmp_path: Path) -> None:
    release = benchsmith.load_release(built.release)
    with pytest.raises(benchsmith.UnknownCase, match="has no case 'nosuch'"):
        release.picture("nosuch")
    with pytest.raises(KeyError):
        release.picture("nosuch")
    with pytest.raises(
        benchsmith.InputMissing, match="run `benchsmith build small` first"
    ) as found:
        benchsmith.Project(built.folder, output=tmp_path).release("small")
    assert found.value.exit_code == ENVIRONMENT
    with pytest.raises(benchsmith.DocumentError):
        benchsmith.load_release(tmp_path)


def test_all_problems_are_raised_at_once(project: World) -> None:
    """Reading never returns half a lexicon."""
    labels = project.folder / "lexicon/tree/label.tsv"
    lines = labels.read_text("utf-8").splitlines()
    labels.write_text("\n".join([*lines, "Bad Id\t\tbad", "worse\tnowhere\tworse"]) + "\n", "utf-8")
    opened = benchsmith.Project(project.folder)
    for attempt in (opened.lexicon, opened.check, lambda: opened.build("small")):
        with pytest.raises(benchsmith.DocumentError) as found:
            attempt()
        said = str(found.value)
        for number in (len(lines) + 1, len(lines) + 2):
            assert re.search(rf"label\.tsv:{number}: ", said), said


def test_the_documented_example_runs(built: World) -> None:
    """The example in the package's docstring, with this project's names in it."""
    text = (benchsmith.__doc__ or "").split("::\n\n")[1].split("\n\nA function")[0]
    ids = benchsmith.load_release(built.release).cases.id
    code = "\n".join(line.strip() for line in text.splitlines())
    code = code.replace("my-project", str(built.folder)).replace("demo", "small")
    code = code.replace("697d30135698c5c4", ids[0]).replace(
        'build("small")', 'build("small", workers=1)'
    )
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102  it is our own docstring
    outcome = names["outcome"]
    assert isinstance(outcome, benchsmith.Outcome)
    assert outcome.questions == len(ids)


def test_check_counts_for_programs(built: World) -> None:
    said = json.loads(built.run("check", "--json"))
    assert said["problems"] == []
    assert said["checked"]["benchmark"] == 1
