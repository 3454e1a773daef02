"""`raw_sources/catalog.tsv`: public data sets, with what they show and the recipe that reads them."""

from __future__ import annotations

from pathlib import Path

from benchsmith.documents import layered_table, shipped, tsv
from benchsmith.documents.problems import Problems

CATALOG_COLUMNS = (
    "id", "name", "kind", "modality", "task", "anatomy", "size", "year", "venue", "licence",
    "link", "recipe", "note",
)  # fmt: skip


def is_there(home: Path) -> bool:
    """Return whether a project has a catalogue, its own or the shipped one."""
    return shipped.effective(_path(home), home).is_file()


def rows(home: Path, problems: Problems) -> list[tsv.Row]:
    """Return the rows of a project's catalogue, laid over the shipped ones."""
    return layered_table.collect(_path(home), CATALOG_COLUMNS, problems, lambda r: r["id"]).rows


def anatomy(home: Path, source: str) -> str:
    """Return what the data set that a recipe reads shows; empty if the catalogue does not say."""
    if not is_there(home):
        return ""
    found = (row["anatomy"] for row in rows(home, Problems(home)) if row["recipe"] == source)
    return next(found, "")


def _path(home: Path) -> Path:
    return home / "raw_sources" / "catalog.tsv"
