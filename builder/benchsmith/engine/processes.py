"""Run the work in local processes, which are never forked from a process with threads."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from typing import Any

from benchsmith.core import interrupts
from benchsmith.engine import machine
from benchsmith.engine.bundles import Bundles, bundle_of, run_bundle
from benchsmith.engine.contract import PREFETCH, Lost, R, U
from benchsmith.engine.time_limit import late
from benchsmith.engine.worker_pool import WorkerPool

SOLO_ATTEMPTS = 2
"""How often a unit is tried alone after a worker died while the unit was running or queued."""


class Processes:
    """Runs work in a number of processes; 0 for as many as processors and memory allow.

    A unit that takes longer than `limit_s` ends its worker; 0 for no limit.
    """

    about = ""

    def __init__(self, workers: int = 0, limit_s: float = 0) -> None:
        self._limit_s = limit_s
        self._workers = workers
        self._pool: WorkerPool | None = None
        self._size = 0
        self._running: dict[Future[Any], list[int]] = {}

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work` on each unit; a few bundles are queued ahead of the results taken.

        If a worker is killed, it is unknown which unit it was running. So every unit that was
        running or queued is retried alone, up to `SOLO_ATTEMPTS` times.
        """
        todo = Bundles(range(len(units)))
        while todo:
            unsure: list[int] = []
            yield from self._together(work, units, todo, memory, unsure)
            for number in sorted(unsure):
                yield number, _alone(work, units[number], self._limit_s)

    def _together(
        self,
        work: Callable[[U], R],
        units: Sequence[U],
        todo: Bundles,
        memory: int,
        unsure: list[int],
    ) -> Iterator[tuple[int, R]]:
        """Run the units of `todo`; if a worker dies, stop and add the unfinished ones to `unsure`."""
        size = self._workers or machine.workers(memory)
        pool = self._open(work, size)
        running: dict[Future[tuple[list[R], float]], list[int]] = {}
        self._running = running
        try:
            while running or (todo and not unsure):
                while todo and not unsure and len(running) < size * (1 + PREFETCH):
                    numbers = todo.next_bundle(size)
                    try:
                        future = pool.submit(
                            run_bundle, work, bundle_of(units, numbers), self._limit_s
                        )
                        running[future] = numbers
                    except BrokenProcessPool:
                        unsure += numbers
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    numbers = running.pop(future)
                    try:
                        results, seconds = future.result()
                    except BrokenProcessPool:
                        unsure += numbers
                        continue
                    todo.record(len(numbers), seconds)
                    yield from zip(numbers, results, strict=True)
        finally:
            if running or unsure:  # a worker died, or nobody wants the results
                self.close()

    def _open(self, work: Callable[..., Any], size: int) -> WorkerPool:
        """Return a pool of `size` workers; the last pool is reused, since starting takes seconds."""
        if self._pool is None or self._size != size:
            self.close()
            self._pool, self._size = WorkerPool(work, size), size
        return self._pool

    def close(self) -> None:
        """Stop the workers; at once if units are still running, because nobody takes their results."""
        pool, self._pool = self._pool, None
        if pool is not None and (self._running or interrupts.received()):
            pool.kill()
        elif pool is not None:
            pool.close()
        self._running = {}


def _alone(work: Callable[[U], R], unit: U, limit_s: float) -> R | Lost:
    for _ in range(SOLO_ATTEMPTS):
        with closing(WorkerPool(work, 1)) as pool:
            start = time.monotonic()
            try:
                results: list[R] = pool.submit(run_bundle, work, [unit], limit_s).result()[0]
                return results[0]
            except BrokenProcessPool:
                if limit_s and time.monotonic() - start >= limit_s:
                    return late(limit_s)
            except KeyboardInterrupt:
                pool.kill()
                raise
    return Lost()
