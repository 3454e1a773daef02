"""`lexicon/mappings/<source>.tsv`: the label of each raw word of a source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from benchsmith.documents import shipped, tsv
from benchsmith.documents.lexicon.row_checks import RowChecks
from benchsmith.documents.problems import Problems
from benchsmith.text.normal_form import normal

MAPPING_COLUMNS = ("raw", "relation", "label", "reviewed_by", "note")
RELATIONS = ("exact", "broad", "drop", "unknown")
WITHOUT_LABEL = ("drop", "unknown")
"""Relations of words that get no label: one that names none, and one that may name any."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a signed row maps a source's word to."""

    relation: str
    """One of `RELATIONS`."""
    label: str
    """Empty for ``drop`` and ``unknown``."""
    note: str
    at: str
    """File and line."""


def collect(
    folder: Path, check: RowChecks, sources: frozenset[str] | None
) -> dict[str, dict[str, Mapped]]:
    """Return the mapped words by source, then by the word's normal form.

    With `sources`, the problems of other sources' mappings are ignored: an unsigned draft for one
    source must not stop the build of another.
    """
    ignored = replace(check, problems=Problems(check.problems.home))
    return {
        path.stem: _mapping(
            folder / "mappings" / path.name,
            check if sources is None or path.stem in sources else ignored,
        )
        for path in shipped.files(folder / "mappings", "*.tsv", check.problems.home)
    }


def key_of(row: tsv.Row) -> str:
    """Return what identifies a row: the word's normal form."""
    return normal(row["raw"])


def _mapping(path: Path, check: RowChecks) -> dict[str, Mapped]:
    found: dict[str, Mapped] = {}
    for row in check.rows(path, MAPPING_COLUMNS, key_of):
        mapped = Mapped(row["relation"], row["label"], row["note"], check.at(row))
        if mapped.relation not in RELATIONS:
            what = f"unknown relation {mapped.relation!r}"
            check.problems.add(row.path, row.line, what, "use exact, broad, drop or unknown")
        elif mapped.relation in WITHOUT_LABEL:
            if mapped.label or not mapped.note:
                what = f"a `{mapped.relation}` row needs an empty `label` and a `note` that gives the reason"
                check.problems.add(row.path, row.line, what)
        else:
            check.terms(row, "label", "label", [mapped.label])
        check.signed(row, "reviewed_by")
        other = found.setdefault(normal(row["raw"]), mapped)
        if other is not mapped:
            what = f"{row['raw']!r} is already mapped at {other.at}"
            check.problems.add(row.path, row.line, what)
    return found
