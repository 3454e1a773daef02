"""Rows of a source's tables, and which of them belong to an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchsmith.core.contracts import DataFault, SheetRow
from benchsmith.documents.labels import Sheet, Table, cells
from benchsmith.text import unicode_names

TableKey = tuple[str, str, str, str]
"""A table's file, which of its rows are wanted, its key column, and how that is read."""
Rows = Mapping[str, Sequence[SheetRow]]
"""Rows of a table by their key."""


class Wanted(NamedTuple):
    """The rows of a table that a recipe's `where` accepts."""

    rows: Rows
    unwanted: frozenset[str] = frozenset()
    """Keys that have rows, but none that is accepted."""
    left_out: int = 0
    """Rows that are not accepted."""


WantedTable = tuple[Table, Wanted]


def own_rows(
    tables: Sequence[WantedTable], pair: str, below: str
) -> tuple[dict[str, Sequence[SheetRow]], set[tuple[TableKey, int]]]:
    """Return an image's rows by :attr:`Table.rows_id`, and their lines by table; `below` is its path's key."""
    rows: dict[str, Sequence[SheetRow]] = {}
    used: set[tuple[TableKey, int]] = set()
    for table, wanted in tables:
        if own := wanted.rows.get(below if table.key_is == "path" else pair):
            rows[table.rows_id] = own
            used |= {(table_key(table), row.line) for row in own}
    return rows, used


def wanted_rows(rows: Rows, table: Table) -> Wanted:
    """Return the rows that `where` accepts. Raises DataFault for a column that is not there."""
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
    """Return rows by keys in one normal form; keys that differ only in it are one key."""
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
            what = f"{paths[key]!r} and {path!r} both mean {key!r}: `images` has too few folders"
            raise DataFault("header", file, what)
        found[key], paths[key] = listed, path
    return found


def last_parts(path: str, pattern: str) -> str:
    """Return as many of the last names of a path as the images' pattern has."""
    return "/".join(path.split("/")[-pattern.count("/") - 1 :])


def is_unwanted(tables: Sequence[WantedTable], pair: str, below: str) -> bool:
    """Return whether a table has rows of an image, and no entry of that table accepts one.

    A table without labels only selects images: one without an accepted row is unwanted.
    """
    refused, accepted = set(), set()
    for table, wanted in tables:
        key = below if table.key_is == "path" else pair
        selects = isinstance(table, Sheet) and table.only_selects
        missed = key in wanted.unwanted or (selects and key not in wanted.rows)
        refused |= {table.file} if missed else set()
        accepted |= {table.file} if key in wanted.rows else set()
    return bool(refused - accepted)


def table_key(table: Table) -> TableKey:
    """Return what tells the rows of a table apart from those of others."""
    return table.file, table.rows_id, table.key, table.key_is
