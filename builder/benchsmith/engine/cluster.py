"""Work on a Dask cluster: one that runs already, or one of local processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from importlib.util import find_spec
from threading import Event, Lock, Thread
from typing import Any

from benchsmith import __version__
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.engine.bundles import Bundles, several
from benchsmith.engine.contract import AHEAD, Lost, R, U, WorkerLost

PATIENCE_S = 60
"""How long a cluster that runs already may take to answer, and to have a first worker."""
LOOK_S = 2.0
"""How often it is looked whether workers are there."""
DEATHS = 1
"""Deaths of a local cluster's workers after which a unit waits to be tried alone."""
ALONE = 2
"""How often a unit is tried alone; the scheduler itself tries it more than once each time."""
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
"""Of the environment of a local cluster's workers, which are as many as there is room for."""
_AT_WORK = Lock()


class Cluster:
    """Runs work on the workers of a Dask scheduler, whoever started them.

    Workers read the same files under the same names, and have the same version of the program.
    """

    def __init__(self, client: Any, about: str, own: Any = None, **size: int) -> None:
        """Take a client; beside it a cluster that was started here, and its size for `scale`."""
        self._client, self._own, self._size = client, own, size
        self.about = about
        self._stop = Event()
        self._running: dict[Any, list[int]] = {}
        Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        """Start again what has ended: a process that died while it began, a job at its walltime.

        Where that is not ours to do and no worker is left, nobody waits for ever.
        """
        alone = 0.0
        while not self._stop.wait(LOOK_S):
            try:
                there = bool(self._client.nthreads())
                if self._own is not None:
                    self._own.scale(**self._size)
                    there = True
            except (OSError, RuntimeError):
                there = False
            alone = 0.0 if there else alone + LOOK_S
            if alone >= PATIENCE_S and self._running:
                self._client.cancel(list(self._running), force=True)

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work` on each unit, a few units ahead of the results taken.

        The scheduler gives the units of a dead worker to others. What it gives up is tried again
        when nothing else runs, since units that only waited there are blamed as well.
        `memory` is the workers' own business: each has its limit.
        """
        unsure: list[int] = []
        yield from self._run(work, units, range(len(units)), unsure, AHEAD)
        for number in sorted(unsure):
            for _ in range(ALONE):
                gone: list[int] = []
                yield from self._run(work, units, [number], gone, 0)
                if not gone:
                    break
            else:
                yield number, Lost()

    def _run(
        self,
        work: Callable[[U], R],
        units: Sequence[U],
        numbers: Sequence[int],
        given_up: list[int],
        ahead: int,
    ) -> Iterator[tuple[int, R]]:
        from distributed import as_completed
        from distributed.comm import CommClosedError
        from distributed.scheduler import KilledWorker

        todo = Bundles(numbers)
        running = self._running = {}
        done = as_completed()
        try:
            while todo or running:
                workers = max(1, len(self._client.nthreads()))
                while todo and len(running) < workers * (1 + ahead):
                    bundle = todo.deal(workers)
                    given = [units[n] for n in bundle]
                    future = self._client.submit(_call, work, given, pure=False)
                    running[future] = bundle
                    done.add(future)
                future = next(done)
                bundle = running.pop(future)
                try:
                    results, seconds = future.result()
                except KilledWorker:
                    given_up += bundle
                    continue
                future.release()
                todo.took(len(bundle), seconds)
                yield from zip(bundle, results, strict=True)
        except (CommClosedError, CancelledError, TimeoutError) as error:
            raise WorkerLost(
                f"the cluster has no scheduler or no worker any more: {error}"
            ) from error
        finally:
            if running:
                self._client.cancel(list(running), force=True)

    def close(self) -> None:
        """Take leave; a cluster that was started here ends."""
        self._stop.set()
        self._client.close()
        if self._own is not None:
            self._own.close()


def _call(work: Callable[[U], R], units: Sequence[U]) -> tuple[list[R], float]:
    """Run one bundle at a time, whatever number of threads a worker has: readers keep what they read."""
    with _AT_WORK:
        return several(work, units)


def needs(library: str, name: str) -> None:
    """Raise DocumentError where a library of the extra `cluster` is not here."""
    if find_spec(library) is None:
        hint = "pip install 'benchsmith[cluster]'"
        raise DocumentError(
            [Problem.without_place(f"`--engine {name}` needs {library}, which is not here", hint)]
        )


def local(workers: int) -> Cluster:
    """Start so many processes below a Dask scheduler on this machine, each with its memory limit."""
    needs("distributed", f"local-cluster:{workers}")
    import dask
    from distributed import Client, LocalCluster

    # a worker of this machine that does not answer at once is dead: nobody waits for it
    dask.config.set({"distributed.comm.timeouts.connect": "3s"})
    with dask.config.set(
        {
            "distributed.scheduler.allowed-failures": DEATHS,
            "distributed.worker.profile.enabled": False,
            # Dask's own has malloc give each picture's memory back to the kernel, and take it anew
            "distributed.nanny.pre-spawn-environ": ONE_THREAD,
        }
    ):
        own = LocalCluster(
            n_workers=workers, threads_per_worker=1, silence_logs="CRITICAL",
            dashboard_address="127.0.0.1:0",
        )  # fmt: skip
    return Cluster(
        Client(own), _about(own.dashboard_link, f"{workers} local workers"), own, n=workers
    )


def remote(address: str) -> Cluster:
    """Use a cluster that runs already. Raises WorkerLost where it does not answer, or not rightly."""
    needs("distributed", address)
    from distributed import Client

    try:
        client = Client(address, timeout=PATIENCE_S)
        client.wait_for_workers(1, timeout=PATIENCE_S)
    except ValueError as error:
        raise DocumentError(
            [Problem.without_place(f"`--engine {address}`: {error}", "")]
        ) from error
    except (OSError, TimeoutError) as error:
        hint = f"start `dask scheduler`, and `dask worker {address} --nthreads 1` on each machine"
        raise WorkerLost(f"no worker is to be had at {address} ({error}); {hint}") from error
    others = {v for v in client.run(_version).values() if v != __version__}
    if others:
        client.close()
        raise WorkerLost(
            f"the workers at {address} have version {', '.join(sorted(others))} of benchsmith,"
            f" this is {__version__}: install the same one on both sides"
        )
    count = len(client.nthreads())
    return Cluster(client, _about(client.dashboard_link, f"{count} workers at {address}"))


def _about(link: str, workers: str) -> str:
    return f"{workers}; watch them at {link}"


def _version() -> str:
    return __version__
