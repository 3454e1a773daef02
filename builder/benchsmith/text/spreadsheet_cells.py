"""Cells of tables that people open in a spreadsheet, kept from being run as formulas.

A spreadsheet runs a cell that begins with one of ``= + - @``, also behind spaces and quotes. Such a
cell is written with an apostrophe in front, which makes it text. Numbers stay as they are. Reading
removes the apostrophe, so that every text is read back as it was written.
"""

from __future__ import annotations

import re

# apostrophes before a line break too: the one that is put before the break must not be taken for them
_RUN = re.compile(r"""[\s"'\u200b\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]""")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
MARK = "'"
ERRORS = frozenset(
    {"#blocked!", "#busy!", "#calc!", "#connect!", "#div/0!", "#field!", "#getting_data", "#n/a", "#name?", "#null!",
     "#num!", "#ref!", "#spill!", "#unknown!", "#value!"}
)  # fmt: skip
"""What spreadsheets show, and write into a text file, where a formula has no value; in lower case."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?: 00:00:00)?")

MAX_LABEL = 1_000
"""Characters of a label; a longer text is a report, or a damaged cell."""
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{2,}")


def is_rounded_number(cell: str) -> bool:
    """Return whether a cell is a long number as programs round it: its last digits are lost.

    >>> [is_rounded_number(c) for c in ("1.23457E+18", "1e+16", "12E3", "7e0")]
    [True, True, False, False]
    """
    return bool(_ROUNDED.fullmatch(cell.strip()))


def unsure(cell: str) -> str:
    """Return why a cell with a word may not hold what a person wrote; empty if it does.

    >>> unsure("#N/A"), unsure("liver")
    ('an error of a spreadsheet', '')
    >>> unsure("2024-01-02 00:00:00")
    'a date, which a spreadsheet also makes of words such as 1-2'
    """
    if cell.strip().casefold() in ERRORS:
        return "an error of a spreadsheet"
    if _DATE.fullmatch(cell.strip()):
        return "a date, which a spreadsheet also makes of words such as 1-2"
    if len(cell) > MAX_LABEL:
        return f"a text of {len(cell)} characters"
    return ""


def guarded(text: str) -> str:
    """Return a cell that a spreadsheet shows and does not run.

    >>> [guarded(t) for t in ("liver", "=1+1", "-5", "-5+1", "'=1", " @SUM(A1)")]
    ['liver', "'=1+1", '-5', "'-5+1", "''=1", "' @SUM(A1)"]
    """
    return MARK + text if _runs(text) else text


def plain(cell: str) -> str:
    """Return the text of a cell that :func:`guarded` made, or that a person wrote.

    >>> [plain(t) for t in ("liver", "'=1+1", "-5", "=1", "'quoted'")]
    ['liver', '=1+1', '-5', '=1', "'quoted'"]
    """
    return cell[1:] if cell.startswith(MARK) and _runs(cell[1:]) else cell


def _runs(text: str) -> bool:
    return bool(_RUN.match(text)) and not _NUMBER.fullmatch(text)
