"""Run the work on a Dask cluster: a running one, or one of local processes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from importlib.util import find_spec
from threading import Event, Lock, Thread
from typing import Any

from benchsmith import __version__
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.engine.bundles import Bundles, bundle_of, run_bundle
from benchsmith.engine.contract import PREFETCH, Lost, R, U, WorkerLost
from benchsmith.engine.time_limit import late

TIMEOUT_S = 60
"""Seconds for a running cluster to answer and to have a first worker, or to get a worker again."""
POLL_S = 2.0
"""Seconds between two checks for workers."""
ALLOWED_DEATHS = 1
"""Worker deaths on a local cluster after which a unit is put aside, to be retried alone."""
SOLO_ATTEMPTS = 2
"""How often a unit is retried alone; each time the scheduler itself retries it too."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
"""Environment of a local cluster's workers: there are as many as the machine has room for."""
_RUNNING = Lock()


class Cluster:
    """Runs work on the workers of a Dask scheduler.

    Workers must see the same files under the same paths, and have the same version of benchsmith.
    """

    def __init__(
        self, client: Any, about: str, own: Any = None, *, limit_s: float = 0, **size: int
    ) -> None:
        """Use the scheduler of `client`.

        `own` is the cluster if it was started here, and `size` the arguments of its `scale`. A unit
        that takes longer than `limit_s` ends its worker, which its nanny replaces; 0 for no limit.
        """
        self._limit_s = limit_s
        self._client, self._own, self._size = client, own, size
        self.about = about
        self._stop = Event()
        self._running: dict[Any, list[int]] = {}
        Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Replace workers that ended: a process that died while starting, a job at its walltime.

        A cluster that was not started here is not repaired; if it has no worker for `TIMEOUT_S`,
        its units are cancelled, so that the build does not wait forever.
        """
        without_workers = 0.0
        while not self._stop.wait(POLL_S):
            try:
                alive = bool(self._client.nthreads())
                if self._own is not None:
                    self._own.scale(**self._size)
                    alive = True
            except (OSError, RuntimeError):
                alive = False
            without_workers = 0.0 if alive else without_workers + POLL_S
            if without_workers >= TIMEOUT_S and self._running:
                self._client.cancel(list(self._running), force=True)

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work` on each unit; a few bundles are queued ahead of the results taken.

        The scheduler moves the units of a dead worker to others. Units that it gives up are retried
        when nothing else runs: some of them were only queued at a worker that died. `memory` is not
        used, since each worker has its own limit.
        """
        unsure: dict[int, int] = {}
        yield from self._run(work, units, range(len(units)), unsure, PREFETCH)
        for number in sorted(unsure):
            for _ in range(SOLO_ATTEMPTS):
                given_up: dict[int, int] = {}
                start = time.monotonic()
                yield from self._run(work, units, [number], given_up, 0)
                if not given_up:
                    break
                if self._limit_s and time.monotonic() - start >= self._limit_s * given_up[number]:
                    yield number, late(self._limit_s)
                    break
            else:
                yield number, Lost()

    def _run(
        self,
        work: Callable[[U], R],
        units: Sequence[U],
        numbers: Sequence[int],
        given_up: dict[int, int],
        prefetch: int,
    ) -> Iterator[tuple[int, R]]:
        """Run the units `numbers`.

        Those that the scheduler gives up are added to `given_up`, each with the number of workers
        that died while it ran or waited there.
        """
        from distributed import as_completed
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        todo = Bundles(numbers)
        running = self._running = {}
        done = as_completed()
        try:
            while todo or running:
                workers = max(1, len(self._client.nthreads()))
                while todo and len(running) < workers * (1 + prefetch):
                    bundle = todo.next_bundle(workers)
                    own = bundle_of(units, bundle)
                    future = self._client.submit(_run_alone, work, own, self._limit_s, pure=False)
                    running[future] = bundle
                    done.add(future)
                future = next(done)
                bundle = running.pop(future)
                try:
                    results, seconds = future.result()
                except KilledWorker as error:
                    given_up |= dict.fromkeys(bundle, int(error.allowed_failures) + 1)
                    continue
                future.release()
                todo.record(len(bundle), seconds)
                yield from zip(bundle, results, strict=True)
        except (CommClosedError, CancelledError, TimeoutError) as error:
            raise WorkerLost(
                f"the cluster has lost its scheduler or all workers: {error}"
            ) from error
        finally:
            if running:
                self._client.cancel(list(running), force=True)

    def close(self) -> None:
        """Disconnect; a cluster that was started here is stopped."""
        self._stop.set()
        self._client.close()
        if self._own is not None:
            self._own.close()


def _run_alone(work: Callable[[U], R], units: Iterable[U], limit_s: float) -> tuple[list[R], float]:
    """Run one bundle at a time, even if a worker has several threads: readers cache what they read."""
    with _RUNNING:
        return run_bundle(work, units, limit_s)


def require(library: str, name: str) -> None:
    """Raise DocumentError if a library of the extra `cluster` is not installed."""
    if find_spec(library) is None:
        hint = "pip install 'benchsmith[cluster]'"
        what = f"`--engine {name}` needs {library}, which is not installed"
        raise DocumentError([Problem.without_place(what, hint)])


def local(workers: int, limit_s: float = 0) -> Cluster:
    """Start a Dask scheduler with workers on this machine, each a process with a memory limit."""
    require("distributed", f"local-cluster:{workers}")
    import dask
    from distributed import Client, LocalCluster

    # a worker on this machine that does not answer at once is dead
    dask.config.set({"distributed.comm.timeouts.connect": "3s"})
    with dask.config.set(
        {
            "distributed.scheduler.allowed-failures": ALLOWED_DEATHS,
            "distributed.worker.profile.enabled": False,
            # Dask's default makes malloc return each picture's memory to the kernel and get it again
            "distributed.nanny.pre-spawn-environ": ONE_THREAD,
        }
    ):
        own = LocalCluster(
            n_workers=workers, threads_per_worker=1, silence_logs="CRITICAL",
            dashboard_address="127.0.0.1:0",
        )  # fmt: skip
    about = _about(own.dashboard_link, f"{workers} local workers")
    return Cluster(Client(own), about, own, limit_s=limit_s, n=workers)


def remote(address: str, limit_s: float = 0) -> Cluster:
    """Connect to a running cluster.

    Raises DocumentError for an invalid address, and WorkerLost if the cluster does not answer, has no
    worker, or has another version of benchsmith.
    """
    require("distributed", address)
    from distributed import Client

    try:
        client = Client(address, timeout=TIMEOUT_S)
        client.wait_for_workers(1, timeout=TIMEOUT_S)
    except ValueError as error:
        raise DocumentError(
            [Problem.without_place(f"`--engine {address}`: {error}", "")]
        ) from error
    except (OSError, TimeoutError) as error:
        hint = f"start `dask scheduler`, and `dask worker {address} --nthreads 1` on each machine"
        raise WorkerLost(f"there is no worker at {address} ({error}); {hint}") from error
    others = {v for v in client.run(_version).values() if v != __version__}
    if others:
        client.close()
        raise WorkerLost(
            f"the workers at {address} have version {', '.join(sorted(others))} of benchsmith,"
            f" but this is {__version__}: install the same version everywhere"
        )
    count = len(client.nthreads())
    about = _about(client.dashboard_link, f"{count} workers at {address}")
    return Cluster(client, about, limit_s=limit_s)


def _about(link: str, workers: str) -> str:
    return f"{workers}; dashboard: {link}"


def _version() -> str:
    return __version__
