"""The colour and thickness of drawn marks, which must not depend on the label."""

from __future__ import annotations

from collections import Counter
from statistics import median

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks

COLOUR_TOLERANCE = 24
"""Differences between colour channels, of 255, up to which two marks count as one colour."""
THICKNESS_TOLERANCE = 1.0
"""Largest difference in pixels between a label's median thickness and that of its granularity."""
MIN_MARKS = 3
"""Marks of a label that are needed to compare it."""
LINES = ("box", "contour")
"""Granularities whose mark is a line."""


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


@check(
    "E1",
    asks="Are the lines of all labels equally thick?",
    formula="labels with three or more boxes or contours in sampled grey pictures (at most 400, by hash) whose "
    "median thickness differs by more than 1 pixel from the median of all of that granularity",
    remedy="Draw every mark with the same function and line width.",
    hard=True,
    needs=("thickness",),
)
def mark_thickness(table: AuditTable, marks: Marks) -> Found:
    """A line width that depends on the label reveals the answer."""
    by_view: dict[str, dict[str, list[float]]] = {}
    for row in table.rows:
        if row.thickness is not None and row.view in LINES:
            by_view.setdefault(row.view, {}).setdefault(row.label, []).append(row.thickness)
    offenders, judged = [], 0
    for view, labels in sorted(by_view.items()):
        usual = median(t for found in labels.values() for t in found)
        for label, found in sorted(labels.items()):
            if len(found) >= MIN_MARKS:
                judged += 1
                if abs(own := median(found) - usual) > THICKNESS_TOLERANCE:
                    why = (
                        f"its {view} is {abs(own):.1f} pixels {'thicker' if own > 0 else 'thinner'}"
                    )
                    offenders.append(Offender(label, why))
    return none_of(offenders, judged, "labels with another line width", of="labels")
