"""Rows of a source's tables, and which of them belong to an image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from benchsmith.core.contracts import DataFault, SheetRow
from benchsmith.documents.labels import Table
from benchsmith.text import unicode_names

TableKey = tuple[str, str, str]
"""A table's file, its key column, and how that is read; one file may be read in several ways."""
Rows = Mapping[str, Sequence[SheetRow]]
"""Rows of a table by their key."""


def own_rows(
    tables: Sequence[tuple[Table, Rows]], pair: str, below: str
) -> tuple[dict[str, Sequence[SheetRow]], set[tuple[TableKey, int]]]:
    """Return an image's rows by table file, and their lines by table; `below` is its path's key."""
    rows: dict[str, Sequence[SheetRow]] = {}
    used: set[tuple[TableKey, int]] = set()
    for table, listed in tables:
        if own := listed.get(below if table.key_is == "path" else pair):
            rows[table.file] = own
            used |= {(table_key(table), row.line) for row in own}
    return rows, used


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


def table_key(table: Table) -> TableKey:
    """Return what tells the rows of a table apart from those of others."""
    return table.file, table.key, table.key_is
