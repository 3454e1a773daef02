"""Makes the audit table from an adopted benchmark's rows and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from benchsmith.audits.adopted_pictures import Seen, see
from benchsmith.audits.audit_row import AuditRow, LabelKnowledge
from benchsmith.audits.audit_table import AuditTable
from benchsmith.documents.adoption import NOT_STATED


def adopted_table(
    rows: list[AuditRow], pictures: Mapping[str, bytes], known: LabelKnowledge
) -> AuditTable:
    """Make the table of an adopted release: its pictures and stems need not follow our rules."""
    seen: dict[str, Seen] = {}
    of: dict[str, Seen] = {}
    for row in rows:
        name = row.picture or row.id
        if name not in of:
            of[name] = see(pictures[row.id])
        seen[row.id] = of[name]
    rows = [
        replace(_shown_as(row, seen[row.id]), modality_name=None, stem=row.question) for row in rows
    ]

    known = known if known.plausible else replace(known, plausible=_not_of_others(rows))
    return AuditTable(rows, 0, known)


def _not_of_others(rows: Iterable[AuditRow]) -> Callable[[str, str], bool]:
    """Return a function that says whether a label may be seen in a modality, without a lexicon.

    A label may be, unless it is an answer only in other modalities: many options of a benchmark are
    sentences that occur in one question.
    """
    shown_in: dict[str, set[str]] = {}
    for row in rows:
        for label in row.answer_labels if row.modality != NOT_STATED else ():
            shown_in.setdefault(label, set()).add(row.modality)
    return lambda label, modality: modality == NOT_STATED or label not in shown_in


def _shown_as(row: AuditRow, seen: Seen) -> AuditRow:
    """Return a row with the description of its picture."""
    return replace(
        row,
        width=seen.width,
        height=seen.height,
        rgb8=seen.sound,
        phash=seen.phash,
        mirrors=seen.mirrors,
        spread=seen.spread,
        look=seen.look,
    )
