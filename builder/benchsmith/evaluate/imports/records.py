"""Rows of any table as dictionaries: CSV, TSV, Excel, JSON Lines, or a list in JSON."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

Record = dict[str, Any]


def read(path: Path) -> Iterator[tuple[int, Record]]:
    """Yield the line number and the fields of each row. Raises ValueError."""
    ending = path.suffix.lower()
    if ending == ".xlsx":
        return _excel(path)
    if ending == ".jsonl":
        return _json_lines(path)
    return _separated(path, "\t" if ending == ".tsv" else ",")


def _separated(path: Path, delimiter: str) -> Iterator[tuple[int, Record]]:
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # pictures in a cell
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            yield from _named(csv.reader(file, delimiter=delimiter))
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"cannot be read: {error}") from error


def _excel(path: Path) -> Iterator[tuple[int, Record]]:
    """Read the first sheet of a workbook."""
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise ValueError(f"is not an Excel file: {error}") from error
    try:
        yield from _named(book.worksheets[0].iter_rows(values_only=True))
    finally:
        book.close()


def _named(lines: Iterable[Sequence[Any]]) -> Iterator[tuple[int, Record]]:
    rows = iter(lines)
    names = [str(cell or "").strip() for cell in next(rows, [])]
    for line, cells in enumerate(rows, start=2):
        values = {n: c for n, c in zip(names, cells, strict=False) if n}
        if any(cell not in (None, "") for cell in values.values()):
            yield line, values


def _json_lines(path: Path) -> Iterator[tuple[int, Record]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        for line, text in enumerate(file, start=1):
            if not text.strip():
                continue
            try:
                value = json.loads(text)
            except (ValueError, RecursionError) as error:
                raise ValueError(f"line {line} is not JSON: {error}") from error
            yield line, record(value, line)


def document(path: Path) -> Any:
    """Return the value of a JSON file. Raises ValueError."""
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON: {error}") from error


def record(value: Any, line: int) -> Record:
    """Return a JSON value that must be an object. Raises ValueError."""
    if not isinstance(value, dict):
        raise ValueError(f"line {line} is not a JSON object")  # noqa: TRY004 - it is the file's
    return value
