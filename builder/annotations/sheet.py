"""Tables with one row a picture: CSV or TSV, read as text and nothing but text."""

from __future__ import annotations

import csv
from pathlib import Path

from builder.documents.recipe import Sheet
from builder.ports import Annotations, DataFault, Request, SheetRow, Stated


def rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """Return the rows of a table with their line numbers; a ragged table is refused.

    Cells stay text: `007` is not 7, and `NA` is not missing. Raises DataFault.
    """
    separator = "\t" if path.suffix.lower() == ".tsv" else ","
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, delimiter=separator, strict=True)
            header = next(reader, [])
            if len(set(header)) != len(header) or "" in header:
                raise DataFault(
                    "header", path, f"a column has no name, or a name stands twice: {header}"
                )
            found = []
            for cells in reader:
                if len(cells) != len(header):
                    raise DataFault(
                        "header",
                        path,
                        f"line {reader.line_num} has {len(cells)} cells, the header {len(header)}",
                    )
                found.append((reader.line_num, dict(zip(header, cells, strict=True))))
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise DataFault("unreadable", path, str(error)) from error
    return found


def by_key(path: Path, key: str) -> dict[str, SheetRow]:
    """Return the rows of a table by their key column. Raises DataFault for a key used twice."""
    found: dict[str, SheetRow] = {}
    for line, row in rows(path):
        if key not in row:
            raise DataFault("header", path, f"there is no column {key!r}")
        if row[key] in found:
            raise DataFault(
                "header", path, f"lines {found[row[key]].line} and {line} are both of {row[key]!r}"
            )
        found[row[key]] = SheetRow(line, row)
    return found


def read(labels: Sheet, request: Request) -> Annotations:
    """Say the labels in one picture's row; an empty cell says nothing."""
    row = request.rows.get(labels.file)
    if row is None:
        raise DataFault("file-missing", labels.file, f"has no row for {request.fields['key']!r}")
    for column in labels.labels:
        if column not in row.cells:
            raise DataFault("header", labels.file, f"there is no column {column!r}")
    at = f"{labels.file}:{row.line}"
    said = [Stated(row.cells[c], c, at) for c in labels.labels if row.cells[c]]
    return Annotations(stated=said)
