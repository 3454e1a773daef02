"""The time limit: an image that takes too long is stopped, nothing is decided about it, and the rest is done."""

from __future__ import annotations

import os
import shutil
import time

import pytest

from benchsmith.cli.app import read_benchmark
from benchsmith.core.silent_progress import Silent
from benchsmith.engine import Lost, WorkerLost, engine, in_order
from benchsmith.engine.time_limit import TimeUp, stopped_after
from benchsmith.pipeline.build import Build
from benchsmith.stages import ingest
from tests.conftest import Project


def wait(seconds: float) -> float:
    """Wait in steps, and catch whatever a reader catches."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            time.sleep(0.01)
        except Exception as error:
            raise AssertionError from error
    return seconds


@pytest.mark.parametrize(
    "kind", ["inline", "processes", pytest.param("local-cluster:1", marks=pytest.mark.slow)]
)
def test_a_slow_unit_is_lost_and_the_others_are_done(kind: str) -> None:
    at_work = engine(1 + (kind == "processes"), kind.replace("inline", "processes"), limit_s=1.0)
    try:
        found = in_order(at_work.map(wait, [0.0, 30.0, 0.01, 0.0]))
    finally:
        at_work.close()
    assert [found[0], found[2], found[3]] == [0.0, 0.01, 0.0]
    assert isinstance(found[1], Lost)
    assert found[1].late
    assert "longer than 1 s" in found[1].why


def test_without_a_limit_nothing_is_stopped() -> None:
    with stopped_after(0):
        wait(0.02)
    with pytest.raises(TimeUp), stopped_after(0.02):
        wait(30)
    wait(0.05)


def test_a_slow_image_stops_the_release_and_is_read_by_the_next_build(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = project.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "exports: [parquet, provenance]\n")
    benchmark, library = read_benchmark(project.folder, "small")
    output = project.folder / "output"
    slow: list[str] = []
    read_now: list[str] = []
    real = ingest.ingest

    def read(unit: ingest.Unit, *rest: object, **more: object) -> ingest.Ingested:
        if not slow:
            slow.append(unit.sample)
        read_now.append(unit.sample)
        if os.environ.get("SLOW") and unit.sample == slow[0]:
            wait(60)
        return real(unit, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest, "ingest", read)
    monkeypatch.setenv("SLOW", "yes")
    with pytest.raises(WorkerLost, match="no release is written") as caught:
        Build("small", benchmark, library, output, engine(1, limit_s=3), Silent()).run()
    assert slow[0] in str(caught.value)
    assert caught.value.exit_code == 4
    assert not (output / "small/release").exists()
    monkeypatch.delenv("SLOW")
    read_now.clear()
    Build("small", benchmark, library, output, engine(1, limit_s=3000), Silent()).run()
    left = (output / "small/left_out.tsv").read_text()
    assert "worker-died" not in left
    assert (output / "small/release").is_dir()
    assert read_now == slow, "the other images were read"
    assert not list(output.glob("small/stages/*/*-incomplete"))
    inside = {
        p.relative_to(output): p.read_bytes() for p in (output / "small/release").rglob("*.*")
    }
    shutil.rmtree(output)
    Build("small", benchmark, library, output, engine(1), Silent()).run()
    assert inside == {
        p.relative_to(output): p.read_bytes() for p in (output / "small/release").rglob("*.*")
    }
