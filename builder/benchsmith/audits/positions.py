"""The answer's position and the number of options must not reveal the answer."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.contract import check, interval_part, not_run
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.release.columns import LETTERS
from benchsmith.statistics import association
from benchsmith.statistics.cluster_arrays import Ints
from benchsmith.statistics.intervals import wilson

MAX_DEVIATION = 1.5
"""A position's share may differ from 1 / k by at most this over the square root of n."""
DETECTABLE = 0.1
"""A group is large enough if an excess of this share would exceed that limit."""
MAX_SMALL_SHARE = 0.2
"""Share of questions that may be in groups that are too small."""
MIN_QUESTIONS = 100


def _single(table: AuditTable) -> tuple[Mask, Ints]:
    """Return which questions have one answer (n, bool), and each first answer's position (n,)."""
    single = np.array([len(row.answers) == 1 for row in table.rows], bool)
    return single, np.array([row.answers[0] if row.answers else 0 for row in table.rows], np.int64)


@check(
    "B1",
    asks="Is the answer equally often at each position?",
    formula="for each split and number of options k: chi-square test of the answers' positions against 1/k, "
    "p corrected for the number of tests, and the largest |share - 1/k| against 1.5 / sqrt(n)",
    remedy="Order options by a hash of the question, and by nothing else.",
)
def positions(table: AuditTable, marks: Marks) -> Found:
    """No letter is right more often than the others."""
    single, place = _single(table)
    parts, bad, ps, small, seen = [], [], [], 0, 0
    worst = (-np.inf, 0.0)
    for split, k in product(table.codes("split")[1], sorted(set(table.k[single].tolist()))):
        here = single & table.in_split(split) & (table.k == k)
        n = int(here.sum())
        if n < 5 * k:
            continue
        counts = np.bincount(place[here], minlength=k).astype(float)
        ps.append(association.chi_square(counts, np.full(k, n / k)).p)
        off = np.abs(counts / n - 1 / k)
        most = int(off.argmax())
        part = wilson(counts[most], n)
        parts.append(interval_part(f"{split}, {k} options: {LETTERS[most]}", part, n))
        if off[most] > MAX_DEVIATION / np.sqrt(n) or ps[-1] < marks.p_value / 10:
            bad.append(
                Offender(
                    f"{split}, {k} options",
                    f"{LETTERS[most]} is right in {shown(counts[most] / n, '%')} of {n}, p = {ps[-1]:.2g}",
                )
            )
        seen += n
        small += n if MAX_DEVIATION / np.sqrt(n) > DETECTABLE else 0
        worst = max(worst, (float(off[most] * np.sqrt(n)), float(off[most])))
    if not ps:
        return not_run("no split has five questions for each option position", len(table))
    p = min(1.0, len(ps) * min(ps))
    common: dict[str, Any] = {
        "value": worst[1],
        "n": seen,
        "unit": "%",
        "parts": parts,
        **named(bad),
    }
    if p < marks.p_value or bad:
        return Found(outcome=FAIL, says=f"positions are not equally likely: p = {p:.2g}", **common)
    if small > MAX_SMALL_SHARE * seen:
        says = f"no position stands out (p = {p:.2g}), but {small} of {seen} questions are in groups too small to tell"
        return Found(outcome=WARN, says=says, undecided=True, **common)
    return Found(outcome=PASS, says=f"no position stands out: p = {p:.2g}", **common)


@check(
    "B2",
    asks="Is the answer's position independent of what is known beforehand?",
    formula="Cramer's V (bias-corrected, interval from the noncentral chi-square) between the position and "
    "label, source and stem, among questions with the same number of options; runs test along the rows",
    remedy="Order options by a hash of the question, and by nothing else.",
)
def place_independence(table: AuditTable, marks: Marks) -> Found:
    """Label, source, stem and row number must not predict the position."""
    single, place = _single(table)
    counted = table.k[single]
    if not len(counted):
        return not_run("no question has one answer")
    usual = int(np.bincount(counted).argmax())
    here = single & (table.k == usual)
    n = int(here.sum())
    if n < MIN_QUESTIONS:
        return not_run(
            f"needs {MIN_QUESTIONS} questions with the same number of options and has {n}", n
        )
    parts, ps, sure, unsure = [], [], [], []
    for name in ("label", "source", "stem"):
        counts = association.contingency(table.codes(name)[0][here], place[here])
        tested = association.independence(counts)
        v = association.cramers_v(counts, tested)
        parts.append(interval_part(name, v, n))
        ps.append(tested.p)
        if tested.freedom and v.low > marks.association:
            sure.append(Offender(name, f"V = {v.value:.3f}, p = {tested.p:.2g}"))
        elif tested.freedom > n / 5:
            unsure.append(name)
    for split in table.codes("split")[1]:
        where = here & table.in_split(split)
        if where.sum() >= MIN_QUESTIONS:
            ps.append(association.runs(place[where]))
            parts.append(Part(name=f"runs in {split}: p", value=ps[-1], n=int(where.sum())))
            if ps[-1] < marks.p_value / 8:
                sure.append(Offender(f"row number in {split}", f"runs test p = {ps[-1]:.2g}"))
    worst = max(parts[:3], key=lambda part: part.low or 0.0)
    p = min(1.0, len(ps) * min(ps))
    figures: dict[str, Any] = {"value": worst.value, "low": worst.low, "high": worst.high, "n": n,
               "mark": marks.association, "parts": parts}  # fmt: skip
    if sure:
        says = f"the position depends on {', '.join(o.id for o in sure)}"
        return Found(outcome=FAIL, says=says, **figures, **named(sure))
    if p < marks.p_value:
        return Found(outcome=WARN, says=f"a weak association: p = {p:.2g}", **figures)
    if unsure:
        says = f"no association found (p = {p:.2g}), but {n} questions are too few to tell for {', '.join(unsure)}"
        return Found(outcome=WARN, says=says, undecided=True, **figures)
    return Found(outcome=PASS, says=f"no association found: p = {p:.2g}", **figures)


@check(
    "B3",
    asks="Is the number of options independent of the answer?",
    formula="mutual information I(k; label | task, modality) over targets in bits, bias-corrected; threshold count_bits",
    remedy="Give every label of a pool the same number of admissible wrong options, or fix the number.",
    altered=False,
    labels=True,
)
def count_independence(table: AuditTable, marks: Marks) -> Found:
    """The number of options must not point at a label."""
    # variants of a target share the number of options, so each (target, k) counts once
    single = np.flatnonzero(_single(table)[0])
    if not len(single):
        return not_run("no question has one answer")
    once = single[
        np.unique((table.codes("target")[0] * 32 + table.k)[single], return_index=True)[1]
    ]
    n = len(once)
    found, tested = association.bits(
        table.k[once], table.codes("label")[0][once], table.codes("task", "modality")[0][once]
    )
    figures: dict[str, Any] = {"value": found.value, "low": found.low, "high": found.high, "n": n,
               "mark": marks.count_bits, "unit": "bit"}  # fmt: skip
    if tested.freedom == 0:
        return Found(outcome=PASS, says="the number is constant within each stratum", **figures)
    if found.low > marks.count_bits:
        return Found(
            outcome=FAIL, says=f"the number depends on the label: p = {tested.p:.2g}", **figures
        )
    if tested.freedom > n / 5 and found.high > marks.count_bits:
        says = f"no dependence found (p = {tested.p:.2g}), but {n} targets are too few to tell"
        return Found(outcome=WARN, says=says, undecided=True, **figures)
    if tested.p < marks.p_value:
        return Found(outcome=WARN, says=f"a weak association: p = {tested.p:.2g}", **figures)
    return Found(outcome=PASS, says=f"no dependence found: p = {tested.p:.2g}", **figures)
