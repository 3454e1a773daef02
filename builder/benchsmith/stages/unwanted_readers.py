"""Labels of readers whom a `merge` does not name: they are not read, and each has a row that says so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from benchsmith.documents.labels import READER, Merge, Table
from benchsmith.stages.units import Unit
from benchsmith.text import path_patterns
from benchsmith.text.normal_form import counted

REASON = "reader-unwanted"


def unwanted_reader(labels: Any, fields: Mapping[str, str]) -> str:
    """Return the reader of a label file if its entry names others alone; otherwise empty text.

    `fields` are the values of the placeholders in the file's path.
    """
    name = fields.get(READER, "")
    wanted = labels.readers if isinstance(labels, Merge) else ()
    return name if name and wanted and name not in wanted else ""


def detail_of(reader: str) -> str:
    """Return why a reader's labels are not read."""
    return f"`readers` does not name {reader!r}"


def unwanted_rows(units: Sequence[Unit]) -> Iterator[tuple[str, str, str]]:
    """Yield subject, reason and detail of each table and reader with rows that are not read.

    Rows without a picture are rejected elsewhere.
    """
    lines: dict[tuple[str, str], set[int]] = {}
    for unit in units:
        for labels in unit.samples.labels:
            if not isinstance(labels, Merge) or not labels.readers or labels.column is None:
                continue
            assert isinstance(labels.of, Table)
            file = path_patterns.fill(labels.of.file, unit.fields)
            for row in unit.rows.get(labels.of.rows_id, ()):
                name = row.cells.get(labels.column, "").strip()
                if name and name not in labels.readers:
                    lines.setdefault((file, name), set()).add(row.line)
    for (file, name), found in sorted(lines.items()):
        yield f"{file} {name}", REASON, f"{counted(len(found), 'row')} not read: {detail_of(name)}"
