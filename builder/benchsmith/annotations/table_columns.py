"""The columns of a table that an entry reads, and the message for a missing one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from benchsmith.core.contracts import DataFault, SheetRow

OTHER_SEPARATORS = (";", "\t", ",", "|")
SHOWN_COLUMNS = 10


def need(cells: Mapping[str, str], columns: Iterable[str], file: str) -> None:
    """Raise DataFault if a row lacks a column."""
    for column in columns:
        if column not in cells:
            raise DataFault("header", file, no_column(column, cells))


def cells(row: SheetRow, columns: Sequence[str], file: str) -> list[str]:
    """Return the stripped cells of some columns. Raises DataFault for a missing column."""
    need(row.cells, columns, file)
    return [row.cells[column].strip() for column in columns]


def no_column(column: str, there: Iterable[str]) -> str:
    r"""Return the message that a table lacks a column, with the columns that it has, or its separator.

    >>> no_column("finding", ["file", "Finding"])
    "there is no column 'finding'; there are: file, Finding"
    >>> no_column("file", ["file;finding"])
    'there is no column \'file\'; line 1 is \'file;finding\': state `separator: ";"` in the recipe'
    """
    names = list(there)
    what = f"there is no column {column!r}"
    other = next((mark for mark in OTHER_SEPARATORS if len(names) == 1 and mark in names[0]), "")
    if other:
        return (
            f"{what}; line 1 is {names[0]!r}: state `separator: {json.dumps(other)}` in the recipe"
        )
    more = f" and {len(names) - SHOWN_COLUMNS} more" if len(names) > SHOWN_COLUMNS else ""
    return f"{what}; there are: {', '.join(names[:SHOWN_COLUMNS])}{more}"
