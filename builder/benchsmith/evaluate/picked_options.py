"""The choice of each model for each question, for display on pages."""

from __future__ import annotations

from pathlib import Path

from benchsmith.evaluate import answer_log
from benchsmith.evaluate.compared_runs import run_names
from benchsmith.evaluate.grades import FAULT, grade
from benchsmith.evaluate.release_reader import Released


def picked_options(released: Released, folder: Path) -> dict[str, dict[str, tuple[int, ...]]]:
    """Return the positions of the chosen options by name of the run and id of the case.

    `folder` is a benchmark's `answers/`. Cases without a key, failed requests and questions with rotated
    options are left out. A reply in which no choice can be read chooses nothing.
    """
    keyed = [item for item in released.items if item.key]
    files = [answer_log.read(path) for path in answer_log.files(folder)]
    names = run_names([one.run for one in files])
    return {
        name: {g.id: tuple(g.picked) for g in grade(keyed, one).grades if g.shift == 0 and g.outcome != FAULT}
        for name, one in zip(names, files, strict=True)
        if one.answers
    }  # fmt: skip
