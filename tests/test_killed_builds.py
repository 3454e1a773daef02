"""A build whose workers are killed has the same bytes; what it lost is reported, and built by the next."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from benchsmith.cli.app import read_benchmark
from benchsmith.core.silent_progress import Silent
from benchsmith.engine import Engine, Lost, engine
from benchsmith.pipeline.build import Build
from tests.conftest import Project
from tests.paths import PYTHONPATH


def build(project: Project, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "benchsmith", "build", "small", *words],
        cwd=project.folder, env={**os.environ, "PYTHONPATH": PYTHONPATH},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def below(process: int) -> list[tuple[int, bytes]]:
    """Return the processes below a process, with their command lines."""
    found: dict[int, tuple[int, bytes]] = {}
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            found[int(path.name)] = parent, (path / "cmdline").read_bytes()
        except OSError:  # it has ended meanwhile
            continue
    own = {process}
    while more := {p for p, (parent, _) in found.items() if parent in own} - own:
        own |= more
    return sorted((p, found[p][1]) for p in own - {process})


@pytest.mark.parametrize("words", [("--workers", "2"), ("--engine", "local-cluster:2")])
def test_a_build_whose_workers_are_killed_ends_with_the_same_bytes(
    built: Project, project: Project, words: tuple[str, str]
) -> None:
    """Kill a worker by its process id as soon as the first source is ingested."""
    running = build(project, *words)
    stages = project.folder / "output/small/stages"
    deadline = time.monotonic() + 120
    while running.poll() is None and time.monotonic() < deadline:
        if any(p.parent.name[0] != "." for p in stages.glob("ingest/*/manifest.json")):
            break
        time.sleep(0.02)
    workers = [p for p, line in below(running.pid) if b"resource_tracker" not in line]
    assert workers, running.communicate(timeout=120)[0]
    os.kill(workers[-1], signal.SIGKILL)
    said = running.communicate(timeout=120)[0]
    assert running.returncode == 0, said
    assert project.bytes_of_release() == built.bytes_of_release()


class Losing:
    """An engine on which the workers of some pictures die."""

    about = ""

    def __init__(self, *names: str) -> None:
        self.names = names

    def map(self, work: Any, units: Sequence[Any], /, memory: int = 0) -> Iterator[tuple[int, Any]]:
        """Run work here, where nobody dies."""
        for number, unit in enumerate(units):
            name = getattr(unit, "sample", "") or unit.unit.sample
            yield number, Lost() if name in self.names else work(unit)

    def close(self) -> None:
        """There is nothing to let go."""


@pytest.mark.parametrize(
    ("stage", "lost"), [("ingest", ["cells"]), ("render", ["skin", "abdomen"])]
)
def test_what_a_dead_worker_cost_is_reported_and_built_by_the_next_build(
    built: Project, project: Project, stage: str, lost: list[str]
) -> None:
    benchmark, library = read_benchmark(project.folder, "small")
    tolerant = benchmark.model_copy(
        update={"tolerate": benchmark.tolerate.model_copy(update={"faults": 1.0})}
    )

    def run(at_work: Engine) -> None:
        output = project.folder / "output"
        Build("small", tolerant, library, output, at_work, Silent()).run()

    samples = tables_of(built, "ingest", "samples.parquet", "id")
    lost = [next(s for s in samples if s.startswith(source)) for source in lost]
    if stage == "render":
        run(engine(1))
        shutil.rmtree(project.folder / "output/small/stages/render")
        shutil.rmtree(project.folder / "output/small/stages/export")
    run(Losing(*lost))
    said = (project.folder / "output/small/left_out.tsv").read_text()
    assert all(f"\t{stage}\tworker-died\t{name}" in said for name in lost)
    run(engine(1))
    assert "worker-died" not in (project.folder / "output/small/left_out.tsv").read_text()
    files = project.bytes_of_release()
    shutil.rmtree(project.folder / "output")
    run(engine(1))
    assert project.bytes_of_release() == files


def tables_of(project: Project, stage: str, file: str, column: str) -> list[str]:
    """Return a column of a stage's tables."""
    found = (project.folder / "output/small/stages" / stage).glob(f"*/{file}")
    return sorted(v for p in found for v in pq.read_table(p)[column].to_pylist())
