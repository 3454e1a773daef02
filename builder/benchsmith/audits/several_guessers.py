"""Questions with several answers: that a label is offered must not reveal whether it is right."""

from __future__ import annotations

import numpy as np

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import at_most, check, none_of, not_run
from benchsmith.audits.prior_guessers import rate
from benchsmith.core.verdicts import Found, Offender, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats

MIN_QUESTIONS = 30
PRIOR_WEIGHT = 1.0
"""Weight, in offers, of the overall share of right options when a label's share is estimated."""


def _several(table: AuditTable) -> AuditTable:
    return table.where([row.several for row in table.rows])


@check(
    "C11",
    asks="How much does knowing how often each label is right reveal about questions with "
    "several answers?",
    formula="mean share of right options among as many as are right, chosen by how often each label is right when "
    "offered in questions with several answers of the same task about other patients; minus the share of right "
    "options; threshold several_points",
    remedy="Add pictures in which the labels are present and absent, or lower `several.per_task`.",
    hard=True,
    least=MIN_QUESTIONS,
)
def several_prior(table: AuditTable, marks: Marks) -> Found:
    """A label that is nearly always right when offered gives itself away."""
    some = _several(table)
    if len(some) < MIN_QUESTIONS:
        return not_run(_few(some), len(some))
    precise = _precision(some, _share_elsewhere(some))
    found = rate(some, precise - some.chance, np.ones(len(some), bool))
    reached, chance = shown(float(precise.mean()), "%"), shown(float(some.chance.mean()), "%")
    what = f"{reached} of its choices are right where chance is {chance}; gain "
    mark = marks.several_points / 100
    return at_most(found, mark, len(some), what=what, over=some.sample_size())


def _few(some: AuditTable) -> str:
    return f"needs {MIN_QUESTIONS} questions with several answers and has {len(some)}"


def _share_elsewhere(table: AuditTable) -> Floats:
    """Return per option (m,) how often its label is right when offered to other patients, smoothed."""
    labels, names = table.label_codes
    whose = table.codes("group" if table.has("group") else "target")[0][table.question_of]
    cell = table.codes("task")[0][table.question_of] * len(names) + labels
    own = cell * (int(whose.max()) + 1) + whose
    own = np.unique(own, return_inverse=True)[1]
    right = table.is_right.astype(float)
    hits = np.bincount(cell, right)[cell] - np.bincount(own, right)[own]
    offers = np.bincount(cell)[cell] - np.bincount(own)[own]
    base = float(right.mean())
    share: Floats = (hits + PRIOR_WEIGHT * base) / (offers + PRIOR_WEIGHT)
    return share


def _precision(table: AuditTable, score: Floats) -> Floats:
    """Return per question (n,) the share of right options among the best, as many as are right.

    Options with equal scores at the limit count in proportion.
    """
    found = np.zeros(len(table))
    rounded = np.round(score, 9)
    for i, row in enumerate(table.rows):
        span = slice(table.first_option[i], table.first_option[i] + table.k[i])
        own, right, wanted = rounded[span], table.is_right[span], len(row.answers)
        limit = np.sort(own)[-wanted]
        sure, tied = own > limit, own == limit
        left = wanted - int(sure.sum())
        found[i] = (right[sure].sum() + left * right[tied].mean()) / wanted
    return found


@check(
    "C11",
    asks="Is every label of questions with several answers sometimes right and sometimes wrong?",
    formula="labels offered so often in questions with several answers that never being right (or always) would "
    "happen by chance in less than p_value, for the share of right options, corrected for the number of labels",
    remedy="Drop a label such as `no finding` in the source's mapping, or ask for it in questions of its own.",
    hard=True,
    least=MIN_QUESTIONS,
)
def several_never_right(table: AuditTable, marks: Marks) -> Found:
    """A label that is offered and never right can be crossed out everywhere."""
    some = _several(table)
    if len(some) < MIN_QUESTIONS:
        return not_run(_few(some), len(some))
    labels, names = some.label_codes
    share = float(some.is_right.mean())
    right = np.bincount(labels, some.is_right.astype(float), minlength=len(names))
    offers = np.bincount(labels, minlength=len(names))
    least = marks.p_value / len(names)
    offenders = []
    for label, hits, count in zip(names, right.tolist(), offers.tolist(), strict=True):
        if hits == 0 and (1 - share) ** count < least:
            offenders.append(Offender(label, f"never right in {count} offers"))
        if hits == count and share**count < least:
            offenders.append(Offender(label, f"right in all {count} offers"))
    return none_of(offenders, len(names), "labels that give themselves away", of="labels")
