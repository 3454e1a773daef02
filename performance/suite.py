"""Measure everything that is compared with something, in turn, and write docs/performance.md.

    python -m performance.suite [--rounds 3] [--folder FOLDER] [--peers PYTHON]    (or `make performance`)

Each run has a process of its own, and ways that are compared take turns, so that what else the
machine does befalls all of them. The page is written by this module alone: what it says and all of its
numbers; every run is kept in `output/performance/runs.json`. The demo must be built.
With `--profiles` the folder `performance/profiles/` gets where the time of the demo and of a CT goes, which
takes one more build of the demo. With `--parts` the scripts that compare by themselves, or with nothing,
run too, and what they print is kept in `output/performance/`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from performance import compare, layouts, page

PROJECT = Path(__file__).resolve().parents[1]
LONG = {"pictures": 3}
"""Layouts whose runs are long: they get a third of the rounds."""
ALONE = (
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
    ("asking",),
)
"""Modules, with their arguments, that need no files from elsewhere and measure by themselves."""
RUNS = PROJECT / "output/performance/runs.json"
Build = Callable[[], dict[str, Any]]
Found = dict[str, dict[str, list[dict[str, Any]]]]


def command(home: Path, *words: str) -> dict[str, Any]:
    """Run `benchsmith` and return its seconds and its peak, as `compare` does."""
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "benchsmith", *words],
        cwd=home,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(PROJECT / "builder"), "PYTHONDONTWRITEBYTECODE": ""},
    )
    _, status, usage = os.wait4(process.pid, 0)
    assert status == 0, words
    return {
        "wall": time.perf_counter() - start,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak_mb": usage.ru_maxrss / 1024,
        "base_mb": 0.0,
        "made": "",
    }


def builds(scratch: Path) -> dict[str, Build]:
    """Return builds of the demo after an edit, in a copy of the project."""
    for name in ("lexicon", "question_pools", "benchmarks", "raw_sources", ".cache"):
        subprocess.run(["/bin/cp", "-a", str(PROJECT / name), str(scratch)], check=True)
    labels = scratch / "lexicon/tree/label.tsv"
    text = labels.read_text("utf-8")
    count = [0]

    def edited(label: str) -> dict[str, Any]:
        count[0] += 1
        rows = [line.split("\t") for line in text.split("\n")]
        for row in rows:
            if row[0] == label:
                row[3] = " | ".join(filter(None, (row[3], f"another word {count[0]}")))
        labels.write_text("\n".join("\t".join(row) for row in rows), "utf-8")
        return command(scratch, "build", "demo", "--workers", "2")

    def anew() -> dict[str, Any]:
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


def profiles(data: Path, home: Path) -> None:
    """Write where the time of the demo and of one CT goes."""
    place = Path(__file__).parent / "profiles"
    place.mkdir(exist_ok=True)
    output = str(home / "profiled")
    demo = ["-m", "benchsmith", "build", "demo", "--workers", "1", "--output", output]
    ct = ["-m", "performance.compare", str(data), "--child", "nifti", "ours pictures"]
    for name, words, where in (("demo", demo, home), ("ct", ct, PROJECT)):
        text = subprocess.run(
            [sys.executable, "-m", "pyinstrument", "-r", "text", "--hide", "*/site-packages/*",
             "-p", "time=percent_of_total", *words],
            cwd=where, capture_output=True, text=True, check=True,
            env={**os.environ, "PYTHONPATH": str(PROJECT / "builder")},
        ).stdout  # fmt: skip
        tree = [line.rstrip() for line in text.splitlines() if "%" in line or "─" in line]
        (place / f"{name}.txt").write_text("\n".join(tree[:80]) + "\n", "utf-8")


def module(name: str, *given: str) -> str:
    """Run a module of this folder and return what it prints."""
    words = [sys.executable, "-m", f"performance.{name}", *given]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=PROJECT)
    print(f"{name}: exit {done.returncode}", flush=True)
    return done.stdout + ("" if done.returncode == 0 else done.stderr)


def compared(rounds: int, data: Path, peers: str, chosen_layouts: list[str]) -> Found:
    """Run every way of layouts in turn; an empty list stands for a way that is absent."""
    found: Found = {}
    for layout in chosen_layouts:
        some = max(1, rounds // LONG.get(layout, 1))
        chosen: Mapping[str, list[str]] = {layout: compare.ways(layout)}
        for _, way, run in compare.in_turn(data, some, chosen, peers):
            runs = found.setdefault(layout, {}).setdefault(way, [])
            if run is not None:
                runs.append(run)
                print(f"{layout}, {way}: {run['cpu']:.2f} s", flush=True)
        check_alike(layout, found[layout])
        _keep({"ways": found, "builds": {}, "load": os.getloadavg()[0]})
    return found


def check_alike(layout: str, ways: dict[str, list[dict[str, Any]]]) -> None:
    """Refuse to compare ways that do not make the same number of things."""
    for what in ("index", "pictures"):
        made = {run["made"] for who in ("ours", "careful") for run in ways.get(f"{who} {what}", ())}
        assert len(made) <= 1, f"{layout}: ours and the careful peer make {sorted(made)}"


def _keep(runs: dict[str, Any]) -> None:
    """Write what was measured so far, so that a run that is stopped is not lost."""
    RUNS.parent.mkdir(parents=True, exist_ok=True)
    RUNS.write_text(json.dumps(runs, indent=1), "utf-8")


def main() -> None:
    """Run everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "layouts")
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--layouts", default=",".join(layouts.LAYOUTS))
    parser.add_argument("--no-builds", action="store_true", help="leave the demo out")
    parser.add_argument("--page", action="store_true", help="write the page of the last runs alone")
    parser.add_argument("--profiles", action="store_true", help="write where time goes, too")
    parser.add_argument("--parts", action="store_true", help="run the scripts of parts, too")
    given = parser.parse_args()
    if not given.page:
        _measure(given)
    runs = json.loads(RUNS.read_text("utf-8"))
    written = page.written(
        runs["ways"], runs["builds"], module("stages"), module("png"), runs["load"]
    )
    (PROJECT / "docs/performance.md").write_text(written, "utf-8")
    for name, *words in ALONE if given.parts else ():
        (RUNS.parent / f"{name}.txt").write_text(module(name, *words), "utf-8")


def _measure(given: argparse.Namespace) -> None:
    """Run the ways and the builds, and keep what they took."""
    load, data = os.getloadavg()[0], given.folder.resolve()
    found = compared(given.rounds, data, given.peers, given.layouts.split(","))
    runs: dict[str, list[dict[str, Any]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        todo = {} if given.no_builds else builds(Path(folder))
        for _ in range(max(1, given.rounds // 3)):
            for name, run in todo.items():
                runs.setdefault(name, []).append(run())
                print(f"{name}: {runs[name][-1]['cpu']:.2f} s", flush=True)
        if todo and given.profiles:
            profiles(data, Path(folder))
    _keep({"ways": found, "builds": runs, "load": load})


if __name__ == "__main__":
    main()
