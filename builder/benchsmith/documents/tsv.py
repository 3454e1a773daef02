"""Tab-separated tables, read strictly: what is not as it should be is a problem, never a guess."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.documents.problems import Problems, did_you_mean

LIST_SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table."""

    path: Path
    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell; empty where nothing stands in it."""
        return self.cells[column]

    def list(self, column: str) -> tuple[str, ...]:
        """Return a cell that holds a list, split at `` | ``."""
        return tuple(part.strip() for part in self.cells[column].split("|") if part.strip())


def read(path: Path, columns: Sequence[str], problems: Problems) -> list[Row]:
    """Return the rows of a table that has exactly `columns`, noting every problem.

    A line with too few or too many cells is noted and left out. A missing file has no rows.
    """
    if not path.is_file():
        problems.add(path, 1, "the file is missing")
        return []
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        problems.add(path, line, "is not UTF-8", "save the file as UTF-8")
        return []
    if text.startswith("\ufeff"):
        problems.add(path, 1, "begins with a byte-order mark", "save it as UTF-8 without BOM")
    if "\r" in text:
        problems.add(
            path,
            text[: text.index("\r")].count("\n") + 1,
            "has a carriage return",
            "save it with Unix line ends",
        )
    lines = text.split("\n")
    if lines[-1] == "":
        lines.pop()
    if not lines:
        problems.add(path, 1, "is empty", f"begin with the header {' '.join(columns)}")
        return []
    header = lines[0].split("\t")
    if header != list(columns):
        for name in [n for n in header if n not in columns]:
            problems.add(path, 1, f"unknown column {name!r}", did_you_mean(name, columns))
        for name in [n for n in columns if n not in header]:
            problems.add(path, 1, f"column {name!r} is missing")
        if sorted(header) == sorted(columns):
            problems.add(path, 1, f"columns are not in the order {', '.join(columns)}")
        return []
    rows = []
    for number, text in enumerate(lines[1:], start=2):
        cells = text.split("\t")
        if len(cells) != len(columns):
            problems.add(
                path,
                number,
                f"has {len(cells)} cells instead of {len(columns)}",
                "cells are separated by one tab each, empty ones too",
            )
        else:
            rows.append(Row(path, number, dict(zip(columns, cells, strict=True))))
    return rows


def write(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> None:
    """Write a table that :func:`read` reads, whole or not at all.

    Raises ValueError where a cell holds a tab or a line break.
    """
    lines = ["\t".join(columns)]
    for row in rows:
        cells = [row.get(c, "") for c in columns]
        if any(c in cell for cell in cells for c in "\t\n\r"):
            raise ValueError(f"a cell holds a tab or a line break: {cells}")
        lines.append("\t".join(cells))
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(("\n".join(lines) + "\n").encode())
    os.replace(fresh, path)
