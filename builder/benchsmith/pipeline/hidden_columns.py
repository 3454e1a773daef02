"""Warns of columns of workbooks that a recipe reads, and that a person who opens the file does not see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from benchsmith import plugins
from benchsmith.core.contracts import DataFault
from benchsmith.documents.labels import Table
from benchsmith.documents.library import Library
from benchsmith.documents.recipe import Samples
from benchsmith.fetch import packages
from benchsmith.text import path_patterns

COLUMN = "column:"
WORKBOOK = ".xlsx"


def of_recipes(home: Path, library: Library) -> Iterator[str]:
    """Yield a line for each table of a source whose data are here."""
    for id_, source in library.sources.items():
        read: dict[str, set[str]] = {}
        for samples in source.recipe.samples:
            for table in samples.sheets:
                if table.file.lower().endswith(WORKBOOK):
                    read.setdefault(table.file, set()).update(_named(table), _about(samples))
        roots = packages.roots(home, source) if read else ""
        if not isinstance(roots, str):
            for file, columns in read.items():
                yield from _lines(id_, file, columns, roots)


def _lines(source: str, file: str, columns: set[str], roots: Mapping[str, Path]) -> Iterator[str]:
    prefix, _, pattern = file.rpartition(":")
    for match in path_patterns.find(roots[prefix], pattern):
        try:
            found = [name for name in plugins.unseen_columns(match.path) if name in columns]
        except DataFault:
            continue  # the build refuses it, with the reason
        if found:
            at = path_patterns.fill(file, match.fields)
            shown = ", ".join(map(repr, found))
            yield (
                f"look: {source}: {at} hides {shown}, which the recipe reads: a hidden column may be withdrawn; "
                "show it in the workbook, or take it out of the recipe"
            )


def _about(samples: Samples) -> set[str]:
    """Return the columns with what an entry says of its pictures and patients."""
    texts = [samples.modality, samples.patient, *(text for _, text in samples.about)]
    return {text.removeprefix(COLUMN) for text in texts if text and text.startswith(COLUMN)}


def _named(table: Table) -> set[str]:
    """Return every text of a table's entry, of which some are names of columns, and the keys of `where`."""
    values = [value for _, value in table]
    found: set[str] = set(table.where)
    for value in values:
        if isinstance(value, str):
            found.add(value)
        elif isinstance(value, tuple | list):
            found.update(each for each in value if isinstance(each, str))
    return found
