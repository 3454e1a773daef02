"""The tables of a source, each read once, and which of their rows belong to an image."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from benchsmith.core.contracts import DataFault, Plugins
from benchsmith.documents.labels import Sheet, Table
from benchsmith.documents.recipe import Samples
from benchsmith.stages.one_hot_codings import OneHotCodings
from benchsmith.stages.table_rows import (
    EntryTable,
    Rows,
    TableKey,
    Wanted,
    by_number,
    by_path,
    composed_keys,
    last_parts,
    table_key,
    wanted_rows,
)
from benchsmith.stages.units import SHOWN_FILES, show
from benchsmith.stages.unused_rows import unused_rows, without_picture
from benchsmith.text import path_misses, path_patterns

CODING = "state what its cells mean with `present` and `absent`"


class Reject(Protocol):
    """Receives rejections."""

    def __call__(self, reason: str, subject: str, detail: str = "", /) -> None:
        """Take one rejection."""


class SourceTables:
    """The tables of one source; unusable parts of them go to `reject`."""

    def __init__(
        self, roots: Mapping[str, Path], plugins: Plugins, reject: Reject, tables: Iterable[Table]
    ) -> None:
        """`tables` are those of all entries of the source."""
        self._roots, self._plugins, self._reject = roots, plugins, reject
        self._codings = OneHotCodings(tables, self._rows_of)
        self._early: dict[TableKey, Rows] = {}
        """Rows that were read to judge codings, until a picture needs them."""
        self._tables: dict[TableKey, Wanted] = {}
        self._patterns: dict[TableKey, set[str]] = {}
        """The paths of the images of entries that read a table."""
        self._by_row: set[TableKey] = set()
        """Tables that an entry compares with something else than the pictures' keys."""
        self._counted: set[TableKey] = set()
        """Tables whose rows without an image are only counted."""
        self._unclear: set[tuple[TableKey, str]] = set()
        """One-hot columns of tables whose coding is not understood."""
        self._unreadable: set[str] = set()
        """Tables of groups that cannot be read."""
        self.used: set[tuple[TableKey, int]] = set()
        """Lines of tables that belong to an image."""

    @property
    def any_read(self) -> bool:
        """Whether there is a table with rows that may be of no image."""
        return bool(self._tables)

    def of_entry(self, table: Table, file: str, pattern: str) -> EntryTable:
        """Return a table as an entry with the path `pattern` of images reads it. Raises DataFault.

        `file` is the table's path pattern without placeholders.
        """
        place = table_key(table, file)
        wanted = self._understood(table, place, self._wanted(table, place))
        self._patterns.setdefault(place, set()).add(pattern)
        if table.key_is == "path":
            rows = by_path(wanted.rows, pattern, file)
            unwanted = frozenset(last_parts(key, pattern) for key in wanted.unwanted)
            wanted = Wanted(rows, unwanted - rows.keys())
        if table.other_rows == "count":
            self._counted.add(place)
        if table.row or table.rows_at:
            self._by_row.add(place)
        return EntryTable(table, place, wanted)

    def of_group(self, samples: Samples, fields: Mapping[str, str]) -> list[EntryTable]:
        """Return the tables of an image's group; one that cannot be read is rejected once."""
        found: list[EntryTable] = []
        for table in samples.sheets:
            if not table.is_per_group:
                continue
            file = path_patterns.fill(table.file, fields)
            pattern = samples.images.rpartition(":")[2]
            try:
                found.append(self.of_entry(table, file, pattern))
            except DataFault as fault:
                if file not in self._unreadable:
                    self._unreadable.add(file)
                    self._reject(fault.reason, file, fault.detail)
                found.append(EntryTable(table, table_key(table, file), Wanted({})))
        return found

    def keys_of(self, table: Table, fields: Mapping[str, str]) -> Collection[str]:
        """Return the keys of a table's rows; of a group's table `fields` has a picture's values."""
        found = self._tables.get(table_key(table, path_patterns.fill(table.file, fields)))
        if found is None:
            return ()
        return {*found.rows, *found.unwanted} if found.unwanted else found.rows.keys()

    def _wanted(self, table: Table, place: TableKey) -> Wanted:
        """Return the rows of a table, read once. Raises DataFault."""
        if place not in self._tables and place[0] in self._unreadable:
            raise DataFault("unreadable", place[0], "cannot be read")
        if place not in self._tables:
            file = place[0]
            prefix, _, name = file.rpartition(":")
            found = [m.path for m in path_patterns.find(self._roots[prefix], name)]
            if not found:
                why = path_misses.why_nothing(self._roots[prefix], name)
                raise DataFault("file-missing", file, why)
            if len(found) > 1:
                shown = ", ".join(show(self._roots, path) for path in found[:SHOWN_FILES])
                what = f"the table is not one file but {len(found)}: {shown}"
                raise DataFault("file-missing", file, what)
            rows = self._early.pop(place, None) or self._rows(found[0], table)
            rows = by_number(rows, file) if table.rows_at else rows
            wanted = self._tables[place] = wanted_rows(rows, table)
            if wanted.left_out:
                what = f"{wanted.left_out} rows have cells that `where` does not accept"
                self._reject("row-unwanted", file, what)
        return self._tables[place]

    def _rows(self, path: Path, table: Table) -> Rows:
        """Return all rows of one file. Raises DataFault."""
        return composed_keys(self._plugins.read_table(path, table))

    def _rows_of(self, table: Sheet) -> Iterator[Rows]:
        """Yield the wanted rows of each file of a table, which are read here for the first time."""
        prefix, _, pattern = table.file.rpartition(":")
        for match in path_patterns.find(self._roots[prefix], pattern):
            place = table_key(table, path_patterns.fill(table.file, match.fields))
            if known := self._tables.get(place):
                yield known.rows
                continue
            try:
                rows = self._early[place] = self._rows(match.path, table)
                yield wanted_rows(rows, table).rows
            except DataFault:
                continue  # refused where a picture needs it

    def _understood(self, table: Table, place: TableKey, wanted: Wanted) -> Wanted:
        """Return the rows of a table with the one-hot columns named whose coding is not understood.

        Each of these columns is rejected once; the reader reports a missing column.
        """
        unclear = self._codings.unclear(table) if isinstance(table, Sheet) else {}
        if not unclear:
            return wanted
        rows = wanted.rows
        for column, why in unclear.items():
            if (place, column) not in self._unclear:
                self._unclear.add((place, column))
                self._reject("value-without-name", f"{place.file} {column}", f"{why}; {CODING}")
        names = {column for at, column in self._unclear if at == place}
        marked = {
            key: [row._replace(unclear=tuple(sorted(names))) for row in listed]
            for key, listed in rows.items()
        }
        self._tables[place] = wanted._replace(rows=marked)
        return self._tables[place]

    def reject_unused(self, keys_of: Mapping[str, Collection[str]]) -> None:
        """Reject the rows of tables that belong to no image.

        `keys_of` has the keys of all images by the path pattern of their entry.
        """
        for place, listed in self._tables.items():
            unused = unused_rows(place, listed, self.used)
            if place in self._counted:
                if unused:
                    what = (
                        f"{len(unused)} of {len(listed.rows)} rows belong "
                        "to pictures that are not read"
                    )
                    self._reject("row-not-read", place[0], what)
                continue
            patterns = self._patterns.get(place, ())
            keys = {key for pattern in patterns for key in keys_of.get(pattern, ())}
            may_be_names = place.key_is == "as-is" and place not in self._by_row
            for at, why in without_picture(place, listed, unused, keys, may_be_names=may_be_names):
                self._reject("no-picture", at, why)
