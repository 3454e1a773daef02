"""Undoes what spreadsheets change in a tab-separated file when they save it, if that is certain.

Excel writes UTF-16 or a byte-order mark, ends lines with a carriage return and a line feed, puts
quotes around cells that contain quotes or commas, and adds empty columns. LibreOffice can put
quotes around all cells. Other separators are not guessed: a comma may belong to a cell.
"""

from __future__ import annotations

from collections.abc import Sequence

BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
SEPARATORS = {",": "commas", ";": "semicolons"}


def decode(data: bytes) -> str:
    """Return the text of UTF-8 or, after a byte-order mark, UTF-16. Raises UnicodeDecodeError."""
    return data.decode(BOMS.get(data[:2], "utf-8-sig"))


def lines(text: str) -> tuple[list[str], bool]:
    """Return the lines of a text, and whether it has the line ends of a spreadsheet."""
    found = text.split("\r\n") if "\r\n" in text else text.split("\n")
    if found[-1] == "":
        found.pop()
    return found, "\r\n" in text


def rows(found: Sequence[str], width: int, *, saved: bool) -> list[list[str]]:
    """Return the cells of each line, without a spreadsheet's quotes and empty columns.

    `width` is the number of columns. `saved` says that the line ends are a spreadsheet's; its
    quotes are removed, as they are where the whole header is quoted.
    """
    cells = [line.split("\t") for line in found]
    if saved or (cells and all(_quoted(cell) for cell in cells[0])):
        cells = [[_bare(cell) for cell in row] for row in cells]
    extra = len(cells[0]) - width if cells else 0
    if extra > 0 and not any(cell for row in cells for cell in row[width:]):
        cells = [row[:width] for row in cells]
    return cells


def other_separator(header: str, columns: Sequence[str]) -> str:
    """Return the name of the separator of a header with these columns; empty if it is the tab."""
    for character, name in SEPARATORS.items():
        if [_bare(cell.strip()) for cell in header.split(character)] == list(columns):
            return name
    return ""


def _quoted(cell: str) -> bool:
    return len(cell) > 1 and cell[0] == cell[-1] == '"'


def _bare(cell: str) -> str:
    return cell[1:-1].replace('""', '"') if _quoted(cell) else cell
