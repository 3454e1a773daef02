"""`lexicon/confusables.tsv`: pairs of labels that are never options of one question."""

from __future__ import annotations

from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.lexicon.row_checks import RowChecks

CONFUSABLE_COLUMNS = ("a", "b", "reason", "reviewed_by")


def key_of(row: tsv.Row) -> frozenset[str]:
    """Return what identifies a row: the pair, in any order."""
    return frozenset((row["a"], row["b"]))


def collect(folder: Path, check: RowChecks) -> frozenset[frozenset[str]]:
    """Return the pairs of label ids."""
    pairs = set()
    for row in check.rows(folder / "confusables.tsv", CONFUSABLE_COLUMNS, key_of):
        check.terms(row, "a, b", "label", [row["a"], row["b"]])
        check.signed(row, "reviewed_by")
        pairs.add(frozenset((row["a"], row["b"])))
    return frozenset(pairs)
