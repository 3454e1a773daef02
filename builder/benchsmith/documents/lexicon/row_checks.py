"""Checks that the rows of several lexicon tables share: known terms, signatures, ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchsmith.documents import layered_table, shipped, tsv
from benchsmith.documents.problems import Problems, nearest
from benchsmith.documents.tree import Axis

ANY = "*"
"""Stands for every label, modality or source."""
REFERS = {
    "a": "label",
    "anatomy": "label",
    "b": "label",
    "department": "department",
    "label": "label",
    "modalities": "modality",
    "modality": "modality",
    "other": "label",
    "task": "task",
    "with": "label",
}
"""Columns of the lexicon's tables that hold ids of an axis, with its name."""


@dataclass(frozen=True, slots=True)
class RowChecks:
    """Checks rows against the axes and the curators, and collects the problems found."""

    axes: Mapping[str, Axis]
    problems: Problems
    curators: frozenset[str]

    def optional_rows(
        self, path: Path, columns: Sequence[str], key: layered_table.Key
    ) -> list[tsv.Row]:
        """Return the rows of a table as :meth:`rows` does, and none if there is no such table."""
        there = path.is_file() or shipped.twin(path, self.problems.home) is not None
        return self.rows(path, columns, key) if there else []

    def rows(self, path: Path, columns: Sequence[str], key: layered_table.Key) -> list[tsv.Row]:
        """Return the rows of a table, on top of the shipped ones.

        Shipped rows about terms that the project withdrew are left out.
        """
        found = layered_table.collect(path, columns, self.problems, key).rows
        home = self.problems.home
        below = {file for file in {row.path for row in found} if shipped.is_shipped(file, home)}
        rows = (self._without_withdrawn(row) if row.path in below else row for row in found)
        return [row for row in rows if row is not None]

    def _without_withdrawn(self, row: tsv.Row) -> tsv.Row | None:
        """Return a shipped row without the terms that the project withdrew; None if none is left."""
        for column in REFERS.keys() & row.cells.keys():
            withdrawn = self.axes[REFERS[column]].withdrawn
            names = row.list(column)
            left = [name for name in names if name not in withdrawn]
            if len(left) == len(names):
                continue
            if not left:
                return None
            row = replace(row, cells={**row.cells, column: tsv.LIST_SEPARATOR.join(left)})
        return row

    def terms(
        self, row: tsv.Row, column: str, axis: str, names: Iterable[str], *, any_: bool = False
    ) -> None:
        """Check that an axis has these ids; `any_` allows ``*`` as well."""
        for name in names:
            if name not in self.axes[axis] and not (any_ and name == ANY):
                self.problems.add(
                    row.path,
                    row.line,
                    f"unknown {axis} {name!r} in `{column}`",
                    nearest(name, self.axes[axis].terms),
                )

    def signed(self, row: tsv.Row, column: str) -> None:
        """Check that a column holds the ids of one or more curators."""
        names = row.list(column)
        if not names:
            hint = f"put a curator from lexicon/curators.tsv into `{column}`"
            self.problems.add(row.path, row.line, "is not signed", hint)
        for name in names:
            if name not in self.curators:
                near = nearest(name, self.curators)
                self.problems.add(row.path, row.line, f"unknown curator {name!r}", near)

    def at(self, row: tsv.Row) -> str:
        """Return a row's place, such as ``lexicon/drops.tsv:3``."""
        return f"{self.problems.show(row.path)}:{row.line}"
