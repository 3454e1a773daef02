"""Run one way on one layout in a process of its own, or all of them in turn.

    python -m performance.compare FOLDER [--rounds N] [--layouts nifti,masks] [--ways ours,careful]
                                  [--peers PYTHON]

A way is named by who does it, and by what: `ours index`, `careful pictures`. Libraries are imported
before the clock starts, as in a worker that stays, and from cached bytecode. `--peers` names another
Python that has the extra `peers`.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from performance import layouts

HOME = Path(__file__).resolve().parents[1]
Way = Callable[[str, Path, Path], int]
OTHERS = {
    "SA-Med2D, in OpenCV": "peers:every_slice",
    "MedSAM's scripts": "medsam:prepare",
    "MONAI": "loaders:monai",
    "TorchIO": "loaders:torchio",
}
"""Ways of others with a label volume in NIfTI, and the functions that do them."""
NEEDS = {"MONAI": "monai", "TorchIO": "torchio", "MedSAM's scripts": "cc3d"}
"""The package that a way needs, of the extra `peers`."""


FACTS = ("ours facts", "ours pairs")
"""Ways that measure structures in three dimensions, which the peers do not."""


def ways(layout: str) -> list[str]:
    """Return the ways of a layout, in the order of the table."""
    if layout == "crowded":
        return ["ours index", *FACTS]
    found = [
        f"{who} {what}" for what in ("index", "pictures") for who in ("floor", "ours", "careful")
    ]
    return found + ([*FACTS, *OTHERS] if layout == "nifti" else [])


def function_of(layout: str, way: str) -> Way:
    """Return the function that does a way on a layout."""
    if way in OTHERS:
        module, _, name = OTHERS[way].partition(":")
    else:
        who, what = way.split()
        module = "pairs" if what == "pairs" else {"floor": "floors"}.get(who, who)
        name = what
        if (layout, who) == ("pictures", "careful"):
            name = {"index": "measure_pictures", "pictures": "write_pictures"}[what]
    found: Way = getattr(import_module(f"performance.{module}"), name)
    return found


def _used() -> float:
    """Return the processor's seconds of this process and of those that it has waited for."""
    return sum(
        usage.ru_utime + usage.ru_stime
        for usage in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _peak() -> float:
    """Return the largest resident set of this program, in MB; that of its parent does not count."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def child(layout: str, way: str, home: Path) -> dict[str, Any]:
    """Do one run here and return what it took."""
    folder = layouts.made(layout, home)
    function = function_of(layout, way)
    module = sys.modules[function.__module__]
    if warm := getattr(module, "imports", None):
        warm()
    with (
        tempfile.TemporaryDirectory(dir=home) as scratch,
        tempfile.TemporaryDirectory(dir=home) as aside,
    ):
        before = getattr(module, "prepared", None)
        given = {"given": before(layout, folder, Path(aside))} if before else {}
        base, used, start = _peak(), _used(), time.perf_counter()
        made = function(layout, folder, Path(scratch), **given)
        found = {
            "wall": time.perf_counter() - start,
            "cpu": _used() - used,
            "peak_mb": _peak(),
            "base_mb": base,
            "made": made,
        }
        if way == "floor pictures":
            import_module("performance.floors").check(folder, Path(scratch))
    return found


def run(layout: str, way: str, home: Path, python: str = sys.executable) -> dict[str, Any]:
    """Do one run in a process of its own."""
    words = [python, "-m", "performance.compare", str(home), "--child", layout, way]
    path = os.pathsep.join([str(HOME / "builder"), str(HOME)])
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, cwd=HOME,
        env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": ""},
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{layout}, {way}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def draw_once(layout: str, home: Path) -> None:
    """Keep the pictures that ours draws of a layout, for the floor."""
    folder = layouts.made(layout, home)
    kept = folder / "drawn"
    kept.mkdir(exist_ok=True)
    for old in kept.iterdir():
        old.unlink()
    ours = import_module("performance.ours")
    with (
        tempfile.TemporaryDirectory(dir=home) as scratch,
        tempfile.TemporaryDirectory(dir=home) as aside,
    ):
        ours.pictures(layout, folder, Path(scratch), ours.prepared(layout, folder, Path(aside)))
        for path in Path(scratch).glob("*.png"):
            path.rename(kept / path.name)


def absent(way: str, python: str) -> bool:
    """Return whether a way's package is not there."""
    need = NEEDS.get(way)
    return bool(need) and bool(
        subprocess.run(
            [python, "-c", f"import {need}"], capture_output=True, check=False
        ).returncode
    )


def in_turn(
    home: Path, rounds: int, chosen: Mapping[str, Sequence[str]], peers: str
) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """Yield every run's layout, way and result; ways of a layout take turns. None where it is absent."""
    for layout, listed in chosen.items():
        if "floor pictures" in listed:
            draw_once(layout, home)
        there = []
        for way in listed:
            if absent(way, peers):
                yield layout, way, None
            else:
                there.append(way)
        for _ in range(rounds):
            for way in there:
                yield (
                    layout,
                    way,
                    run(layout, way, home, peers if way in OTHERS else sys.executable),
                )


def main() -> None:
    """Print what every run took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--layouts", default=",".join(layouts.LAYOUTS))
    parser.add_argument("--ways", default="")
    parser.add_argument("--peers", default=sys.executable)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        print(json.dumps(child(*given.child, given.home)))
        return
    chosen = {
        one: [w for w in ways(one) if not given.ways or w in given.ways.split(",")]
        for one in given.layouts.split(",")
    }
    for layout, way, found in in_turn(given.home, given.rounds, chosen, given.peers):
        text = "absent" if found is None else (
            f"{found['cpu']:6.2f} CPU s, {found['wall']:6.2f} s, "
            f"{found['peak_mb']:5.0f} MB (+{found['peak_mb'] - found['base_mb']:.0f}), {found['made']}"
        )  # fmt: skip
        print(f"{layout:10}{way:22}{text}", flush=True)


if __name__ == "__main__":
    main()
