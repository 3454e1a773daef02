"""Measure everything that is compared with something, in turn, and write the table of ratios.

    python -m performance.suite [ROUNDS] [FOLDER]      (or `make performance`)

Each run has a process of its own, and ways that are compared take turns, so that what else the
machine does befalls all of them. The table of docs/performance.md gets medians, their spread and
ratios; `performance/profiles/` gets where the time of the demo and of a CT goes. The demo must be
built. Scripts that compare by themselves, or with nothing, are run too, and their tables are kept
in `output/performance/`; `copies` and `published_tree` want files from elsewhere and are not.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from performance.ingest import DO

from performance import phantom

PROJECT = Path(__file__).resolve().parents[1]
PAGE = PROJECT / "docs/performance.md"
BEGIN, END = "<!-- suite: begin -->\n", "<!-- suite: end -->\n"
OURS = {
    "floor": "index",
    "every slice": "render",
    "medsam": "render",
    "by hand": "render",
    "datasets": "render",
    "all pictures": "pictures",
}
"""The way of ours that each other way is measured against."""
ALONE = (
    ("png",),
    ("stages",),
    ("audit",),
    ("lexicon",),
    ("queries", "1000000"),
    ("engines",),
    ("vocabulary",),
    ("review",),
    ("validity",),
    ("selection",),
    ("scale", "100000", "1000000"),
    ("export", "--cases", "26000", "--rounds", "1"),
    ("startup",),
    ("listing",),
)
"""Modules, with their arguments, that need no files from elsewhere and measure by themselves."""
Run = Callable[[], tuple[float, float]]
"""Runs once and returns seconds and peak megabytes."""


def way(name: str, data: Path) -> tuple[float, float]:
    """Run one way of performance/ingest.py."""
    words = [sys.executable, "-m", "performance.ingest", "--child", name, str(data)]
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=PROJECT)
    found = json.loads(done.stdout.splitlines()[-1])
    return found["seconds"], found["peak_mb"]


def command(home: Path, *words: str) -> tuple[float, float]:
    """Run `benchsmith` and return its seconds of wall clock and its peak."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchsmith", *words],
        cwd=home,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "builder")},
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, words
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def edits(scratch: Path) -> dict[str, Run]:
    """Return builds of the demo after an edit, in a copy of the project."""
    names = ("lexicon", "question_pools", "benchmarks", "raw_sources", ".cache")
    for name in names:
        subprocess.run(["/bin/cp", "-a", str(PROJECT / name), str(scratch)], check=True)
    labels = scratch / "lexicon/tree/label.tsv"
    text = labels.read_text("utf-8")
    count = [0]

    def synonym(label: str) -> None:
        count[0] += 1
        rows = [line.split("\t") for line in text.split("\n")]
        for row in rows:
            if row[0] == label:
                row[3] = " | ".join(filter(None, (row[3], f"another word {count[0]}")))
        labels.write_text("\n".join("\t".join(row) for row in rows), "utf-8")

    def edited(label: str) -> tuple[float, float]:
        synonym(label)
        return command(scratch, "build", "demo", "--workers", "2")

    def anew() -> tuple[float, float]:
        subprocess.run(["/bin/rm", "-rf", str(scratch / "output")], check=True)
        labels.write_text(text, "utf-8")
        return command(scratch, "build", "demo", "--workers", "2")

    return {
        "the demo from nothing": anew,
        "the demo again, nothing changed": lambda: command(scratch, "build", "demo"),
        "plan": lambda: command(scratch, "plan", "demo"),
        "a synonym that no source says": lambda: edited("melanoma"),
        "a synonym of a label of the demo": lambda: edited("liver"),
    }


def table(runs: dict[str, list[tuple[float, float]]], against: dict[str, str]) -> Sequence[str]:
    """Return medians, spreads and ratios as lines of Markdown."""
    lines = ["| way | s | spread | peak MB | of ours |", "| --- | --- | --- | --- | --- |"]
    middle = {name: statistics.median(s for s, _ in found) for name, found in runs.items()}
    for name, found in runs.items():
        seconds = [s for s, _ in found]
        ours = against.get(name, name)
        spread = f"{min(seconds):.2f} to {max(seconds):.2f}"
        peak = max(mb for _, mb in found)
        ratio = f"{middle[name] / middle[ours]:.2f}" + (f" of {ours}" if ours != name else "")
        lines.append(f"| {name} | {middle[name]:.2f} | {spread} | {peak:.0f} | {ratio} |")
    return lines


def profiles(data: Path, home: Path) -> None:
    """Write where the time of the demo and of one CT goes."""
    place = Path(__file__).parent / "profiles"
    place.mkdir(exist_ok=True)
    demo = [
        "-m",
        "benchsmith",
        "build",
        "demo",
        "--workers",
        "1",
        "--output",
        str(home / "profiled"),
    ]
    ct = ["-m", "performance.ingest", "--child", "render", str(data)]
    for name, words, where in (("demo", demo, home), ("ct", ct, PROJECT)):
        text = subprocess.run(
            [sys.executable, "-m", "pyinstrument", "-r", "text", "--hide", "*/site-packages/*",
             "-p", "time=percent_of_total", *words],
            cwd=where, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT / "builder")},
        ).stdout  # fmt: skip
        tree = [line.rstrip() for line in text.splitlines() if "%" in line or "─" in line]
        (place / f"{name}.txt").write_text("\n".join(tree[:80]) + "\n", "utf-8")


def main(rounds: int, data: Path) -> None:
    """Run everything and write the page's table."""
    phantom.ct(data)
    phantom.pictures(data / "pictures")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        builds = edits(home)
        ways: dict[str, Run] = {name: lambda name=name: way(name, data) for name in DO}  # type: ignore[misc]
        runs: dict[str, list[tuple[float, float]]] = {name: [] for name in (*ways, *builds)}
        load = os.getloadavg()[0]
        for _ in range(rounds):
            for name, run in (ways | builds).items():
                runs[name].append(run())
                print(f"{name}: {runs[name][-1][0]:.2f} s", flush=True)
        profiles(data, home)
    first = "the demo from nothing"
    against = OURS | {name: first for name in builds if name != first}
    head = [
        f"{rounds} rounds; {os.cpu_count()} processors, with a load of {load:.1f} when they began.",
        "",
    ]
    text = "\n".join([*head, *table(runs, against)]) + "\n"
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(before + BEGIN + text + END + rest.partition(END)[2], "utf-8")
    print(text)
    kept = PROJECT / "output/performance"
    kept.mkdir(parents=True, exist_ok=True)
    for module, *given in ALONE:
        done = subprocess.run(
            [sys.executable, "-m", f"performance.{module}", *given],
            capture_output=True, text=True, check=False, cwd=PROJECT,
        )  # fmt: skip
        (kept / f"{module}.txt").write_text(done.stdout + done.stderr, "utf-8")
        print(f"{module}: exit {done.returncode}", flush=True)


if __name__ == "__main__":
    kept_ = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.gettempdir()) / "phantom"
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5, kept_)
