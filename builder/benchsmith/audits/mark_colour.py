"""The colour of drawn marks, which must not depend on the label."""

from __future__ import annotations

from collections import Counter

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks

COLOUR_TOLERANCE = 24
"""Differences between colour channels, of 255, up to which two marks count as one colour."""


@check(
    "E1",
    asks="Do the marks of all labels have one colour?",
    formula="marks in sampled grey pictures (at most 400, by hash) whose red - green or green - blue differs "
    "by more than 24 from the granularity's most frequent value",
    remedy="Draw every mark with the same function and colour.",
    hard=True,
    needs=("mark",),
    every=True,
)
def mark_constant(table: AuditTable, marks: Marks) -> Found:
    """A colour that depends on the label reveals the answer."""
    seen = [(row, row.mark) for row in table.rows if row.mark is not None]
    usual = {
        view: Counter(mark for row, mark in seen if row.view == view).most_common(1)[0][0]
        for view in sorted({row.view for row, _ in seen})
    }
    offenders = [
        Offender(row.id, f"{row.label} is marked in another colour")
        for row, mark in seen
        if max(abs(a - b) for a, b in zip(mark, usual[row.view], strict=True)) > COLOUR_TOLERANCE
    ]
    return none_of(offenders, len(seen), "marks of another colour", of="sampled marks")
