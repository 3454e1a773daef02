"""Balance: how questions are distributed over answers, sources, patients and demographics."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, informational, not_run
from benchsmith.core.verdicts import FAIL, PASS, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats

AXES = ("task", "department", "modality", "view", "source")
DEMOGRAPHICS = ("sex", "age", "site")
MIN_TARGETS = 20
"""Targets that a stratum needs before its answers are compared."""


def gini(counts: Floats) -> float:
    """Return the Gini coefficient of counts: 0 if all are equal, near 1 if one has everything.

    >>> gini(np.array([5.0, 5.0])), round(gini(np.array([0.0, 10.0])), 3)
    (0.0, 0.5)
    """
    ordered = np.sort(counts)
    n = len(ordered)
    if not n or not ordered.sum():
        return 0.0
    rank = np.arange(1, n + 1)
    return float((2 * rank - n - 1) @ ordered / (n * ordered.sum()))


def _exact(
    bad: bool, says: str, value: float, n: int, mark: float, unit: str, **more: Any
) -> Found:
    outcome = FAIL if bad else PASS
    return Found(outcome=outcome, says=says, value=value, n=n, mark=mark, unit=unit, **more)


@check(
    "F1",
    asks="Are answers about equally frequent?",
    formula="Gini coefficient of targets over labels in each task and modality of a split with 20 or more "
    "targets; the largest value, threshold gini",
    remedy="Lower `quota.per_answer`, or add sources for the rare labels.",
    only_warns=True,
    altered=False,
    labels=True,
)
def label_balance(table: AuditTable, marks: Marks) -> Found:
    """No label is the answer much more often than the others of its task and modality."""
    counts: dict[tuple[str, ...], Counter[str]] = {}
    for row in {row.target: row for row in table.rows}.values():
        counts.setdefault((row.split, row.task, row.modality), Counter())[row.label] += 1
    found = [
        Part(
            name=", ".join(name),
            value=gini(np.array([c[label] for label in sorted(c)], float)),
            n=c.total(),
        )
        for name, c in sorted(counts.items())
        if c.total() >= MIN_TARGETS and len(c) > 1
    ]
    if not found:
        return not_run(f"no task and modality has {MIN_TARGETS} targets of two labels", len(table))
    found.sort(key=lambda p: (-(p.value or 0), p.name))
    worst = found[0].value or 0.0
    bad = [Offender(p.name, f"Gini {p.value:.2f}") for p in found if (p.value or 0) > marks.gini]
    says = (
        f"answers are unequally frequent in {len(bad)} of {len(found)} groups"
        if bad
        else "answers are about equally frequent"
    )
    return _exact(bool(bad), says, worst, len(table), marks.gini, "", parts=found, **named(bad))


@check(
    "F2",
    asks="Is the benchmark free of a dominant source?",
    formula="largest share of questions from one source, threshold source_share",
    remedy="Add sources, or lower the quota of the large ones.",
    only_warns=True,
)
def source_share(table: AuditTable, marks: Marks) -> Found:
    """A benchmark of one source measures that source."""
    counts = Counter(row.source for row in table.rows)
    parts = [
        Part(name=s, value=n / len(table), n=n)
        for s, n in sorted(counts.items(), key=lambda e: (-e[1], e[0]))
    ]
    most = parts[0].value or 0.0
    bad = [
        Offender(p.name, shown(p.value or 0, "%"))
        for p in parts
        if (p.value or 0) > marks.source_share
    ]
    says = f"{parts[0].name} provides {shown(most, '%')} of {len(table)} questions"
    return _exact(
        bool(bad), says, most, len(table), marks.source_share, "%", parts=parts, **named(bad)
    )


@check(
    "F3",
    asks="Do labels have several sources?",
    formula="share of labels with two or more sources, threshold two_sources",
    remedy="Add sources that annotate the labels that only one source has.",
    only_warns=True,
)
def label_sources(table: AuditTable, marks: Marks) -> Found:
    """A label with a single source may be recognised by the look of that source."""
    sources: dict[str, set[str]] = {}
    for row in table.rows:
        sources.setdefault(row.label, set()).add(row.source)
    several = sum(len(s) > 1 for s in sources.values())
    share = several / len(sources)
    says = f"{several} of {len(sources)} labels have two or more sources"
    single = [
        Offender(label, f"only {min(s)}") for label, s in sorted(sources.items()) if len(s) == 1
    ]
    bad = share < marks.two_sources
    return _exact(
        bad, says, share, len(table), marks.two_sources, "%", **named(single if bad else [])
    )


@check(
    "F4",
    asks="Is every cell large enough to be reported?",
    formula="cells of task, modality and granularity in test with fewer than `cell` questions",
    remedy="Report such cells only as part of a larger one.",
    only_warns=True,
)
def small_cells(table: AuditTable, marks: Marks) -> Found:
    """A score over a few questions cannot rank models."""
    asked = [row for row in table.rows if row.split == "test"] or list(table.rows)
    counts = Counter((row.task, row.modality, row.view) for row in asked)
    small = [
        Offender(", ".join(cell), f"{n} questions")
        for cell, n in sorted(counts.items(), key=lambda e: (e[1], e[0]))
        if n < marks.cell
    ]
    says = f"{len(small)} of {len(counts)} cells have fewer than {marks.cell} questions"
    parts = [Part(name=", ".join(c), value=float(n), n=n) for c, n in sorted(counts.items())]
    return _exact(
        bool(small), says, float(len(small)), len(asked), 0.0, "cells", parts=parts, **named(small)
    )


@check(
    "F5",
    asks="Are questions spread over patients and volumes?",
    formula="patients with more than per_patient targets, and images with more than per_volume",
    remedy="Lower `quota.per_volume`, or add patients.",
    needs=("patient", "sample"),
    only_warns=True,
    altered=False,
)
def patient_share(table: AuditTable, marks: Marks) -> Found:
    """Many questions about one person are few observations."""
    targets = {row.target: row for row in table.rows}.values()
    people = Counter(row.patient for row in targets)
    volumes = Counter(row.sample for row in targets)
    over = sum(n > marks.per_patient for n in people.values())
    many = sum(n > marks.per_volume for n in volumes.values())
    most = max(people.values())
    says = (
        f"{over} of {len(people)} patients have more than {marks.per_patient} targets, "
        f"{many} of {len(volumes)} images more than {marks.per_volume}; the largest patient has {most}"
    )
    parts = [
        Part(name="targets per patient, mean", value=len(targets) / len(people), n=len(people)),
        Part(name="targets per patient, maximum", value=float(most), n=len(people)),
        Part(name="targets per image, maximum", value=float(max(volumes.values())), n=len(volumes)),
    ]
    bad = bool(over or many)
    return _exact(bad, says, float(over), len(table), 0.0, "patients", parts=parts)


@check(
    "F6",
    asks="How are the questions distributed over the tree and over people?",
    formula="questions by task, department, modality, granularity and source, and by sex, age "
    "and site if a source gives them; not judged",
    remedy="Nothing to do: see the parts.",
)
def coverage(table: AuditTable, marks: Marks) -> Found:
    """Counts along every axis, and for how many questions demographics are known."""
    parts = []
    for axis in AXES:
        if table.has(axis):
            counts = Counter(str(getattr(row, axis)) for row in table.rows)
            parts += [
                Part(name=f"{axis}: {v}", value=n / len(table), n=n)
                for v, n in sorted(counts.items())
            ]
    known = []
    for name in DEMOGRAPHICS:
        counts = Counter(getattr(row, name) or "not known" for row in table.rows)
        share = 1 - counts["not known"] / len(table)
        known.append(f"{name} for {shown(share, '%')}")
        if name == "sex" or share == 0:
            parts += [
                Part(name=f"{name}: {v}", value=n / len(table), n=n)
                for v, n in sorted(counts.items())
            ]
        else:
            parts.append(
                Part(name=f"{name}: known", value=share, n=len(table) - counts["not known"])
            )
    return informational(f"known: {', '.join(known)} of questions", len(table), parts=parts)
