"""What an engine costs beside the work, by the size of a task and the number of workers.

    python -m performance.task_sizes [ROUNDS]

A task uses a processor for a given time and returns its number. CPU seconds are those of this process and of
all that it started, read from /proc before and after the tasks of a size; starting an engine is told apart.
What is left when the tasks' own time is taken away is the engine's: dispatching, waiting, heartbeats. Needs
Linux, and the extras dev and cluster.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections import defaultdict
from contextlib import closing
from functools import partial
from pathlib import Path

from benchsmith.engine import Engine, engine
from benchsmith.engine.processes import Processes

TASKS = {0.001: 2000, 0.01: 300, 0.1: 40, 1.0: 8}
"""CPU seconds of a task, and how many tasks."""
WORKERS = (2, 4, 8)
TICKS = os.sysconf("SC_CLK_TCK")
KINDS = ("processes", "local-cluster")


def spin(number: int, seconds: float) -> tuple[int, float]:
    """Use a processor for some seconds of its time; return the number, and the time that it took."""
    start = time.process_time()
    while (spent := time.process_time() - start) < seconds:
        pass
    return number, spent


def cpu_of_family() -> float:
    """Return the CPU seconds of this process and its descendants, and of those that have ended."""
    parents: dict[int, list[int]] = defaultdict(list)
    ticks: dict[int, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended
        number = int(folder.name)
        parents[int(fields[1])].append(number)
        ticks[number] = sum(map(int, fields[11:15]))  # user and system, own and of ended children
    family, found = [os.getpid()], 0
    while family:
        one = family.pop()
        found += ticks.get(one, 0)
        family += parents[one]
    return found / TICKS


def start(kind: str, workers: int) -> Engine:
    """Start an engine of a kind."""
    return Processes(workers) if kind == "processes" else engine(workers, f"{kind}:{workers}")


def main(rounds: int) -> None:
    """Print a table: by kind and number of workers what starting takes, and what a task of each size does."""
    begun: dict[tuple[str, int], list[float]] = defaultdict(list)
    over: dict[tuple[str, int, float], list[float]] = defaultdict(list)
    load = os.getloadavg()[0]
    for _ in range(rounds):
        for workers in WORKERS:
            for kind in KINDS:
                before = cpu_of_family()
                with closing(start(kind, workers)) as at_work:
                    # all workers are there, and have their imports
                    list(at_work.map(partial(spin, seconds=0.05), range(4 * workers)))
                    begun[kind, workers].append(cpu_of_family() - before - 0.05 * 4 * workers)
                    for seconds, count in TASKS.items():
                        before = cpu_of_family()
                        found = [
                            r for _, r in at_work.map(partial(spin, seconds=seconds), range(count))
                        ]
                        own = sum(spent for _, spent in found)
                        assert sorted(number for number, _ in found) == list(range(count))
                        over[kind, workers, seconds].append(
                            (cpu_of_family() - before - own) / count
                        )
    print(f"medians of {rounds}; load before: {load:.1f}; {os.cpu_count()} processors\n")
    print(
        "| engine | workers | start, CPU s | "
        + " | ".join(f"task of {1000 * s:.0f} ms" for s in TASKS)
        + " |"
    )
    print("| --- |" + " --- |" * (len(TASKS) + 2))
    for (kind, workers), each in sorted(
        begun.items(), key=lambda one: (KINDS.index(one[0][0]), one[0][1])
    ):
        cells = []
        for seconds in TASKS:
            cost = statistics.median(over[kind, workers, seconds])
            cells.append(f"{1000 * cost:.2f} ms ({100 * cost / seconds:.1f} %)")
        print(f"| `{kind}` | {workers} | {statistics.median(each):.1f} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
