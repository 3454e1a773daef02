"""Text burned into published pictures that may identify a person."""

from __future__ import annotations

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks


@check(
    "E6",
    asks="Is every picture free of text that may identify a person?",
    formula="pictures, one of each plane, in which OCR reads a date, a name, a number of six digits or "
    "more, a value of the source's headers, or a word that displays do not show; runs if "
    "`burned_in_text` is `search` and the extra `ocr` is installed",
    remedy="Blacken the text in the source's files, or drop the picture; `burned_in: search` in the "
    "recipe leaves such pictures out before they are selected.",
    hard=True,
    needs=("text",),
)
def burned_in_text(table: AuditTable, marks: Marks) -> Found:
    """A name in the pixels is published with them, whatever the header says."""
    read = [row for row in table.rows if row.text is not None]
    offenders = [Offender(row.id, f"shows {', '.join(row.text)}") for row in read if row.text]
    return none_of(offenders, len(read), "pictures with such text")
