"""The wording of a question must not be tied to its answer."""

from __future__ import annotations

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.context_gain import context_gain
from benchsmith.audits.context_guessers import MIN_QUESTIONS
from benchsmith.audits.contract import check, not_run
from benchsmith.core.verdicts import Found
from benchsmith.documents.benchmark import Marks


@check(
    "C4",
    asks="Is the wording of the question independent of the answer?",
    formula="accuracy of a guesser who knows with which stem each label is the answer, within task, modality and "
    "granularity (five-fold), minus chance; threshold stem_points; a failure also needs a gain above that of each "
    "of 2,000 benchmarks whose stems are shuffled within these",
    remedy="Draw stems by a hash of the question or of its mirrored set, and by nothing else.",
    hard=True,
    least=MIN_QUESTIONS,
)
def stem_label(table: AuditTable, marks: Marks) -> Found:
    """A stem that goes with one label names it."""
    stems = table.codes("stem", "task", "modality", "view")[0]
    if len(set(stems.tolist())) == len(table.stratum[1]):
        return not_run("every task, modality and granularity has one stem", len(table))
    return context_gain(table, [("stems", stems)], marks.stem_points, table.stratum[0])
