"""Balance: how the questions lie over answers, sources, patients and groups of people."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from benchsmith.audits.contract import check, not_run, told
from benchsmith.audits.exam import Exam
from benchsmith.core.verdicts import FAIL, PASS, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats

AXES = ("task", "department", "modality", "view", "source")
PEOPLE = ("sex", "age", "site")
JUDGED = 20
"""Targets that a stratum needs before its answers are compared."""


def gini(counts: Floats) -> float:
    """Return Gini's coefficient of counts: 0 where all are equal, near 1 where one has all.

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
    formula="Gini's coefficient of targets over labels in each task and modality of a split with 20 targets; "
    "the largest, mark gini",
    remedy="Lower `quota.per_answer`, or add sources of the rare labels.",
    only_warns=True,
)
def label_balance(exam: Exam, marks: Marks) -> Found:
    """No label is asked for much more often than its neighbours."""
    counts: dict[tuple[str, ...], Counter[str]] = {}
    for row in {row.target: row for row in exam.rows}.values():
        counts.setdefault((row.split, row.task, row.modality), Counter())[row.label] += 1
    found = [
        Part(
            name=", ".join(name),
            value=gini(np.array([c[label] for label in sorted(c)], float)),
            n=c.total(),
        )
        for name, c in sorted(counts.items())
        if c.total() >= JUDGED and len(c) > 1
    ]
    if not found:
        return not_run(f"no task and modality has {JUDGED} targets of two labels", len(exam))
    found.sort(key=lambda p: (-(p.value or 0), p.name))
    worst = found[0].value or 0.0
    bad = [Offender(p.name, f"Gini {p.value:.2f}") for p in found if (p.value or 0) > marks.gini]
    says = (
        f"{len(bad)} of {len(found)} groups of answers are unequal"
        if bad
        else "answers are about equal"
    )
    return _exact(bool(bad), says, worst, len(exam), marks.gini, "", parts=found, **named(bad))


@check(
    "F2",
    asks="Does no source dominate?",
    formula="largest share of questions from one source, mark source_share",
    remedy="Add sources, or lower the quota of the large ones.",
    only_warns=True,
)
def source_share(exam: Exam, marks: Marks) -> Found:
    """A benchmark of one source measures that source."""
    counts = Counter(row.source for row in exam.rows)
    parts = [
        Part(name=s, value=n / len(exam), n=n)
        for s, n in sorted(counts.items(), key=lambda e: (-e[1], e[0]))
    ]
    most = parts[0].value or 0.0
    bad = [
        Offender(p.name, shown(p.value or 0, "%"))
        for p in parts
        if (p.value or 0) > marks.source_share
    ]
    says = f"{parts[0].name} gives {shown(most, '%')} of {len(exam)} questions"
    return _exact(
        bool(bad), says, most, len(exam), marks.source_share, "%", parts=parts, **named(bad)
    )


@check(
    "F3",
    asks="Do labels come from several sources?",
    formula="share of labels that two sources or more show, mark two_sources",
    remedy="Add sources that mark the labels which only one has.",
    only_warns=True,
)
def label_sources(exam: Exam, marks: Marks) -> Found:
    """What one source alone shows may be recognised by that source's look."""
    sources: dict[str, set[str]] = {}
    for row in exam.rows:
        sources.setdefault(row.label, set()).add(row.source)
    several = sum(len(s) > 1 for s in sources.values())
    share = several / len(sources)
    says = f"{several} of {len(sources)} labels come from two sources or more"
    single = [
        Offender(label, f"only {min(s)}") for label, s in sorted(sources.items()) if len(s) == 1
    ]
    bad = share < marks.two_sources
    return _exact(
        bad, says, share, len(exam), marks.two_sources, "%", **named(single if bad else [])
    )


@check(
    "F4",
    asks="Is every cell large enough to be reported?",
    formula="cells of task, modality and granularity in test with fewer than `cell` questions",
    remedy="Report such cells only as part of a larger one.",
    only_warns=True,
)
def small_cells(exam: Exam, marks: Marks) -> Found:
    """A score of a few questions ranks nobody."""
    asked = [row for row in exam.rows if row.split == "test"] or list(exam.rows)
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
    asks="Does no patient and no volume give too much?",
    formula="patients with more than per_patient targets, images with more than per_volume",
    remedy="Lower `quota.per_volume`, or add patients.",
    needs=("patient", "sample"),
    only_warns=True,
)
def patient_share(exam: Exam, marks: Marks) -> Found:
    """Many questions about one person are few observations."""
    targets = {row.target: row for row in exam.rows}.values()
    people = Counter(row.patient for row in targets)
    volumes = Counter(row.sample for row in targets)
    over = sum(n > marks.per_patient for n in people.values())
    many = sum(n > marks.per_volume for n in volumes.values())
    most = max(people.values())
    says = (
        f"{over} of {len(people)} patients give more than {marks.per_patient} targets, "
        f"{many} of {len(volumes)} images more than {marks.per_volume}; at most {most} from one patient"
    )
    parts = [
        Part(name="targets a patient, mean", value=len(targets) / len(people), n=len(people)),
        Part(name="targets a patient, most", value=float(most), n=len(people)),
        Part(name="targets an image, most", value=float(max(volumes.values())), n=len(volumes)),
    ]
    bad = bool(over or many)
    return _exact(bad, says, float(over), len(exam), 0.0, "patients", parts=parts)


@check(
    "F6",
    asks="How do the questions lie over the tree and over people?",
    formula="questions for each task, department, modality, granularity and source, and each sex, age and "
    "site where a source says it; not judged",
    remedy="Nothing to do: see the parts.",
)
def coverage(exam: Exam, marks: Marks) -> Found:
    """Counts along every axis, and how much is known of people."""
    parts = []
    for axis in AXES:
        if exam.has(axis):
            counts = Counter(str(getattr(row, axis)) for row in exam.rows)
            parts += [
                Part(name=f"{axis}: {v}", value=n / len(exam), n=n)
                for v, n in sorted(counts.items())
            ]
    known = []
    for name in PEOPLE:
        counts = Counter(getattr(row, name) or "not known" for row in exam.rows)
        share = 1 - counts["not known"] / len(exam)
        known.append(f"{name} of {shown(share, '%')}")
        if name == "sex" or share == 0:
            parts += [
                Part(name=f"{name}: {v}", value=n / len(exam), n=n)
                for v, n in sorted(counts.items())
            ]
        else:
            parts.append(
                Part(name=f"{name}: known", value=share, n=len(exam) - counts["not known"])
            )
    return told(f"known is the {', the '.join(known)}", len(exam), parts=parts)
