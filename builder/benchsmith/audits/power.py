"""Power and chance: what a score on this benchmark can show."""

from __future__ import annotations

from math import sqrt

import numpy as np

from benchsmith.audits.contract import check, told
from benchsmith.audits.exam import Exam, Mask
from benchsmith.core.verdicts import Found, Part, shown
from benchsmith.documents.benchmark import Marks

DISCORDANCE = 0.3
"""Share of questions that one of two models has right and the other wrong."""
LIKENESS = 0.2
"""Correlation of hits within a patient (intraclass)."""
NEEDED = 2.8016
"""Normal quantiles for a two-sided test at 5 % with 80 % power: 1.960 + 0.842."""


def smallest_difference(sizes: np.ndarray) -> float:
    """Return the difference in accuracy that two models must have to be told apart.

    `sizes` are the questions of each patient. ``2.8016 * sqrt(0.3 * D / n)``, where the design effect
    D is ``1 + (sum m^2 / n - 1) * 0.2`` (Kish 1965, for clusters of unequal size).
    """
    n = float(sizes.sum())
    effect = 1 + (float((sizes**2).sum()) / n - 1) * LIKENESS
    return min(1.0, NEEDED * sqrt(DISCORDANCE * effect / n))


@check(
    "P1",
    asks="How small a difference between two models can be shown?",
    formula="2.80 sqrt(0.3 D / n) on test: paired comparison, 30 % of questions on which just one model is "
    "right, 5 % two-sided, 80 % power; D = 1 + (sum m^2 / n - 1) x 0.2 for m questions a patient",
    remedy="Add patients rather than questions of the same patients.",
)
def power(exam: Exam, marks: Marks) -> Found:
    """The difference below which a ranking is luck."""
    asked = exam.split("test")
    asked = asked if asked.any() else np.ones(len(exam), bool)
    whole = _difference(exam, asked)
    parts = []
    for axis in ("task", "modality", "view"):
        of, names = exam.codes(axis)
        for i, name in enumerate(names):
            here = asked & (of == i)
            if here.any():
                parts.append(
                    Part(name=f"{axis}: {name}", value=_difference(exam, here), n=int(here.sum()))
                )
    n = int(asked.sum())
    says = f"two models must differ by {shown(whole, '%')} to be told apart by {n} questions"
    return told(says, n, value=whole, unit="%", parts=parts)


def _difference(exam: Exam, which: Mask) -> float:
    column = "group" if exam.has("group") else "target"
    sizes = np.bincount(exam.codes(column)[0][which])
    return smallest_difference(sizes[sizes > 0].astype(float))


@check(
    "P2",
    asks="What does guessing at random score?",
    formula="mean of (right options / options), over all questions and for each group",
    remedy="Nothing to do: compare scores with it, group by group.",
)
def chance(exam: Exam, marks: Marks) -> Found:
    """The score of nobody."""
    whole = float(exam.chance.mean())
    parts = []
    for axis in ("split", "task", "modality", "view"):
        of, names = exam.codes(axis)
        for i, name in enumerate(names):
            here = of == i
            parts.append(
                Part(
                    name=f"{axis}: {name}", value=float(exam.chance[here].mean()), n=int(here.sum())
                )
            )
    return told(
        f"a random guess scores {shown(whole, '%')}", len(exam), value=whole, unit="%", parts=parts
    )
