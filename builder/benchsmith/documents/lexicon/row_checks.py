"""Checks that the rows of several lexicon tables share: known terms, signatures, ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from benchsmith.documents import tsv
from benchsmith.documents.problems import Problems, did_you_mean
from benchsmith.documents.tree import Axis

ANY = "*"
"""Stands for every label, modality or source."""


@dataclass(frozen=True, slots=True)
class RowChecks:
    """Checks rows against the axes and the curators, and collects the problems found."""

    axes: Mapping[str, Axis]
    problems: Problems
    curators: frozenset[str]

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
                    did_you_mean(name, self.axes[axis].terms),
                )

    def signed(self, row: tsv.Row, column: str) -> None:
        """Check that a column holds the ids of one or more curators."""
        names = row.list(column)
        if not names:
            hint = f"put a curator from lexicon/curators.tsv into `{column}`"
            self.problems.add(row.path, row.line, "is not signed", hint)
        for name in names:
            if name not in self.curators:
                hint = did_you_mean(name, self.curators)
                self.problems.add(row.path, row.line, f"unknown curator {name!r}", hint)

    def at(self, row: tsv.Row) -> str:
        """Return a row's place, such as ``lexicon/drops.tsv:3``."""
        return f"{self.problems.show(row.path)}:{row.line}"
