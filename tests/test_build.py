"""A whole build: what it makes, that it reconciles, and that its bytes depend on nothing else."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from benchsmith.core.stage_names import STEPS
from tests.conftest import PROJECT, Project


def test_every_stage_reconciles(built: Project) -> None:
    """in + variants = out + left out, in every part of every stage, and in the files' own counts."""
    folder = built.folder / "output/small"
    latest = json.loads((folder / "latest.json").read_text())
    assert tuple(latest) == tuple(sorted(STEPS))
    for stage, parts in latest.items():
        for part, name in parts.items():
            where = folder / "stages" / stage / name
            rows = json.loads((where / "manifest.json").read_text())["rows"]
            assert rows["in"] + rows["variants"] == rows["out"] + rows["rejected"], (stage, part)
            assert rows["variants"] >= 0
            if stage not in ("audit", "export"):
                assert pq.read_metadata(where / "rows.parquet").num_rows == rows["out"]
                assert pq.read_metadata(where / "rejected.parquet").num_rows == rows["rejected"]


def test_one_stage_s_rows_are_the_next_one_s(built: Project) -> None:
    folder = built.folder / "output/small"
    latest = json.loads((folder / "latest.json").read_text())

    def total(stage: str, which: str) -> int:
        return sum(
            json.loads((folder / "stages" / stage / n / "manifest.json").read_text())["rows"][which]
            for n in latest[stage].values()
        )

    for before, after in [
        ("ingest", "normalise"),
        ("normalise", "tag"),
        ("tag", "select"),
        ("select", "ask"),
        ("ask", "render"),
        ("render", "export"),
    ]:
        assert total(before, "out") == total(after, "in"), (before, after)


def test_a_second_build_has_nothing_to_do(built: Project) -> None:
    assert "nothing to do" in built.run("build", "small")


@pytest.mark.parametrize(
    ("workers", "env"),
    [
        ("2", {"PYTHONHASHSEED": "1"}),
        ("1", {"PYTHONHASHSEED": "2", "TZ": "Pacific/Kiritimati", "LC_ALL": "C"}),
        ("3", {"PYTHONHASHSEED": "3", "LANG": "tr_TR.UTF-8", "OMP_NUM_THREADS": "4"}),
    ],
)
def test_the_bytes_depend_on_nothing_else(
    built: Project, project: Project, workers: str, env: dict[str, str]
) -> None:
    project.run("build", "small", "--workers", workers, process=True, **env)
    assert project.bytes_of_release() == built.bytes_of_release()


def test_the_order_in_which_files_are_listed_does_not_matter(
    built: Project, project: Project
) -> None:
    """The same files, written in another order and given another time."""
    data = project.folder / "raw_sources/skin/data"
    pictures = data / "pictures"
    moved = pictures.rename(data / "aside")
    pictures.mkdir()
    for path in sorted(moved.iterdir(), reverse=True):
        shutil.copyfile(path, pictures / path.name)
        os.utime(pictures / path.name, (1, 1))
    shutil.rmtree(moved)
    project.run("build", "small", "--workers", "1")
    assert project.bytes_of_release() == built.bytes_of_release()


def test_a_lost_file_of_the_release_is_put_back(built: Project, project: Project) -> None:
    shutil.copytree(built.folder / "output", project.folder / "output")
    (project.release / "README.md").unlink()
    assert "built" in project.run("build", "small")
    assert project.bytes_of_release() == built.bytes_of_release()


def test_inputs_are_never_written_to(project: Project) -> None:
    def state() -> dict[str, tuple[int, bytes]]:
        folders = ("raw_sources", "lexicon", "question_pools", "benchmarks")
        files = [p for f in folders for p in sorted((project.folder / f).rglob("*")) if p.is_file()]
        return {str(p): (p.stat().st_mtime_ns, p.read_bytes()) for p in files}

    before = state()
    project.run("build", "small", "--workers", "1")
    assert state() == before


def test_a_missing_source_is_left_out_and_reported(project: Project) -> None:
    shutil.rmtree(project.folder / "raw_sources/skin/data")
    said = project.run("build", "small", "--workers", "1")
    assert "left out: skin as a whole" in said
    assert "source-missing" not in said
    manifest = json.loads((project.release / "manifest.json").read_text())
    assert manifest["rejected"]["ingest"]["source-missing"] == 1
    assert "skin" in project.run("explain", "skin")


def test_help_answers_quickly(project: Project) -> None:
    """No test asserts on time; this one holds what makes help slow out of it."""
    code = "import sys, benchsmith.cli; print(sorted({m.split('.')[0] for m in sys.modules}))"
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    ).stdout
    heavy = {
        "numpy",
        "pyarrow",
        "cv2",
        "pydantic",
        "nibabel",
        "pydicom",
        "PIL",
        "jinja2",
        "rich",
        "ruamel",
    }
    assert not heavy & set(json.loads(said.replace("'", '"')))


@pytest.mark.parametrize(
    "words", [[], ["build"], ["check"], ["fetch"], ["explain"], ["draft", "mapping"]]
)
def test_every_command_s_help_shows_an_example(built: Project, words: list[str]) -> None:
    said = built.run(*words, "--help")
    assert not words or "Example: benchsmith" in said


def test_release_has_no_path_of_this_machine(
    built: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    needle = str(tmp_path_factory.getbasetemp().parent).encode()  # above where it was built
    assert not [name for name, data in built.bytes_of_release().items() if needle in data]
