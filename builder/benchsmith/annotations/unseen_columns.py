"""Columns of a workbook that a person does not see, by the names in its first row."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchsmith.annotations.workbooks import MAX_WORKBOOK_BYTES, SHEET, first_shown
from benchsmith.core.contracts import DataFault
from benchsmith.core.library_errors import words_for

_HIDDEN = re.compile(rb"<(?:\w+:)?col\s[^>]*\bhidden=[\"'](?:1|true)")


def unseen_columns(path: Path) -> list[str]:
    """Return the names of the hidden columns of a workbook's first shown sheet. Raises DataFault."""
    import openpyxl

    try:
        if not _any_hidden(path):
            return []
        book = openpyxl.load_workbook(path, data_only=True, keep_links=False)
        sheet = first_shown(book.worksheets, path)
        numbers = set(_hidden(sheet))
        head = next((r for r in sheet.iter_rows() if any(c.value is not None for c in r)), ())
        return [
            str(cell.value).strip()
            for cell in head
            if cell.column in numbers and cell.value is not None
        ]
    except DataFault:
        raise
    except Exception as error:
        # openpyxl raises any exception that a damaged file causes
        raise DataFault("unreadable", path, words_for(error)) from error


def _any_hidden(path: Path) -> bool:
    with zipfile.ZipFile(path) as bundle:
        return any(
            _HIDDEN.search(bundle.read(entry))
            for entry in bundle.infolist()
            if SHEET.fullmatch(entry.filename) and entry.file_size <= MAX_WORKBOOK_BYTES
        )


def _hidden(sheet: Any) -> Iterator[int]:
    """Yield the numbers of hidden columns, from 1; one entry of a sheet may be of several."""
    for group in sheet.column_dimensions.values():
        if group.hidden:
            yield from range(group.min, min(group.max, sheet.max_column) + 1)
