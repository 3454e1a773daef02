"""Rows of a source's tables, and which of them belong to an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchsmith.core.contracts import DataFault, SheetRow
from benchsmith.documents.labels import Sheet, Table, cells
from benchsmith.text import path_patterns, unicode_names


class TableKey(NamedTuple):
    """Identifies the rows of a table among those of others."""

    file: str
    """Its path, without placeholders."""
    rows_id: str
    """Which of its rows are wanted."""
    column: str
    key_is: str
    counts: bool
    """Whether its keys are numbers."""


Rows = Mapping[str, Sequence[SheetRow]]
"""Rows of a table by their key."""


class Wanted(NamedTuple):
    """The rows of a table that a recipe's `where` accepts."""

    rows: Rows
    unwanted: frozenset[str] = frozenset()
    """Keys that have rows, but none that is accepted."""
    left_out: int = 0
    """Rows that are not accepted."""


class EntryTable(NamedTuple):
    """A table as one entry of a recipe reads it."""

    table: Table
    key: TableKey
    wanted: Wanted


class Place(NamedTuple):
    """How an image's rows are found."""

    pair: str
    """The image's key."""
    below: str
    """Its path below the root, without ending."""
    fields: Mapping[str, str]
    """Values of its placeholders."""

    def key_in(self, table: Table) -> str:
        """Return the key of the image's rows; without the number that a table needs, its own key."""
        if table.key_is == "path":
            return self.below
        key = self.pair if table.row is None else path_patterns.fill(table.row, self.fields)
        if table.rows_at is None or not key.isascii() or not key.isdecimal():
            return key
        return str(table.rows_at.row_of(int(key)))


def own_rows(
    tables: Sequence[EntryTable], place: Place
) -> tuple[dict[str, Sequence[SheetRow]], set[tuple[TableKey, int]], str]:
    """Return an image's rows by :attr:`Table.rows_id`, their lines by table, and what is missing."""
    rows: dict[str, Sequence[SheetRow]] = {}
    used: set[tuple[TableKey, int]] = set()
    missing = ""
    for table, at, wanted in tables:
        key = place.key_in(table)
        if own := wanted.rows.get(key):
            rows[table.rows_id] = own
            used |= {(at, row.line) for row in own}
        elif table.row or table.rows_at or table.is_per_group:
            missing = missing or f"{at[0]} has no row whose {table.key} is {key!r}"
    return rows, used, missing


def by_number(rows: Rows, file: str) -> Rows:
    """Return rows by their keys as numbers without leading zeros. Raises DataFault for other keys."""
    found: dict[str, list[SheetRow]] = {}
    for key, listed in rows.items():
        if not key.isascii() or not key.isdecimal():
            at = listed[0].line
            raise DataFault(
                "header", file, f"line {at}: its key {key!r} is not a number, as `rows_at` needs"
            )
        found.setdefault(str(int(key)), []).extend(listed)
    return found


def wanted_rows(rows: Rows, table: Table) -> Wanted:
    """Return the rows that `where` accepts. Raises DataFault for a missing column."""
    if not table.where:
        return Wanted(rows)
    found: dict[str, Sequence[SheetRow]] = {}
    unwanted: set[str] = set()
    left_out = 0
    for key, listed in rows.items():
        kept = [row for row in listed if _is_wanted(row, table)]
        left_out += len(listed) - len(kept)
        if kept:
            found[key] = kept
        else:
            unwanted.add(key)
    return Wanted(found, frozenset(unwanted), left_out)


def _is_wanted(row: SheetRow, table: Table) -> bool:
    for column, accepted in table.where.items():
        if column not in row.cells:
            raise DataFault("header", table.file, f"there is no column {column!r} for `where`")
        if row.cells[column].strip() not in cells(accepted):
            return False
    return True


def composed_keys(rows: Rows) -> Rows:
    """Return rows by keys in one normal form; keys with the same normal form are one key."""
    found: dict[str, list[SheetRow]] = {}
    for key, listed in rows.items():
        found.setdefault(unicode_names.composed(key), []).extend(listed)
    return found


def by_path(rows: Rows, pattern: str, file: str) -> Rows:
    """Return rows by the last part of their path: as many folders as the images' pattern has.

    Raises DataFault if two paths of the table have the same last part.
    """
    found: dict[str, Sequence[SheetRow]] = {}
    paths: dict[str, str] = {}
    for path, listed in rows.items():
        key = last_parts(path, pattern)
        if key in found:
            what = (
                f"{paths[key]!r} and {path!r} both mean {key!r}: the "
                "path in `images` has too few folders"
            )
            raise DataFault("header", file, what)
        found[key], paths[key] = listed, path
    return found


def last_parts(path: str, pattern: str) -> str:
    """Return as many of the last names of a path as the images' pattern has."""
    return "/".join(path.split("/")[-pattern.count("/") - 1 :])


def is_unwanted(tables: Sequence[EntryTable], place: Place) -> bool:
    """Return whether a table has rows of an image, and no entry of that table accepts one.

    A table without labels only selects images: one without an accepted row is unwanted.
    """
    refused, accepted = set(), set()
    for table, at, wanted in tables:
        key = place.key_in(table)
        selects = isinstance(table, Sheet) and table.only_selects
        missed = key in wanted.unwanted or (selects and key not in wanted.rows)
        refused |= {at[0]} if missed else set()
        accepted |= {at[0]} if key in wanted.rows else set()
    return bool(refused - accepted)


def table_key(table: Table, file: str) -> TableKey:
    """Return the key that identifies a table's rows among those of others; `file` has no placeholders."""
    return TableKey(file, table.rows_id, table.key, table.key_is, table.rows_at is not None)
