"""Where work runs: in this process, or in a few beside it. The work knows nothing of it."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol, TypeVar

U = TypeVar("U")
R = TypeVar("R")
AHEAD = 2
"""Units handed out for each worker beyond those it works on: enough to keep it busy, few enough
to keep memory bounded."""
PRELOAD = ["numpy", "cv2", "nibabel", "pydicom", "PIL.Image", "builder.stages.ingest"]


class WorkerLost(Exception):
    """A worker process was killed, for instance for want of memory."""


class Engine(Protocol):
    """Runs work over units, and gives the results in the units' order."""

    def map(self, work: Callable[[U], R], units: Sequence[U], /) -> Iterator[R]:
        """Run `work`, a module-level function or a partial of one, on each unit."""


class InLine:
    """Runs work in this process, one unit after another."""

    def map(self, work: Callable[[U], R], units: Sequence[U], /) -> Iterator[R]:
        """Run `work` on each unit."""
        return map(work, units)


class Processes:
    """Runs work in local processes, started afresh (never forked from a threaded one)."""

    def __init__(self, workers: int) -> None:
        self._workers = workers

    def map(self, work: Callable[[U], R], units: Sequence[U], /) -> Iterator[R]:
        """Run `work` on each unit, a few units ahead of the results taken.

        Raises WorkerLost where a worker died; what the work itself raises comes through.
        """
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(PRELOAD)
        workers = min(self._workers, len(units))
        if workers <= 1:
            yield from InLine().map(work, units)
            return
        with ProcessPoolExecutor(workers, mp_context=context) as pool:
            waiting: list[Future[R]] = []
            todo = iter(units)
            try:
                for unit in todo:
                    waiting.append(pool.submit(work, unit))
                    if len(waiting) >= workers * (1 + AHEAD):
                        yield waiting.pop(0).result()
                while waiting:
                    yield waiting.pop(0).result()
            except BrokenProcessPool as error:
                raise WorkerLost("a worker process was killed; is there enough memory?") from error
            finally:
                for future in waiting:
                    future.cancel()


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def engine(workers: int) -> Engine:
    """Return an engine of this many workers; 0 means one for each processor."""
    count = workers or cores()
    return InLine() if count == 1 else Processes(count)
