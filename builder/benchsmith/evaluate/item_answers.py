"""Which models answered which questions of a release correctly: the data for item parameters."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate import answer_log
from benchsmith.evaluate.baselines import chance
from benchsmith.evaluate.compared_runs import run_names
from benchsmith.evaluate.grades import FAULT, grade
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.release_reader import Released
from benchsmith.statistics.cluster_arrays import Floats

KINDS = frozenset({"model", "import", "features"})
"""Kinds of runs that look at pictures; baselines guess."""
LEAST_RUNS = 3
"""Runs without which no parameter can be told from chance."""


@dataclass(frozen=True, slots=True)
class ItemAnswers:
    """The answers of p runs to n questions."""

    name: str
    """Of the release."""
    items: tuple[Item, ...]
    """(n,): those with a key that somebody was asked."""
    runs: tuple[str, ...]
    """(p,)."""
    right: Floats
    """(p, n): 1 right, 0 wrong or no answer, NaN not asked or a failed request."""

    @property
    def guessing(self) -> Floats:
        """The expected score of a random guess, (n,)."""
        return np.array([chance(item)["hit"] for item in self.items])


def read(released: Released, folder: Path) -> ItemAnswers:
    """Return the answers in a folder `answers/` to the questions of a release, as published.

    Runs without pictures, baselines and rotated options are left out. Raises DocumentError if fewer than
    `LEAST_RUNS` runs are left.
    """
    keyed = [item for item in released.items if item.key]
    files = [answer_log.read(path) for path in answer_log.files(folder)]
    kept = [one for one in files if one.answers and one.run.pictures and one.run.kind in KINDS]
    graded = [grade(keyed, one).grades for one in kept]
    named = [
        (name, grades)
        for name, grades in zip(run_names([one.run for one in kept]), graded, strict=True)
        if grades
    ]
    if len(named) < LEAST_RUNS:
        what = f"needs answers of {LEAST_RUNS} models that saw the pictures, and has {len(named)}"
        hint = "ask more models with `benchsmith evaluate`"
        raise DocumentError([Problem(released.name, 1, what, hint)])
    named.sort()
    place = {item.id: n for n, item in enumerate(keyed)}
    right = np.full((len(named), len(keyed)), np.nan)
    for row, (_, grades) in enumerate(named):
        for one in grades:
            if one.shift == 0 and one.outcome != FAULT:
                right[row, place[one.id]] = one.hit
    asked = ~np.isnan(right).all(axis=0)
    return ItemAnswers(
        name=released.name,
        items=tuple(item for item, was in zip(keyed, asked.tolist(), strict=True) if was),
        runs=tuple(name for name, _ in named),
        right=right[:, asked],
    )


def common_items(one: ItemAnswers, other: ItemAnswers) -> tuple[list[int], list[int]]:
    """Return the places of the questions that both releases have, with the same content and key."""
    there = {(item.content, item.key): n for n, item in enumerate(one.items)}
    both = [
        (there[item.content, item.key], n)
        for n, item in enumerate(other.items)
        if (item.content, item.key) in there
    ]
    return [a for a, _ in both], [b for _, b in both]
