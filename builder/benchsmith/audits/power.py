"""Power and chance: reference figures for reading scores on this benchmark."""

from __future__ import annotations

from math import sqrt

import numpy as np

from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.contract import check, informational
from benchsmith.core.verdicts import Found, Part, shown
from benchsmith.documents.benchmark import Marks

DISCORDANCE = 0.3
"""Assumed share of questions that exactly one of two models gets right."""
INTRACLASS_CORRELATION = 0.2
"""Assumed correlation of hits within a patient."""
QUANTILES = 2.8016
"""Normal quantiles for a two-sided test at 5 % with 80 % power: 1.960 + 0.842."""


def smallest_difference(sizes: np.ndarray) -> float:
    """Return the smallest difference in accuracy between two models that can be detected, 0 to 1.

    `sizes` are the numbers of questions per patient, (patients,) float64. The result is
    ``2.8016 * sqrt(0.3 * D / n)``, where the design effect D is ``1 + (sum m^2 / n - 1) * 0.2``
    (Kish 1965, for clusters of unequal size).
    """
    n = float(sizes.sum())
    effect = 1 + (float((sizes**2).sum()) / n - 1) * INTRACLASS_CORRELATION
    return min(1.0, QUANTILES * sqrt(DISCORDANCE * effect / n))


@check(
    "P1",
    asks="What is the smallest detectable difference between two models?",
    formula="2.80 sqrt(0.3 D / n) on test: paired comparison, exactly one model right on 30 % of questions, "
    "5 % two-sided, 80 % power; D = 1 + (sum m^2 / n - 1) x 0.2 for m questions per patient",
    remedy="Add patients rather than questions about the same patients.",
)
def power(table: AuditTable, marks: Marks) -> Found:
    """The difference below which a ranking is due to chance."""
    asked = table.in_split("test")
    asked = asked if asked.any() else np.ones(len(table), bool)
    whole = _difference(table, asked)
    parts = []
    for axis in ("task", "modality", "view"):
        of, names = table.codes(axis)
        for i, name in enumerate(names):
            here = asked & (of == i)
            if here.any():
                parts.append(
                    Part(name=f"{axis}: {name}", value=_difference(table, here), n=int(here.sum()))
                )
    n = int(asked.sum())
    says = f"{n} questions can detect a difference of {shown(whole, '%')} between two models"
    return informational(says, n, value=whole, unit="%", parts=parts)


def _difference(table: AuditTable, which: Mask) -> float:
    column = "group" if table.has("group") else "target"
    sizes = np.bincount(table.codes(column)[0][which])
    return smallest_difference(sizes[sizes > 0].astype(float))


@check(
    "P2",
    asks="What does random guessing score?",
    formula="mean of (right options / options), over all questions and for each group",
    remedy="Nothing to do: compare scores with it, group by group.",
)
def chance(table: AuditTable, marks: Marks) -> Found:
    """The expected score of a random guess."""
    whole = float(table.chance.mean())
    parts = []
    for axis in ("split", "task", "modality", "view"):
        of, names = table.codes(axis)
        for i, name in enumerate(names):
            here = of == i
            parts.append(
                Part(
                    name=f"{axis}: {name}",
                    value=float(table.chance[here].mean()),
                    n=int(here.sum()),
                )
            )
    return informational(
        f"a random guess scores {shown(whole, '%')}", len(table), value=whole, unit="%", parts=parts
    )
