"""Tab-separated tables, read strictly: every deviation from the columns is a problem."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents import spreadsheet_saves, text_file
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.text.normal_form import counted
from benchsmith.text.spreadsheet_cells import guarded, plain

LIST_SEPARATOR = " | "
MAX_ROWS = 1_000_000
MAX_COLUMNS = 100
"""Columns of a header that are compared with the expected ones."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell; an empty cell is an empty string. Raises KeyError for an unknown column."""
        return self.cells[column]

    def list(self, column: str) -> tuple[str, ...]:
        """Return the items of a cell that holds a list, split at ``|`` and stripped."""
        return tuple(part.strip() for part in self.cells[column].split("|") if part.strip())


def read(path: Path, columns: Sequence[str], home: Path | None = None) -> list[Row]:
    """Return the rows of a table with exactly these columns. Raises DocumentError.

    Problems name the file relative to `home`, by default the file's own folder.
    """
    problems = Problems(home or path.parent)
    rows = collect(path, columns, problems)
    problems.raise_any()
    return rows


def collect(path: Path, columns: Sequence[str], problems: Problems, last: str = "") -> list[Row]:
    """Return the rows of a table with exactly these columns, adding problems to `problems`.

    A column named `last` may follow; rows have an empty cell for it where the table lacks it.

    Lines with a wrong number of cells are left out. A missing file is a problem. Cells are read as
    :func:`write` was given them, without marks against formulas, also after a spreadsheet saved the
    file (:mod:`benchsmith.documents.spreadsheet_saves`).
    """
    text = text_file.collect(path, problems)
    if text is None:
        return []
    if text.count("\n") > MAX_ROWS:
        problems.add(path, MAX_ROWS + 1, f"has more than {MAX_ROWS} lines", "split the table")
        return []
    lines, saved = spreadsheet_saves.lines(text)
    bad = next((i for i, line in enumerate(lines, 1) if "\r" in line), 0)
    if bad:
        problems.add(path, bad, "has a carriage return", "save it with Unix line endings")
        return []
    if not lines:
        problems.add(path, 1, "is empty", f"start with the header {' '.join(columns)}")
        return []
    if other := spreadsheet_saves.other_separator(lines[0], columns):
        what = f"separates its columns with {other} instead of tabs"
        problems.add(path, 1, what, "save it as tab-separated text")
        return []
    found = spreadsheet_saves.rows(lines, len(columns), saved=saved)
    header = found[0]
    if len(header) > MAX_COLUMNS:
        what = f"has {len(header)} columns instead of {len(columns)}"
        problems.add(path, 1, what, f"the header is {' '.join(columns)}")
        return []
    if last and header == [*columns, last]:
        columns = header
    if header != list(columns):
        for name in [n for n in header if n not in columns]:
            problems.add(path, 1, f"unknown column {name!r}", did_you_mean(name, columns))
        for name in [n for n in columns if n not in header]:
            problems.add(path, 1, f"column {name!r} is missing")
        if sorted(header) == sorted(columns):
            problems.add(path, 1, f"the columns must be in the order {', '.join(columns)}")
        return []
    # removing the marks of each cell costs as much as all else, and few tables have any
    marked = saved or text.startswith(("'", '"')) or "\t'" in text or "\n'" in text
    rows = []
    for number, cells in enumerate(found[1:], start=2):
        if len(cells) != len(columns):
            problems.add(
                path,
                number,
                f"has {counted(len(cells), 'cell')} instead of {len(columns)}",
                "put one tab between cells, also between empty ones",
            )
        else:
            named = dict(zip(columns, map(plain, cells) if marked else cells, strict=True))
            rows.append(Row(path, number, {last: "", **named} if last else named))
    return rows


def write(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Write a table in the format of :func:`read`, atomically.

    Columns that a row lacks are empty. Raises ValueError if a cell contains a tab or a line break.
    """
    lines = ["\t".join(columns)]
    for row in rows:
        cells = [guarded(row.get(c, "")) for c in columns]
        if any(c in cell for cell in cells for c in "\t\n\r"):
            raise ValueError(f"a cell contains a tab or a line break: {cells}")
        lines.append("\t".join(cells))
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(("\n".join(lines) + "\n").encode())
    os.replace(fresh, path)
