"""Pools and option sets: whether they are large enough, and have more than one answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, not_run
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks


@check(
    "C8",
    asks="Are the pools large enough?",
    formula="pools with a single label; and for each pool the effective number of labels exp(H), where H is "
    "the entropy of its answers; threshold effective_pool",
    remedy="Add sources or labels of the same modality and task, or raise `options.min_pool`.",
)
def pool_size(table: AuditTable, marks: Marks) -> Found:
    """A pool of one label gives its answer away; a small one nearly does."""
    answers: dict[str, Counter[str]] = {}
    offered: dict[str, set[str]] = {}
    for row in table.rows:
        answers.setdefault(row.pool, Counter())[row.label] += 1
        offered.setdefault(row.pool, set()).update(row.labels)
    single = [
        Offender(pool, f"the only label is {min(labels)}")
        for pool, labels in sorted(offered.items())
        if len(labels) < 2
    ]
    effective = {}
    for pool, counts in sorted(answers.items()):
        share = np.array([counts[c] for c in sorted(counts)], float) / counts.total()
        effective[pool] = float(np.exp(-(share * np.log(share)).sum()))
    small = [p for p, size in effective.items() if size < marks.effective_pool]
    parts = [
        Part(name=p, value=effective[p], n=answers[p].total())
        for p in sorted(effective, key=lambda p: (effective[p], p))
    ]
    least = parts[0].value
    figures: dict[str, Any] = {
        "value": least,
        "n": len(table),
        "mark": marks.effective_pool,
        "unit": "labels",
    }
    if single:
        says = f"{len(single)} of {len(offered)} pools have a single label"
        return Found(outcome=FAIL, says=says, parts=parts, **figures, **named(single))
    if small:
        asked = sum(answers[p].total() for p in small)
        says = (
            f"{len(small)} of {len(effective)} pools are effectively smaller than "
            f"{shown(marks.effective_pool, 'labels')}: {asked} of {len(table)} questions"
        )
        why = [Offender(p, f"{effective[p]:.2f} effective labels") for p in small]
        return Found(outcome=WARN, says=says, parts=parts, **figures, **named(why))
    return Found(outcome=PASS, says="every pool is large enough", parts=parts, **figures)


@check(
    "C9",
    asks="Are questions mirrored in pairs?",
    formula="share of single-answer questions that have a partner with the same stem and option set, a "
    "different answer, and a picture of another patient; threshold mirror_share",
    remedy="Use each option set twice, with two different answers.",
    only_warns=True,
    altered=False,
)
def mirror_pairs(table: AuditTable, marks: Marks) -> Found:
    """If a set of options is used with two answers, no text-only guess gets both right."""
    groups: dict[tuple[object, ...], list[tuple[frozenset[str], str]]] = {}
    for row in table.rows:
        if row.several or len(row.answers) > 1:
            continue
        key = (row.split, row.stem, row.modality, tuple(sorted(row.labels)))
        whose = row.target if row.patient is None else row.patient
        groups.setdefault(key, []).append((row.answer_labels, whose))
    paired = alone = 0
    for members in groups.values():
        different = set(members)
        answers = Counter(a for a, _ in different)
        people = Counter(p for _, p in different)
        # partners of (a, p): all members except those with the same answer or the same patient
        alone += sum(len(answers) > 1 for _ in members)
        paired += sum(len(different) - answers[a] - people[p] + 1 > 0 for a, p in members)
    n = sum(len(members) for members in groups.values())
    if not n:
        return not_run("no question has one answer", len(table))
    share = paired / n
    outcome = PASS if share >= marks.mirror_share else WARN
    says = (
        f"{paired} of {n} questions with one answer have a partner from another patient; "
        f"{alone} have one if the same patient counts"
    )
    return Found(outcome=outcome, says=says, value=share, n=n, mark=marks.mirror_share, unit="%")
