"""Rows of a source's tables, and which of them belong to an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchsmith.core.contracts import DataFault, SheetRow
from benchsmith.documents.labels import Table
from benchsmith.text import path_patterns, unicode_names

TableKey = tuple[str, str, str, bool]
"""A table's file, its key column, how that is read, and if it counts; a file may be read in several ways."""
Rows = Mapping[str, Sequence[SheetRow]]
"""Rows of a table by their key."""


class EntryTable(NamedTuple):
    """A table as one entry of a recipe reads it."""

    table: Table
    key: TableKey
    rows: Rows


def own_rows(
    tables: Sequence[EntryTable], pair: str, below: str, fields: Mapping[str, str]
) -> tuple[dict[str, Sequence[SheetRow]], set[tuple[TableKey, int]], str]:
    """Return an image's rows by table as the recipe spells it, their lines by table, and what is missing.

    `pair` is the image's key, `below` its path's key, `fields` are the values of its placeholders.
    """
    rows: dict[str, Sequence[SheetRow]] = {}
    used: set[tuple[TableKey, int]] = set()
    missing = ""
    for table, place, listed in tables:
        wanted = _wanted(table, pair, below, fields)
        if own := listed.get(wanted):
            rows[table.file] = own
            used |= {(place, row.line) for row in own}
        elif table.row or table.rows_at or table.is_per_group:
            missing = missing or f"{place[0]} has no row whose {table.key} is {wanted!r}"
    return rows, used, missing


def _wanted(table: Table, pair: str, below: str, fields: Mapping[str, str]) -> str:
    """Return the key of an image's rows; of an image without the number that it needs, its own key."""
    if table.key_is == "path":
        return below
    key = pair if table.row is None else path_patterns.fill(table.row, fields)
    if table.rows_at is None or not key.isascii() or not key.isdecimal():
        return key
    return str(table.rows_at.row_of(int(key)))


def by_number(rows: Rows, file: str) -> Rows:
    """Return rows by their keys as numbers without leading zeros. Raises DataFault for other keys."""
    found: dict[str, list[SheetRow]] = {}
    for key, listed in rows.items():
        if not key.isascii() or not key.isdecimal():
            at = listed[0].line
            raise DataFault(
                "header", file, f"line {at}: its key {key!r} is no number, as `rows_at` needs"
            )
        found.setdefault(str(int(key)), []).extend(listed)
    return found


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
    depth = pattern.count("/") + 1
    found: dict[str, Sequence[SheetRow]] = {}
    paths: dict[str, str] = {}
    for path, listed in rows.items():
        key = "/".join(path.split("/")[-depth:])
        if key in found:
            what = f"{paths[key]!r} and {path!r} both mean {key!r}: `images` has too few folders"
            raise DataFault("header", file, what)
        found[key], paths[key] = listed, path
    return found


def table_key(table: Table, file: str) -> TableKey:
    """Return what tells the rows of a table apart from those of others; `file` has no placeholders."""
    return file, table.key, table.key_is, table.rows_at is not None
