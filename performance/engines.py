"""Measure what an engine costs, and what workers give, on the same ingest.

    python -m performance.engines [ROUNDS] [FOLDER]

Two kinds of work: 12 volumes of 512 x 512 x 200 with 25 labels each, and 2,000 pictures. Engines
take turns. Starting one is told apart from the work: it happens once a build. Needs the extras dev
and cluster.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from performance import layouts, ours

VOLUMES = 12
ENGINES = {
    "in line": (1, "processes"),
    "1 process": (1, "alone"),
    "2 processes": (2, "processes"),
    "local-cluster:1": (1, "local-cluster:1"),
    "local-cluster:2": (2, "local-cluster:2"),
}


def work(data: Path, scratch: Path) -> dict[str, tuple[Any, list[Any]]]:
    """Return a function and units of each kind of work."""
    from benchsmith.documents.benchmark import Slices
    from benchsmith.stages.ingest import ingest

    found = {}
    for kind, layout in (("volumes", "nifti"), ("pictures", "pictures")):
        (scratch / kind).mkdir()
        units, readers = ours.prepared(layout, layouts.made(layout, data), scratch / kind)
        if kind == "volumes":
            units = [replace(units[0], key=f"{n:02}") for n in range(VOLUMES)]
        found[kind] = partial(ingest, settings=Slices(), plugins=readers), units
    return found


def engine(workers: int, kind: str) -> Any:
    """Start an engine; `alone` is one worker process, which no command line gives."""
    from benchsmith.engine import engine as chosen
    from benchsmith.engine.processes import Processes

    return Processes(workers) if kind == "alone" else chosen(workers, kind)


def main(rounds: int, data: Path) -> None:
    """Run every engine in turn and print medians and ratios."""
    seconds: dict[tuple[str, str], list[float]] = {}
    starting: dict[str, list[float]] = {}
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        todo = work(data, Path(scratch))
        for _ in range(rounds):
            for name, (workers, kind) in ENGINES.items():
                start = time.perf_counter()
                with closing(engine(workers, kind)) as at_work:
                    for function, units in todo.values():  # every worker has its imports
                        list(at_work.map(function, units[: 2 * workers]))
                    starting.setdefault(name, []).append(time.perf_counter() - start)
                    for what, (function, units) in todo.items():
                        start = time.perf_counter()
                        count = sum(
                            len(found.findings) for _, found in at_work.map(function, units)
                        )
                        assert count
                        seconds.setdefault((what, name), []).append(time.perf_counter() - start)
    print(f"load before: {load:.1f}; {os.cpu_count()} processors\n")
    print("| work | " + " | ".join(ENGINES) + " | 1 to 2 processes | cluster / processes |")
    print("| --- |" + " --- |" * (len(ENGINES) + 2))
    for what in todo:
        s = {name: statistics.median(seconds[what, name]) for name in ENGINES}
        spread = {name: f"{s[name]:.2f} s ({min(seconds[what, name]):.2f}-{max(seconds[what, name]):.2f})" for name in ENGINES}  # fmt: skip
        print(
            f"| {what} | {' | '.join(spread.values())} | {s['1 process'] / s['2 processes']:.2f} "
            f"| {s['local-cluster:2'] / s['2 processes']:.2f} |"
        )
    begun = [f"{statistics.median(starting[name]):.1f} s" for name in ENGINES]
    print("| start and first units | " + " | ".join(begun) + " | | |")


if __name__ == "__main__":
    kept = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / "layouts"
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, kept)
