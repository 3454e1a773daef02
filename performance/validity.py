"""What can be known without looking, with mirrored options and with the published rule's.

    python -m performance.validity [FOLDER]

Builds the cohort of performance/cohort.py (the demo's sources and phantoms) in FOLDER and asks the
same choices twice: as `draw: mirrored` does, and with wrong options drawn uniformly.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from benchsmith.cli.app import read_benchmark
from benchsmith.cli.progress import Lines
from benchsmith.engine import engine
from benchsmith.pipeline.build import Build
from performance.cohort import project

HOME = Path(__file__).parent.parent
DRAW = "mirrored"
SHOWN = ("prior-attack", "prior-attack-strata", "blind-attack", "mirror-pairs")


def main() -> None:
    """Build, and print the guessers of both beside each other."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="cohort-"))
    home = project(HOME, given.resolve(), DRAW)
    name = f"cohort-{DRAW}"
    benchmark, library = read_benchmark(home, name)
    run = Build(name, benchmark, library, home / "output", engine(os.cpu_count() or 1), Lines())
    print(f"{run.run().questions} questions")
    audit = run.audited().audit
    parts = {part.name: part for part in audit.of("published-rule").parts}
    ways = [n.removesuffix(", as drawn here") for n in parts if n.endswith(", as drawn here")]
    print("\n| on test | mirrored, % | published rule, % |\n| --- | --- | --- |")
    for way in ways:
        cells = []
        for whose in ("as drawn here", "by the published rule"):
            part = parts.get(f"{way}, {whose}")
            cells.append("" if part is None else _figure(part.value, part.low, part.high))
        print(f"| {way} | {' | '.join(cells)} |")
    for check in SHOWN:
        verdict = audit.of(check)
        print(f"{check}: {verdict.outcome}, {verdict.figure()}; {verdict.says}")


def _figure(value: float | None, low: float | None, high: float | None) -> str:
    text = f"{100 * (value or 0):.1f}"
    if low is None or high is None:
        return text
    return f"{text} ({100 * low:.1f} to {100 * high:.1f})"


if __name__ == "__main__":
    main()
