"""What can be known without looking, by the draw of wrong options.

    python -m performance.draws [FOLDER] [SEEDS]

Builds the cohort of performance/cohort.py (the demo's sources and phantoms) in FOLDER with each draw
and each of SEEDS seeds (3), and prints the means of what guessers reach above chance, in points.
"""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from benchsmith.cli.app import read_benchmark
from benchsmith.cli.progress import Lines
from benchsmith.core.errors import GateFailed
from benchsmith.engine import engine
from benchsmith.pipeline.build import Build
from performance.cohort import project

HOME = Path(__file__).parent.parent
DRAWS = ("uniform", "matched", "mirrored", "mirrored-open")
FIRST_SEED = 7000
FIGURES = ("best guesser", "model of words", "answering together", "knowing the other keys")
"""All in points above chance, but for the third: points above answering one by one."""


def main() -> None:
    """Build, and print a row for each draw."""
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp(prefix="draws-"))
    seeds = range(int(sys.argv[2]) if len(sys.argv) > 2 else 3)
    print(f"| benchmark | draw | questions | chance | {' | '.join(FIGURES)} |")
    print(f"| --- | --- {'| --- ' * (len(FIGURES) + 2)}|")
    for name in ("demo", "cohort"):
        for draw in DRAWS:
            home = project(HOME, given.resolve(), draw)
            place = (HOME, name) if name == "demo" else (home, f"cohort-{draw}")
            found = [_measure(*place, draw, seed, given) for seed in seeds]
            mean = [sum(row[n] for row in found) / len(found) for n in range(len(found[0]))]
            cells = [f"{mean[0]:.0f}", *(f"{100 * figure:.1f}" for figure in mean[1:])]
            print(f"| {name} | {draw} | {' | '.join(cells)} |", flush=True)


def _measure(home: Path, name: str, draw: str, seed: int, out: Path) -> list[float]:
    """Return the number of questions, chance as a share, and each of `FIGURES` as shares."""
    benchmark, library = read_benchmark(home, name)
    options = benchmark.options.model_copy(update={"draw": draw})
    benchmark = benchmark.model_copy(
        update={"seed": FIRST_SEED + seed, "options": options, "exports": ("parquet",)}
    )
    run = Build(
        f"{name}-{draw}-{seed}",
        benchmark,
        library,
        out / "output",
        engine(os.cpu_count() or 1),
        Lines(),
    )
    with contextlib.suppress(GateFailed):
        run.run()
    release = run.audited()
    items = list(release.items())
    asked = [item.question for item in items]
    one = [1 / len(question.options) for question in asked if not question.several]
    chance = sum(one) / len(one)
    audit = release.audit
    guessers = audit.of("prior-attack")
    words = next(p for p in audit.of("blind-attack").parts if p.name == "five-fold")
    cards = audit.of("card-counting")
    known = max(p.value or 0.0 for p in cards.parts if p.name.endswith("others' key"))
    return [
        len(items),
        chance,
        (guessers.value or chance) - chance,
        (words.value or chance) - chance,
        cards.value or 0.0,
        known - chance if cards.parts else 0.0,
    ]


if __name__ == "__main__":
    main()
