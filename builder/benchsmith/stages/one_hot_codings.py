"""What is not understood in the one-hot columns of a source, judged by all of its tables at once.

A file of the test set may hold only 1 where that of the training set has 1 and 2: alone it looks plain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from benchsmith.documents.labels import Sheet
from benchsmith.stages.table_rows import Rows
from benchsmith.text.one_hot_cells import unclear_columns

RowsOf = Callable[[Sheet], Iterable[Rows]]
"""Returns the wanted rows of each file that a sheet is read from."""


class OneHotCodings:
    """Judges the columns of the sheets that do not state what their cells mean."""

    def __init__(self, tables: Iterable[object], rows_of: RowsOf) -> None:
        self._sheets = [t for t in tables if isinstance(t, Sheet) and is_judged(t)]
        self._rows_of = rows_of
        self._found: dict[str, str] | None = None

    def unclear(self, sheet: Sheet) -> dict[str, str]:
        """Return the columns of a sheet whose coding is not understood, each with the reason."""
        if not is_judged(sheet):
            return {}
        if self._found is None:
            self._found = {}
            for group in _connected(self._sheets):
                self._found |= unclear_columns(self._cells(group))
        return {c: self._found[c] for c in sheet.one_hot if c in self._found}

    def _cells(self, group: Sequence[Sheet]) -> Mapping[str, set[str]]:
        """Return the different cells of each column of sheets that share columns."""
        cells: dict[str, set[str]] = {c: set() for sheet in group for c in sheet.one_hot}
        for sheet in group:
            for rows in self._rows_of(sheet):
                for listed in rows.values():
                    for row in listed:
                        for column in sheet.one_hot:
                            cells[column].add(row.cells.get(column, ""))
        return cells


def is_judged(table: Sheet) -> bool:
    """Return whether a table has one-hot columns of which no recipe says what their cells mean."""
    return bool(table.one_hot) and not table.present


def _connected(sheets: Sequence[Sheet]) -> Iterator[list[Sheet]]:
    """Yield sheets that share columns, also by way of others; what one of them shows is true of all."""
    left = list(sheets)
    while left:
        group = [left.pop(0)]
        columns = set(group[0].one_hot)
        while near := [sheet for sheet in left if columns & set(sheet.one_hot)]:
            group += near
            left = [sheet for sheet in left if sheet not in near]
            columns.update(c for sheet in near for c in sheet.one_hot)
        yield group
