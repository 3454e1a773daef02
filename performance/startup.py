"""What commands cost that have little to do: processor seconds, beside what Python and libraries take.

    python -m performance.startup [ROUNDS]

Commands run in turn, each in a process of its own, in this project, whose demo must be built. The first
round is not counted: it compiles modules and writes caches.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
NEW = "NEW"
"""Stands for a folder that does not exist yet."""
WAYS = {
    "python alone": ["-c", "pass"],
    "import numpy, pydantic, pyarrow.parquet": ["-c", "import numpy, pydantic, pyarrow.parquet"],
    "benchsmith --help": ["-m", "benchsmith", "--help"],
    "benchsmith explain liver": ["-m", "benchsmith", "explain", "liver"],
    "benchsmith plan demo": ["-m", "benchsmith", "plan", "demo"],
    "benchsmith build demo": ["-m", "benchsmith", "build", "demo"],
    "benchsmith check": ["-m", "benchsmith", "check"],
    "benchsmith show demo modality=ct --count 2": [
        "-m",
        "benchsmith",
        "show",
        "demo",
        "modality=ct",
        "--count",
        "2",
        "--pictures",
        "blocks",
    ],
    "benchsmith explore demo --out": ["-m", "benchsmith", "explore", "demo", "--out", NEW],
    "benchsmith subset modality=*": [
        "-m",
        "benchsmith",
        "subset",
        "modality=*",
        "--from",
        "demo",
        "--to",
        NEW,
    ],
    "benchsmith subset modality=ct": [
        "-m",
        "benchsmith",
        "subset",
        "modality=ct",
        "--from",
        "demo",
        "--to",
        NEW,
    ],
}


def seconds(words: list[str]) -> float:
    """Run Python with some arguments; return its processor seconds and those of its children."""
    with tempfile.TemporaryDirectory() as folder:
        words = [str(Path(folder) / "new") if word == NEW else word for word in words]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, *words], check=True, cwd=PROJECT, stdout=subprocess.DEVNULL,
                       env={**os.environ, "PYTHONPATH": str(PROJECT / "builder")})  # fmt: skip
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a table of medians and spreads."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    found: dict[str, list[float]] = {name: [] for name in WAYS}
    for number in range(rounds + 1):
        for name, words in WAYS.items():
            taken = seconds(words)
            if number:
                found[name].append(taken)
    print(f"medians of {rounds}, with a load of {os.getloadavg()[0]:.1f}\n")
    print("| what | CPU s | spread |\n| --- | --- | --- |")
    for name, each in found.items():
        print(f"| {name} | {statistics.median(each):.2f} | {min(each):.2f} to {max(each):.2f} |")


if __name__ == "__main__":
    main()
