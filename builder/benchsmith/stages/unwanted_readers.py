"""Labels of readers whom a `merge` does not name: they are not read, and a row reports each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from benchsmith.documents.labels import READER, Merge, Table
from benchsmith.documents.recipe import Samples
from benchsmith.stages.unit_list import Units
from benchsmith.text import path_patterns
from benchsmith.text.normal_form import counted

REASON = "reader-unwanted"


def unwanted_reader(labels: Any, fields: Mapping[str, str]) -> str:
    """Return the reader of a label file if its entry names only others; otherwise an empty text.

    `fields` are the values of the placeholders in the file's path.
    """
    name = fields.get(READER, "")
    return name if name and names_readers(labels) and name not in labels.readers else ""


def names_readers(labels: Any) -> bool:
    """Return whether an entry of labels names the readers that are read."""
    return isinstance(labels, Merge) and bool(labels.readers)


def detail_of(reader: str) -> str:
    """Return why a reader's labels are not read."""
    return f"`readers` does not name {reader!r}"


def unwanted_rows(units: Units) -> Iterator[tuple[str, str, str]]:
    """Yield subject, reason and detail of each table and reader with rows that are not read.

    Rows without a picture are rejected elsewhere.
    """
    entries = units.pictures.entries.items()
    merged = {n: own for n, entry in entries if (own := _of_columns(entry.samples))}
    lines: dict[tuple[str, str], set[int]] = {}
    # a unit with its rows is made if its entry may have such rows
    for place in range(len(units)) if merged else ():
        number = units.entry(place).number
        if number not in merged:
            continue
        unit = units[place]
        for labels in merged[number]:
            assert isinstance(labels.of, Table)
            assert labels.column is not None
            file = path_patterns.fill(labels.of.file, unit.fields)
            for row in unit.rows.get(labels.of.rows_id, ()):
                name = row.cells.get(labels.column, "").strip()
                if name and name not in labels.readers:
                    lines.setdefault((file, name), set()).add(row.line)
    for (file, name), found in sorted(lines.items()):
        yield f"{file} {name}", REASON, f"{counted(len(found), 'row')} not read: {detail_of(name)}"


def _of_columns(samples: Samples) -> list[Merge]:
    """Return the labels of an entry whose readers are named in the recipe and stated in a column."""
    return [
        e for e in samples.labels if isinstance(e, Merge) and e.readers and e.column is not None
    ]
