"""Options that differ in kind from the others of their question."""

from __future__ import annotations

import re

import numpy as np

from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.contract import check, interval_part, none_of, not_run, within
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Ints
from benchsmith.text.normal_form import normal

NORMAL = re.compile(
    r"^(?:normal|healthy|no (?:finding|findings|abnormality|disease|lesion)|negative|unremarkable)\b|正常"
)
"""Names of a normal finding."""
MIN_JUDGED = 30
"""Questions in which a trait must single out an option before it is judged."""


@check(
    "C6",
    asks="Is the answer the odd one out?",
    formula="for each trait of labels (branch of the tree, parent, department, normal or not), accuracy of "
    "choosing the one option whose value differs while all others agree, minus chance, over all "
    "questions; margin odd_points",
    remedy="Narrow the pool to labels of one kind, or give the odd labels pools of their own.",
)
def odd_one_out(table: AuditTable, marks: Marks) -> Found:
    """A trait that only the answer has would reveal it."""
    traits = {t: v for t, v in (table.knowledge.traits or {}).items() if t != "departments"}
    shown_as = {
        label: text
        for row in table.rows
        for label, text in zip(row.labels, row.options, strict=False)
    }
    traits["normal"] = {n: str(bool(NORMAL.search(normal(t)))) for n, t in shown_as.items()}
    labels, names = table.label_codes
    judged = []
    for trait, values in sorted(traits.items()):
        which = {v: i for i, v in enumerate(sorted({values.get(n, "") for n in names}))}
        value = np.array([which[values.get(n, "")] for n in names])[labels]
        pair = table.question_of * len(which) + value
        alike = np.bincount(pair, minlength=len(table) * len(which))[pair]
        lonely = alike == 1
        odd = lonely & (table.sum_per_question(lonely.astype(float))[table.question_of] == 1)
        odd &= _others_agree(table, alike)
        found = odd.any() and table.sum_per_question(odd.astype(float)) > 0
        if not isinstance(found, np.ndarray) or found.sum() < MIN_JUDGED:
            continue
        excess = table.expected_hits(odd.astype(float)) - table.chance
        judged.append((trait, rate(table, excess, np.ones(len(table), bool)), int(found.sum())))
    if not judged:
        return not_run(f"no trait singles out one option in {MIN_JUDGED} questions", len(table))
    margin = marks.odd_points / 100
    parts = [
        interval_part(f"{t}, which singles out one option in {n}", f, len(table))
        for t, f, n in judged
    ]
    trait, found, _ = max(judged, key=lambda j: (j[1].low > margin, abs(j[1].value)))
    return within(
        found, margin, len(table), what=f"{trait}: ", over=table.sample_size(), parts=parts
    )


def _others_agree(table: AuditTable, alike: Ints) -> Mask:
    """Say for each option (m,) whether k - 1 options of its question share one value.

    `alike` (m,) counts the options of the same question with the option's value.
    """
    rest = np.zeros(len(table))
    np.maximum.at(rest, table.question_of, alike.astype(float))
    agree: Mask = ((rest == table.k - 1) & (table.k > 2))[table.question_of]
    return agree


@check(
    "C6",
    asks="Is `normal` right as often as another option would be?",
    formula="P(the answer is normal | normal is offered) minus chance; margin odd_points",
    remedy="Limit normal pictures to their share of the options, or ask about them in separate questions.",
    least=MIN_JUDGED,
)
def normal_answer(table: AuditTable, marks: Marks) -> Found:
    """Normal must be neither a safe guess nor always wrong."""
    plain = np.array([bool(NORMAL.search(normal(t))) for t in table.option_texts], bool)
    offered = table.sum_per_question(plain.astype(float)) > 0
    n = int(offered.sum())
    if n < MIN_JUDGED:
        return not_run(f"`normal` is offered in {n} questions, fewer than {MIN_JUDGED}", n)
    found = rate(table, table.expected_hits(plain.astype(float)) - table.chance, offered)
    return within(
        found, marks.odd_points / 100, n, what="normal: ", over=table.sample_size(offered)
    )


@check(
    "C7",
    asks="Can every wrong option be seen in the question's modality?",
    formula="questions with a wrong option that is never an answer in this modality in the benchmark, "
    "and has no placement for it in the lexicon",
    remedy="Add a row to lexicon/placements.tsv if the label can be seen in the modality; otherwise leave it out.",
)
def modality_consistency(table: AuditTable, marks: Marks) -> Found:
    """A wrong option that the modality cannot show is too easy to rule out."""
    answers = {
        (label, row.modality)
        for row in table.rows
        for i, label in enumerate(row.labels)
        if i in row.answers
    }
    plausible = table.knowledge.plausible
    offenders = []
    for row in table.rows:
        odd = [
            label
            for i, label in enumerate(row.labels)
            if i not in row.answers
            and (label, row.modality) not in answers
            and not (plausible and plausible(label, row.modality))
        ]
        if odd:
            offenders.append(Offender(row.id, f"{odd[0]} is not seen in {row.modality}"))
    return none_of(offenders, len(table), "wrong options that the modality cannot show")
