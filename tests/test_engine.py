"""Engines give the same results wherever work runs, and lose no more than what kills its worker."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchsmith.cli.app import read_benchmark
from benchsmith.core.silent_progress import Silent
from benchsmith.documents.problems import DocumentError
from benchsmith.engine import Engine, Lost, WorkerLost, engine, fork_server, in_order, machine
from benchsmith.engine.bundles import MAX_UNITS, TARGET_S, Bundles
from benchsmith.engine.processes import SOLO_ATTEMPTS
from benchsmith.engine.slurm import SlurmJobs, cluster_of
from benchsmith.pipeline.build import Build
from tests import work
from tests.conftest import Project
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


def test_no_scheduler_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("benchsmith.engine.dask_cluster.TIMEOUT_S", 1)
    with pytest.raises(WorkerLost, match="dask scheduler"):
        engine(0, "tcp://127.0.0.1:9")


@pytest.mark.parametrize("kind", ["dask", "local-cluster:0", "tcp:somewhere", "slurm:"])
def test_an_engine_that_is_none_is_refused(kind: str) -> None:
    with pytest.raises(DocumentError, match="processes, local-cluster:N"):
        engine(0, kind)


JOBS = """\
jobs: 40
workers: 16
memory: 64GB
walltime: 04:00:00
queue: short
account: imaging
scratch: /scratch/me
before: [module load python/3.12]
directives: [--constraint=avx2]
"""


def test_a_job_asks_slurm_for_what_the_file_says(tmp_path: Path) -> None:
    pytest.importorskip("dask_jobqueue")
    jobs = SlurmJobs(jobs=40, workers=16, memory="64GB", walltime="04:00:00", queue="short",
                account="imaging", scratch="/scratch/me", before=("module load python/3.12",),
                directives=("--constraint=avx2",))  # fmt: skip
    with closing(cluster_of(jobs)) as own:
        script = own.job_script().splitlines()
    for line in ("#SBATCH -J benchsmith", "#SBATCH -p short", "#SBATCH -A imaging",
                 "#SBATCH --cpus-per-task=16", "#SBATCH --mem=60G", "#SBATCH -t 04:00:00",
                 "#SBATCH --constraint=avx2"):  # fmt: skip
        assert line in script
    last = script[-1]
    assert script.index("module load python/3.12") < script.index(last)
    assert sys.executable in last
    assert "--nworkers 16" in last and "--nthreads 1" in last and "--memory-limit 3.73GiB" in last


def test_every_mistake_in_a_slurm_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cluster.yaml"
    path.write_text(JOBS.replace("64GB", "much").replace("jobs: 40", "job: 40"))
    with pytest.raises(DocumentError) as said:
        engine(0, f"slurm:{path}")
    text = str(said.value)
    assert "cluster.yaml:3" in text and "job" in text and "jobs" in text


def group(root: Path, **files: str) -> None:
    """Write a machine's files below another root: `/` of a name is spelled `__`."""
    for name, text in files.items():
        path = root / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


MEMINFO = "MemTotal: 32000000 kB\nMemAvailable: 20000000 kB\n"


def test_a_machine_without_groups_is_what_it_says(tmp_path: Path) -> None:
    group(tmp_path, proc__meminfo=MEMINFO)
    assert machine.free_memory(tmp_path) == 20_000_000 << 10
    assert machine.cores(tmp_path) == machine.cores() or machine.cores() == 1
    assert machine.free_memory(tmp_path / "nowhere") == 0
    assert machine.workers(1 << 60, tmp_path / "nowhere") == machine.cores(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("quota", "most"), [("100000 100000", 1), ("50000 100000", 1), ("max 1", 99)]
)
def test_a_group_of_its_own_or_above_bounds_the_processors(
    tmp_path: Path, quota: str, most: int
) -> None:
    group(tmp_path, proc__self__cgroup="0::/slice/own\n", sys__fs__cgroup__slice__own__cpu_DOT_max="max 100000", sys__fs__cgroup__slice__cpu_DOT_max=quota)  # fmt: skip
    assert machine.cores(tmp_path) == min(most, machine.cores(tmp_path / "nowhere"))


def test_cached_files_of_a_group_count_as_free(tmp_path: Path) -> None:
    group(tmp_path, proc__meminfo=MEMINFO, proc__self__cgroup="0::/\n", sys__fs__cgroup__memory_DOT_max="8000", sys__fs__cgroup__memory_DOT_current="5000", sys__fs__cgroup__memory_DOT_stat="anon 3000\ninactive_file 1500\n")  # fmt: skip
    assert machine.free_memory(tmp_path) == 8000 - 5000 + 1500
    assert machine.workers(4000, tmp_path) == 1
    (tmp_path / "sys/fs/cgroup/memory.max").write_text("max")
    assert machine.free_memory(tmp_path) == 20_000_000 << 10


def test_a_group_of_the_first_kind_bounds_too(tmp_path: Path) -> None:
    group(tmp_path, proc__meminfo=MEMINFO, proc__self__cgroup="5:cpu,cpuacct:/own\n4:memory:/own\n", sys__fs__cgroup__cpu__own__cpu_DOT_cfs_quota_us="100000", sys__fs__cgroup__cpu__own__cpu_DOT_cfs_period_us="100000", sys__fs__cgroup__memory__own__memory_DOT_limit_in_bytes="9000", sys__fs__cgroup__memory__own__memory_DOT_usage_in_bytes="1000")  # fmt: skip
    assert machine.cores(tmp_path) == 1
    assert machine.free_memory(tmp_path) == 8000


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
def test_what_a_dead_worker_cost_is_said_and_made_good_by_the_next_build(
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
