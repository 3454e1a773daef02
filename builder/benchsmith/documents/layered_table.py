"""A project's table on top of the shipped one: rows are added, replaced by id, or withdrawn.

A row of the project replaces the shipped row with the same key. A row whose first cell starts with
``~`` withdraws the shipped row with that key; its other cells are ignored, unless they belong to
the key.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from benchsmith.documents import shipped, tsv
from benchsmith.documents.problems import Problems, nearest

WITHDRAW = "~"
Key = Callable[[tsv.Row], Hashable]
"""Returns what identifies a row among the rows of its table."""


@dataclass(frozen=True, slots=True)
class Layered:
    """The rows of a project's table and of the shipped one, together."""

    rows: list[tsv.Row]
    """Shipped rows that stand, in their order, then the project's."""
    withdrawn: list[tsv.Row]
    """Shipped rows that the project withdraws."""


def collect(
    path: Path, columns: Sequence[str], problems: Problems, key: Key, last: str = ""
) -> Layered:
    """Return the rows of a table with exactly these columns, adding problems to `problems`.

    A column named `last` may follow. Without a shipped table below it, the table stands alone, and may withdraw nothing. A table that
    exists neither in the project nor among the shipped ones is a problem.
    """
    base = shipped.twin(path, problems.home)
    if base is None:
        rows = tsv.collect(path, columns, problems, last)
        return Layered(_without_marks(rows, columns[0], problems), [])
    below = tsv.collect(base, columns, problems, last)
    own = tsv.collect(path, columns, problems, last) if path.is_file() else []
    return _lay(own, below, columns[0], key, problems)


def _lay(
    own: list[tsv.Row], below: list[tsv.Row], first: str, key: Key, problems: Problems
) -> Layered:
    at = {key(row): number for number, row in enumerate(below)}
    replaced: set[Hashable] = set()
    gone: list[tsv.Row] = []
    added: list[tsv.Row] = []
    for row in own:
        withdraws = row[first].startswith(WITHDRAW)
        bare = _bare(row, first) if withdraws else row
        id_ = key(bare)
        if withdraws and id_ not in at:
            hint = nearest(bare[first], (each[first] for each in below))
            what = f"withdraws {bare[first]!r}, which is not among the shipped rows"
            problems.add(row.path, row.line, what, hint)
        elif withdraws:
            gone.append(below[at[id_]])
        else:
            added.append(row)
        if id_ in at:
            replaced.add(id_)
    return Layered([row for row in below if key(row) not in replaced] + added, gone)


def _without_marks(rows: list[tsv.Row], first: str, problems: Problems) -> list[tsv.Row]:
    for row in rows:
        if row[first].startswith(WITHDRAW):
            what = f"{row[first]!r} withdraws a row, but this table has no shipped version"
            problems.add(row.path, row.line, what, "remove the line")
    return [row for row in rows if not row[first].startswith(WITHDRAW)]


def _bare(row: tsv.Row, first: str) -> tsv.Row:
    cells = {**row.cells, first: row[first].removeprefix(WITHDRAW)}
    return replace(row, cells=cells)
