"""`lexicon/drops.tsv`: words that are not labels in any source. The table is optional."""

from __future__ import annotations

from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.lexicon.row_checks import RowChecks
from benchsmith.text.normal_form import normal

DROP_COLUMNS = ("raw", "reviewed_by", "note")


def key_of(row: tsv.Row) -> str:
    """Return what identifies a row: the word's normal form."""
    return normal(row["raw"])


def collect(folder: Path, check: RowChecks) -> dict[str, str]:
    """Return the file and line of each word, by its normal form."""
    path = folder / "drops.tsv"
    found = {}
    for row in check.optional_rows(path, DROP_COLUMNS, key_of):
        check.signed(row, "reviewed_by")
        if check.axes["label"].by_name(normal(row["raw"])):
            check.problems.add(row.path, row.line, f"{row['raw']!r} names a label")
        found[normal(row["raw"])] = check.at(row)
    return found
