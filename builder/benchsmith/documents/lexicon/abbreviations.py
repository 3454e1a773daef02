"""`lexicon/abbreviations.tsv`: the meanings of short forms, by source and modality."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import tsv
from benchsmith.documents.lexicon.row_checks import ANY, RowChecks
from benchsmith.documents.tree import Axis
from benchsmith.text.normal_form import normal

ABBREVIATION_COLUMNS = (
    "abbreviation", "expansion", "sources", "modalities", "reviewed_by", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """One meaning of a short form, and where it applies."""

    expansion: str
    sources: tuple[str, ...]
    """Ids of sources; ``*`` for all."""
    modalities: tuple[str, ...]
    """Ids of modalities, their descendants included; ``*`` for all."""
    at: str
    """File and line."""


def key_of(row: tsv.Row) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """Return what identifies a row: the short form, its sources and its modalities."""
    return normal(row["abbreviation"]), row.list("sources"), row.list("modalities")


def collect(folder: Path, check: RowChecks) -> dict[str, tuple[Abbreviation, ...]]:
    """Return the meanings of each short form, by its normal form."""
    found: dict[str, list[Abbreviation]] = {}
    for row in check.rows(folder / "abbreviations.tsv", ABBREVIATION_COLUMNS, key_of):
        new = Abbreviation(
            row["expansion"], row.list("sources"), row.list("modalities"), check.at(row)
        )
        check.terms(row, "modalities", "modality", new.modalities, any_=True)
        check.signed(row, "reviewed_by")
        short = normal(row["abbreviation"])
        for other in found.get(short, []):
            if normal(other.expansion) != normal(new.expansion) and _scopes_overlap(
                other, new, check.axes["modality"]
            ):
                what = f"{row['abbreviation']!r} has another meaning at {other.at}"
                hint = "narrow `sources` or `modalities`"
                check.problems.add(row.path, row.line, what, hint)
        found.setdefault(short, []).append(new)
    return {short: tuple(rows) for short, rows in found.items()}


def _scopes_overlap(a: Abbreviation, b: Abbreviation, modalities: Axis) -> bool:
    """Return whether both can apply to one picture of one source."""
    sources = ANY in a.sources or ANY in b.sources or bool(set(a.sources) & set(b.sources))
    return sources and any(
        ANY in (x, y) or modalities.related(x, y) for x in a.modalities for y in b.modalities
    )
