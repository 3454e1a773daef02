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
