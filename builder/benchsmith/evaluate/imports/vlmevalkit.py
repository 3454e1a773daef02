"""VLMEvalKit's prediction tables: its input rows with a column `prediction`.

`index` is the index of the case in its split, in the order of ids, as in our export.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from benchsmith.evaluate.imports.matching import Row
from benchsmith.release.columns import LETTERS

REQUIRED = ("index", "question", "prediction")


def separated(path: Path) -> Iterator[Row]:
    """Read a .tsv or .csv. Raises ValueError for any other table."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # pictures in a cell
    with path.open(encoding="utf-8-sig", newline="") as file:
        delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
        try:
            yield from _rows(csv.reader(file, delimiter=delimiter), path)
        except (csv.Error, UnicodeDecodeError) as error:
            raise ValueError(f"cannot be read: {error}") from error


def excel(path: Path) -> Iterator[Row]:
    """Read the first sheet of an .xlsx. Raises ValueError for any other table."""
    import zipfile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError) as error:
        raise ValueError(f"is not an Excel file: {error}") from error
    try:
        yield from _rows(book.worksheets[0].iter_rows(values_only=True), path)
    finally:
        book.close()


def _rows(lines: Iterable[Sequence[Any]], path: Path) -> Iterator[Row]:
    rows = iter(lines)
    names = [_text(cell).strip() for cell in next(rows, [])]
    if missing := [n for n in REQUIRED if n not in names]:
        raise ValueError(f"has no column {', '.join(missing)}")
    split = next((s for s in ("val", "test") if f"_{s}" in path.stem.lower()), "")
    for line, cells in enumerate(rows, start=2):
        values = dict(zip(names, map(_text, cells), strict=False))
        if not any(values.values()):
            continue
        try:
            place = int(values["index"])
        except ValueError as error:
            raise ValueError(
                f"line {line}: the index {values['index']!r} is not a number"
            ) from error
        yield Row(
            line=line,
            text=values.get("prediction", ""),
            place=place,
            split=split,
            question=values["question"],
            options=tuple(values[c] for c in LETTERS if values.get(c)),
        )


def _text(cell: Any) -> str:
    """Return a cell as text; Excel stores the option `3` as a number, which pandas reads as 3.0."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
