"""Positions and counts: where the answer stands, and how many options there are, tells nothing."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np

from benchsmith.audits.contract import check, not_run
from benchsmith.audits.exam import Exam, Mask
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.release.columns import LETTERS
from benchsmith.statistics import association
from benchsmith.statistics.cluster_arrays import Ints
from benchsmith.statistics.intervals import wilson

SPREAD = 1.5
"""Shares of places differ from 1 / k by at most this over the root of the number of questions."""
TELLING = 0.1
"""A place that is right this much too often must be beyond that, or there are too few questions."""
SMALL = 0.2
"""Share of questions that may be in groups too small for that."""
FEW = 100


def _single(exam: Exam) -> tuple[Mask, Ints]:
    """Return the questions with one answer, and the place of the first answer of each."""
    single = np.array([len(row.answers) == 1 for row in exam.rows], bool)
    return single, np.array([row.answers[0] if row.answers else 0 for row in exam.rows], np.int64)


@check(
    "B1",
    asks="Is the answer equally often at each place?",
    formula="for each split and number of options k: chi-square of the answers' places against 1/k, "
    "p corrected for the number of tests, and the largest |share - 1/k| against 1.5 / sqrt(n)",
    remedy="The order of options must come from a hash of the question; nothing else may sort them.",
)
def positions(exam: Exam, marks: Marks) -> Found:
    """No letter is right more often than the others."""
    single, place = _single(exam)
    parts, bad, ps, small, seen = [], [], [], 0, 0
    worst = (-np.inf, 0.0)
    for split, k in product(exam.codes("split")[1], sorted(set(exam.k[single].tolist()))):
        here = single & exam.split(split) & (exam.k == k)
        n = int(here.sum())
        if n < 5 * k:
            continue
        counts = np.bincount(place[here], minlength=k).astype(float)
        ps.append(association.chi_square(counts, np.full(k, n / k)).p)
        off = np.abs(counts / n - 1 / k)
        most = int(off.argmax())
        part = wilson(counts[most], n)
        parts.append(
            Part(
                name=f"{split}, {k} options: {LETTERS[most]}",
                value=part.value,
                low=part.low,
                high=part.high,
                n=n,
            )
        )
        if off[most] > SPREAD / np.sqrt(n) or ps[-1] < marks.p_value / 10:
            bad.append(
                Offender(
                    f"{split}, {k} options",
                    f"{LETTERS[most]} is right in {shown(counts[most] / n, '%')} of {n}, p = {ps[-1]:.2g}",
                )
            )
        seen += n
        small += n if SPREAD / np.sqrt(n) > TELLING else 0
        worst = max(worst, (float(off[most] * np.sqrt(n)), float(off[most])))
    if not ps:
        return not_run("no split has five questions for each place of an option", len(exam))
    p = min(1.0, len(ps) * min(ps))
    common: dict[str, Any] = {
        "value": worst[1],
        "n": seen,
        "unit": "%",
        "parts": parts,
        **named(bad),
    }
    if p < marks.p_value or bad:
        return Found(outcome=FAIL, says=f"places are not equally likely: p = {p:.2g}", **common)
    if small > SMALL * seen:
        says = f"no place stands out (p = {p:.2g}), but {small} of {seen} are in groups too small to tell"
        return Found(outcome=WARN, says=says, **common)
    return Found(outcome=PASS, says=f"no place stands out: p = {p:.2g}", **common)


@check(
    "B2",
    asks="Does nothing that is known beforehand tell the answer's place?",
    formula="Cramer's V (bias-corrected, interval from the noncentral chi-square) between the place and "
    "label, source, stem, among questions with the same number of options; runs test along the rows",
    remedy="The order of options must come from a hash of the question; nothing else may sort them.",
)
def place_independence(exam: Exam, marks: Marks) -> Found:
    """Label, source, stem and row number say nothing of the place."""
    single, place = _single(exam)
    counted = exam.k[single]
    if not len(counted):
        return not_run("no question has one answer")
    usual = int(np.bincount(counted).argmax())
    here = single & (exam.k == usual)
    n = int(here.sum())
    if n < FEW:
        return not_run(f"needs {FEW} questions with equally many options and has {n}", n)
    parts, ps, sure, unsure = [], [], [], []
    for name in ("label", "source", "stem"):
        counts = association.table(exam.codes(name)[0][here], place[here])
        tested = association.independence(counts)
        v = association.cramers_v(counts, tested)
        parts.append(Part(name=name, value=v.value, low=v.low, high=v.high, n=n))
        ps.append(tested.p)
        if tested.freedom and v.low > marks.association:
            sure.append(Offender(name, f"V = {v.value:.3f}, p = {tested.p:.2g}"))
        elif tested.freedom > n / 5:
            unsure.append(name)
    for split in exam.codes("split")[1]:
        where = here & exam.split(split)
        if where.sum() >= FEW:
            ps.append(association.runs(place[where]))
            parts.append(Part(name=f"runs in {split}: p", value=ps[-1], n=int(where.sum())))
            if ps[-1] < marks.p_value / 8:
                sure.append(Offender(f"row number in {split}", f"runs test p = {ps[-1]:.2g}"))
    worst = max(parts[:3], key=lambda part: part.low or 0.0)
    p = min(1.0, len(ps) * min(ps))
    figures: dict[str, Any] = {"value": worst.value, "low": worst.low, "high": worst.high, "n": n,
               "mark": marks.association, "parts": parts}  # fmt: skip
    if sure:
        says = f"the place can be told from {', '.join(o.id for o in sure)}"
        return Found(outcome=FAIL, says=says, **figures, **named(sure))
    if p < marks.p_value:
        return Found(outcome=WARN, says=f"a weak association is there: p = {p:.2g}", **figures)
    if unsure:
        says = f"none is seen (p = {p:.2g}), but {n} questions are too few to tell for {', '.join(unsure)}"
        return Found(outcome=WARN, says=says, **figures)
    return Found(outcome=PASS, says=f"none is seen: p = {p:.2g}", **figures)


@check(
    "B3",
    asks="Does the number of options not tell the answer?",
    formula="mutual information I(k; label | task, modality) over targets in bits, bias-corrected",
    remedy="Give every label of a pool the same number of admissible wrong options, or fix the number.",
)
def count_independence(exam: Exam, marks: Marks) -> Found:
    """Fewer options must not mean a certain label."""
    # the variants of a target share its number of options: each target counts once for each number
    single = np.flatnonzero(_single(exam)[0])
    if not len(single):
        return not_run("no question has one answer")
    once = single[np.unique((exam.codes("target")[0] * 32 + exam.k)[single], return_index=True)[1]]
    n = len(once)
    found, tested = association.bits(
        exam.k[once], exam.codes("label")[0][once], exam.codes("task", "modality")[0][once]
    )
    figures: dict[str, Any] = {"value": found.value, "low": found.low, "high": found.high, "n": n,
               "mark": marks.count_bits, "unit": "bit"}  # fmt: skip
    if tested.freedom == 0:
        return Found(outcome=PASS, says="the number is the same throughout each stratum", **figures)
    if found.low > marks.count_bits:
        return Found(
            outcome=FAIL, says=f"the number tells of the label: p = {tested.p:.2g}", **figures
        )
    if tested.freedom > n / 5 and found.high > marks.count_bits:
        says = f"not seen (p = {tested.p:.2g}), but {n} targets are too few to tell"
        return Found(outcome=WARN, says=says, **figures)
    if tested.p < marks.p_value:
        return Found(outcome=WARN, says=f"a weak association: p = {tested.p:.2g}", **figures)
    return Found(outcome=PASS, says=f"not seen: p = {tested.p:.2g}", **figures)
