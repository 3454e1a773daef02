"""Tables in Excel workbooks: the first sheet that is not hidden, as a person sees it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchsmith.core.contracts import DataFault
from benchsmith.core.library_errors import words_for

MAX_WORKBOOK_BYTES = 256 << 20
"""Inflated size of all files in a workbook."""
_ZEROS = re.compile("00+")
"""A number format that fills up with zeros, as for identifiers."""
_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_MERGED_OR_FORMULA = re.compile(rb"<(?:mergeCell|f)[\s>/]")


def rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Yield line number and cells of each row that is not empty.

    Raises DataFault, also for cells whose value is not in the file: merged cells, of which only the
    first has a value, and formulas that no program has computed.
    """
    import openpyxl

    try:
        if _needs_check(path):
            _check(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = _first_shown(book.worksheets, path)
        filled = any(_ZEROS.fullmatch(f) for f in book._number_formats)  # noqa: SLF001
        for line, cells in enumerate(sheet.iter_rows(values_only=not filled), start=1):
            values = [_shown(cell) for cell in cells] if filled else list(cells)
            if any(v is not None for v in values):
                yield line, values
    except DataFault:
        raise
    except Exception as error:
        # openpyxl raises any exception that a damaged file causes
        raise DataFault("unreadable", path, words_for(error)) from error


def _first_shown(sheets: Sequence[Any], path: Path) -> Any:
    """Return the first sheet that is not hidden. Raises DataFault."""
    shown = [sheet for sheet in sheets if sheet.sheet_state == "visible"]
    if not shown:
        raise DataFault("header", path, "has no visible sheet")
    return shown[0]


def _shown(cell: Any) -> Any:
    """Return a cell's value; a whole number under a format of zeros has its leading zeros."""
    value = cell.value
    zeros = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if zeros and _ZEROS.fullmatch(cell.number_format):
        return f"{value:0{len(cell.number_format)}d}"
    return value


def _needs_check(path: Path) -> bool:
    """Return whether a sheet has merged cells or formulas. Raises DataFault for a huge workbook."""
    with zipfile.ZipFile(path) as bundle:
        entries = bundle.infolist()
        if sum(entry.file_size for entry in entries) > MAX_WORKBOOK_BYTES:
            raise DataFault("too-large", path, f"inflates to more than {MAX_WORKBOOK_BYTES} bytes")
        sheets = [entry for entry in entries if _SHEET.fullmatch(entry.filename)]
        return any(_MERGED_OR_FORMULA.search(bundle.read(entry)) for entry in sheets)


def _check(path: Path) -> None:
    import openpyxl

    written, computed = (
        _first_shown(
            openpyxl.load_workbook(path, data_only=only, keep_links=False).worksheets, path
        )
        for only in (False, True)
    )
    for merged in sorted(written.merged_cells.ranges, key=str):
        what = f"its cells {merged} are merged: split them, and fill in each cell"
        raise DataFault("header", path, what)
    for row in written.iter_rows():
        for cell in row:
            if cell.data_type == "f" and computed[cell.coordinate].value is None:
                what = f"its cell {cell.coordinate} is a formula without a value: save it as CSV"
                raise DataFault("header", path, what)
