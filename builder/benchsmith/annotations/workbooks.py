"""Tables in Excel workbooks: the first sheet that is not hidden, as a person sees it.

What a person sees differently than a reader is refused: hidden rows, cells that are struck through, merged
cells, and formulas without a stored value. Hidden columns are read, since the recipe names its columns;
`check` says which (:mod:`benchsmith.annotations.unseen_columns`).
"""

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
SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_MERGED_OR_FORMULA = re.compile(rb"<(?:\w+:)?(?:mergeCell|f)[\s>/]")
_HIDDEN_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*\bhidden=[\"'](?:1|true)")
_STRUCK = re.compile(rb"<(?:\w+:)?strike[\s>/]")
_STYLES = ("xl/styles.xml", "xl/sharedStrings.xml")
"""Where the lines through cells, and through parts of their texts, are kept."""


def rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    """Yield line number and cells of each row that is not empty.

    Raises DataFault, also for cells whose value is not in the file: merged cells, of which only the
    first has a value, and formulas that no program has computed; and for cells that were struck through and
    rows that are hidden, which their author may have withdrawn.
    """
    import openpyxl

    try:
        if _needs_check(path):
            _check(path)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
        sheet = first_shown(book.worksheets, path)
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


def first_shown(sheets: Sequence[Any], path: Path) -> Any:
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


def _is_struck(cell: Any) -> bool:
    """Return whether a cell, or a part of its text, has a line through it."""
    from openpyxl.cell.rich_text import CellRichText, TextBlock

    parts = cell.value if isinstance(cell.value, CellRichText) else ()
    return bool(cell.font.strike) or any(
        isinstance(part, TextBlock) and part.font.strike for part in parts
    )


def _needs_check(path: Path) -> bool:
    """Return whether a sheet has merged or struck cells, formulas or hidden rows.

    Raises DataFault for a huge workbook.
    """
    with zipfile.ZipFile(path) as bundle:
        entries = bundle.infolist()
        if sum(entry.file_size for entry in entries) > MAX_WORKBOOK_BYTES:
            raise DataFault("too-large", path, f"inflates to more than {MAX_WORKBOOK_BYTES} bytes")
        sheets = [entry for entry in entries if SHEET.fullmatch(entry.filename)]
        styles = [entry for entry in entries if entry.filename in _STYLES]
        if any(_STRUCK.search(bundle.read(entry)) for entry in [*styles, *sheets]):
            return True
        return any(
            _MERGED_OR_FORMULA.search(data) or _HIDDEN_ROW.search(data)
            for data in map(bundle.read, sheets)
        )


def _check(path: Path) -> None:
    import openpyxl

    written, computed = (
        first_shown(
            openpyxl.load_workbook(
                path, data_only=only, keep_links=False, rich_text=not only
            ).worksheets,
            path,
        )
        for only in (False, True)
    )
    for merged in sorted(written.merged_cells.ranges, key=str):
        what = f"its cells {merged} are merged: split them, and fill in each cell"
        raise DataFault("header", path, what)
    for number, row in enumerate(written.iter_rows(), start=1):
        there = any(cell.value is not None for cell in row)
        if there and written.row_dimensions[number].hidden:
            what = f"its row {number} is hidden: show the rows that belong to the table, and delete others"
            raise DataFault("header", path, what)
        for cell in row:
            if cell.value is not None and _is_struck(cell):
                what = f"its cell {cell.coordinate} is struck through: delete it, or the line through it"
                raise DataFault("header", path, what)
            if cell.data_type == "f" and computed[cell.coordinate].value is None:
                what = f"its cell {cell.coordinate} is a formula without a value: save it as CSV"
                raise DataFault("header", path, what)
