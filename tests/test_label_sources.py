"""Large sources are normalised and tagged in workers: with the same bytes, and a record of each step."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchsmith.cli.app import read_benchmark
from benchsmith.core.silent_progress import Silent
from benchsmith.engine import InLine, engine
from benchsmith.pipeline import label_sources
from benchsmith.pipeline.build import Build
from tests.conftest import Project
from tests.unaudited import unaudited

STAGES = ("normalise", "tag")


def made(output: Path) -> dict[str, bytes]:
    """Return the files of both stages, and those of the release."""
    place = output / "small"
    files = [p for stage in STAGES for p in (place / "stages" / stage).rglob("*") if p.is_file()]
    files += [p for p in (place / "release").rglob("*") if p.is_file()]
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in files}


def test_workers_make_the_same_tables_and_say_so(
    built: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = built.copy(tmp_path / "project").folder
    path = home / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "exports: [parquet, provenance]\n")
    benchmark, library = read_benchmark(home, "small")
    asked: list[str] = []
    real = label_sources.run_jobs

    def counted(context: Any, title: str, work: Any, jobs: Any, name: Any) -> Any:
        asked.extend(job.source.id for job in jobs)
        return real(context, title, work, jobs, name)

    monkeypatch.setattr(label_sources, "run_jobs", counted)
    few = Build("small", benchmark, library, home / "few", InLine(), Silent())
    with unaudited():
        few.run()
    assert not asked, "so few rows are not worth a worker"
    monkeypatch.setattr(label_sources, "MIN_ROWS", 1)
    running = engine(2)
    many = Build("small", benchmark, library, home / "many", running, Silent())
    with unaudited():
        many.run()
    running.close()
    assert sorted(asked) == sorted(benchmark.sources)
    assert made(home / "many") == made(home / "few")
    steps = json.loads((home / "many/small/build.json").read_text())["steps"]
    ran = {(s["stage"], s["part"]) for s in steps if s["ran"]}
    assert {(stage, source) for stage in STAGES for source in benchmark.sources} <= ran
    asked.clear()
    many.run()
    assert not asked, "nothing is out of date"
