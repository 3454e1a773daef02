"""`lexicon/windows.tsv`: intensity windows by anatomy and modality."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents.lexicon.row_checks import RowChecks

WINDOW_COLUMNS = (
    "id", "kind", "level", "width", "low", "high", "anatomy", "modalities", "source", "note",
)  # fmt: skip
BOUNDS = {"hu": ("level", "width"), "percentile": ("low", "high")}
"""The two numbers that a window of each kind has."""


@dataclass(frozen=True, slots=True)
class Window:
    """An intensity window.

    Kind ``hu`` has level and width in Hounsfield units; kind ``percentile`` has low and high, 0 to
    100, over the foreground of the volume. The numbers of the other kind are 0.
    """

    id: str
    kind: str
    """A key of `BOUNDS`."""
    level: float
    width: float
    low: float
    high: float
    anatomy: tuple[str, ...]
    """Ids of labels, their descendants included; ``*`` for all."""
    modalities: tuple[str, ...]
    """Ids of modalities, their descendants included; ``*`` for all."""


def collect(folder: Path, check: RowChecks) -> tuple[Window, ...]:
    """Return the windows in the table's order."""
    found: list[Window] = []
    for row in check.rows(folder / "windows.tsv", WINDOW_COLUMNS, lambda row: row["id"]):
        check.terms(row, "anatomy", "label", row.list("anatomy"), any_=True)
        check.terms(row, "modalities", "modality", row.list("modalities"), any_=True)
        needed = BOUNDS.get(row["kind"])
        if needed is None:
            what = f"unknown kind {row['kind']!r}"
            check.problems.add(row.path, row.line, what, "use hu or percentile")
            continue
        if not row["source"]:
            check.problems.add(row.path, row.line, "has no source")
        numbers = dict.fromkeys(("level", "width", "low", "high"), 0.0)
        try:
            numbers |= {name: float(row[name]) for name in needed}
        except ValueError:
            check.problems.add(row.path, row.line, f"{' and '.join(needed)} must be numbers")
            continue
        if row["kind"] == "hu" and numbers["width"] <= 0:
            check.problems.add(row.path, row.line, "`width` must be above 0")
        if row["kind"] == "percentile" and not 0 <= numbers["low"] < numbers["high"] <= 100:
            check.problems.add(row.path, row.line, "`low` must be below `high`, both 0 to 100")
        if any(w.id == row["id"] for w in found):
            check.problems.add(row.path, row.line, f"duplicate id {row['id']!r}")
        window = Window(
            id=row["id"],
            kind=row["kind"],
            **numbers,
            anatomy=row.list("anatomy"),
            modalities=row.list("modalities"),
        )
        found.append(window)
    return tuple(found)
