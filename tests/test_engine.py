"""Engines give the same results wherever work runs, and lose no more than what kills its worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.documents.problems import DocumentError
from benchsmith.engine import Engine, Lost, WorkerLost, engine, fork_server, in_order
from benchsmith.engine.bundles import MAX_UNITS, TARGET_S, Bundles
from benchsmith.engine.processes import SOLO_ATTEMPTS
from tests import work
from tests.paths import PROJECT, PYTHONPATH


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    """Return one engine of each kind that runs here."""
    found = {
        "inline": engine(1),
        "processes": engine(2),
        "cluster": engine(2, "local-cluster:2"),
    }
    yield found
    for one in found.values():
        one.close()


KINDS = ["inline", "processes", "cluster"]
KILLED = ["processes", "cluster"]


@pytest.mark.parametrize("kind", KINDS)
def test_every_unit_comes_once(engines: dict[str, Engine], kind: str) -> None:
    numbers = list(range(25))
    found = list(engines[kind].map(work.doubled, numbers))
    assert sorted(n for n, _ in found) == numbers
    assert in_order(found) == [2 * n for n in numbers]
    assert list(engines[kind].map(work.doubled, [])) == []


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_work_raises_comes_through(engines: dict[str, Engine], kind: str) -> None:
    with pytest.raises(ValueError, match="no 3"):
        list(engines[kind].map(work.failing, range(9)))
    assert in_order(engines[kind].map(work.doubled, range(4))) == [0, 2, 4, 6], "it is of use still"


@pytest.mark.parametrize("kind", KINDS)
def test_who_takes_no_more_results_is_not_waited_for(engines: dict[str, Engine], kind: str) -> None:
    running = engines[kind].map(work.doubled, range(1000))
    next(iter(running))
    running.close()  # type: ignore[attr-defined]
    assert in_order(engines[kind].map(work.doubled, range(3))) == [0, 2, 4]


@pytest.mark.parametrize("kind", KILLED)
def test_a_unit_that_kills_its_worker_is_lost_and_no_other(
    engines: dict[str, Engine], kind: str, tmp_path: Path
) -> None:
    killing = frozenset({4, 7}) if kind == "processes" else frozenset({4})
    deadly = partial(work.deadly, deadly=killing, folder=tmp_path, times=99)
    found = in_order(engines[kind].map(deadly, range(12)))
    assert {n for n, one in enumerate(found) if isinstance(one, Lost)} == killing
    others = [one for one in found if not isinstance(one, Lost)]
    assert [n for n, _ in others] == [n for n in range(12) if n not in killing]
    assert os.getpid() not in {process for _, process in others}


@pytest.mark.parametrize("kind", KILLED)
def test_a_worker_that_dies_once_costs_nothing(
    engines: dict[str, Engine], kind: str, tmp_path: Path
) -> None:
    deadly = partial(work.deadly, deadly=frozenset({2}), folder=tmp_path, times=1)
    found = in_order(engines[kind].map(deadly, range(8)))
    assert not any(isinstance(one, Lost) for one in found)
    assert (tmp_path / "2").read_text() == "x", "the worker was killed"


def test_a_unit_is_tried_alone_so_often(tmp_path: Path) -> None:
    deadly = partial(work.deadly, deadly=frozenset({0}), folder=tmp_path, times=1 + SOLO_ATTEMPTS)
    with closing(engine(2)) as processes:
        assert isinstance(in_order(processes.map(deadly, range(3)))[0], Lost)
    assert (tmp_path / "0").read_text() == "x" * (1 + SOLO_ATTEMPTS)


@pytest.mark.parametrize("kind", KILLED)
def test_a_worker_killed_from_outside_costs_nothing(
    engines: dict[str, Engine], kind: str, tmp_path: Path
) -> None:
    """By its process id, in the middle, as an administrator or the kernel would."""
    killed = 0
    found = {}
    for number, result in engines[kind].map(partial(work.slow, folder=tmp_path), range(60)):
        found[number] = result
        if len(found) == 10:
            newest = max(tmp_path.iterdir(), key=lambda p: p.stat().st_mtime_ns)
            killed = int(newest.name.split("-")[1])
            os.kill(killed, signal.SIGKILL)
    assert killed not in (0, os.getpid())
    assert found == {n: n * n for n in range(60)}


def test_a_worker_that_cannot_start_prints_by_our_hook() -> None:
    """In a process of its own: a test may have started this one's fork server with other modules."""
    imports = "from benchsmith.engine import engine, in_order; from tests import work"
    said = subprocess.run(
        [sys.executable, "-c", f"{imports}; print(in_order(engine(2).map(work.printer, [0, 1])))"],
        cwd=PROJECT,
        env={**os.environ, "PYTHONPATH": PYTHONPATH},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert said.stdout.strip() == str([fork_server.__name__] * 2)


def test_the_dashboard_is_where_it_is_said_to_be(engines: dict[str, Engine]) -> None:
    link = engines["cluster"].about.rpartition(" ")[2]
    with urllib.request.urlopen(link, timeout=20) as page:  # noqa: S310
        assert b"Dask" in page.read()


def test_a_scheduler_elsewhere_is_used_and_left_running(engines: dict[str, Engine]) -> None:
    address = engines["cluster"]._client.scheduler.address  # type: ignore[attr-defined]  # noqa: SLF001
    with closing(engine(0, address)) as remote:
        assert in_order(remote.map(work.doubled, range(5))) == [0, 2, 4, 6, 8]
    assert in_order(engines["cluster"].map(work.doubled, range(2))) == [0, 2]


def test_no_scheduler_is_reported_in_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("benchsmith.engine.dask_cluster.TIMEOUT_S", 1)
    with pytest.raises(WorkerLost, match="dask scheduler"):
        engine(0, "tcp://127.0.0.1:9")


@pytest.mark.parametrize("kind", ["dask", "local-cluster:0", "tcp:somewhere", "slurm:"])
def test_an_engine_that_is_none_is_refused(kind: str) -> None:
    with pytest.raises(DocumentError, match="processes, local-cluster:N"):
        engine(0, kind)


@given(count=st.integers(0, 500), workers=st.integers(1, 20), seconds=st.floats(1e-4, 2.0))
def test_bundles_deal_every_unit_once_and_end_small(
    count: int, workers: int, seconds: float
) -> None:
    bundles = Bundles(range(count))
    sizes, dealt = [], []
    while bundles:
        bundle = bundles.next_bundle(workers)
        bundles.record(len(bundle), len(bundle) * seconds)
        dealt += bundle
        sizes.append(len(bundle))
    assert dealt == list(range(count))
    assert all(1 <= size <= MAX_UNITS for size in sizes)
    assert all(size == 1 or size * seconds <= TARGET_S * 1.01 for size in sizes)
    assert sizes[-workers:] == [1] * min(workers, len(sizes)), "the last ones end together"
