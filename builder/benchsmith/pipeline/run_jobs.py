"""Run jobs on the engine of a build; no job may be lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from benchsmith.engine import Lost, WorkerLost
from benchsmith.pipeline.context import Context

J = TypeVar("J")
R = TypeVar("R")


def run_jobs(
    context: Context,
    title: str,
    work: Callable[[J], R],
    jobs: Sequence[J],
    name: Callable[[J], str],
    memory: int = 0,
) -> Iterator[tuple[int, R]]:
    """Yield each job's number and its result, in any order; `work` and `memory` as for the engine.

    Raises WorkerLost with the job's name if its worker was killed.
    """
    running = context.engine.map(work, jobs, memory)
    for number, found in context.progress.track(title, len(jobs), running):
        if isinstance(found, Lost):
            raise WorkerLost(f"{name(jobs[number])}: {found.why}")
        yield number, found
