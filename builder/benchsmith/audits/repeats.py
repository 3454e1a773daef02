"""Questions that repeat another question."""

from __future__ import annotations

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks


@check(
    "C10",
    asks="Is every question asked only once?",
    formula="questions with the same picture (byte for byte), task and answers as another; a different wording "
    "is still the same question",
    remedy="Leave one of the two out; near-duplicate pictures must be detected before selection.",
    needs=("picture",),
    labels=True,
)
def repeats(table: AuditTable, marks: Marks) -> Found:
    """One picture, one task, one answer: one question."""
    seen: dict[tuple[object, ...], str] = {}
    offenders = []
    for row in table.rows:
        key = (row.picture, row.task, row.view, row.several, row.answer_labels)
        other = seen.setdefault(key, row.id)
        if other != row.id:
            offenders.append(Offender(row.id, f"repeats {other}"))
    return none_of(offenders, len(table), "questions that repeat another")


@check(
    "C10",
    asks="Is each answer asked for only once per picture?",
    formula="marked questions whose picture (image, axis, hash and crop) has another question of the same "
    "granularity with the same answer at another place, such as the left and right of two "
    "organs; such questions are not independent",
    remedy="Lower `quota.per_volume` to 1, or count such questions once.",
    needs=("phash", "sample"),
    only_warns=True,
    altered=False,
)
def same_answer(table: AuditTable, marks: Marks) -> Found:
    """A second question with the same answer in one picture adds little information."""
    seen: dict[tuple[object, ...], tuple[str, str]] = {}
    offenders, marked = [], 0
    for row in table.rows:
        if row.view == "image" or not row.phash:
            continue
        marked += 1
        key = (row.sample, row.axis, row.phash, row.crop, row.view, row.task, row.answer_labels)
        target, other = seen.setdefault(key, (row.target, row.id))
        if target != row.target:
            offenders.append(Offender(row.id, f"has the same answer in the picture of {other}"))
    return none_of(offenders, marked, "questions", of="marked questions")
