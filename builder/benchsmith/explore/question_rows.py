"""Question rows in DuckDB: counted and filtered by a query, out of core, sorted by id.

A row is a question with the fields of its target, in Parquet files that may be larger than memory.
A query selects the same rows here as :meth:`benchsmith.documents.query.Query.accepts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from benchsmith.core.model import VIEWS
from benchsmith.documents.axes import sql
from benchsmith.documents.query import Query, QueryError
from benchsmith.documents.tree import Axis

if TYPE_CHECKING:
    import duckdb

FETCH_SIZE = 65_536
"""Ids fetched at a time."""
EVERYTHING = Query("", ())
VIEWS_BY_DETAIL = ("contour", "mask", "box", "image")
"""Granularities, the most informative picture first."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of a set of questions. An altered picture is not a target: its original is."""

    labels: int = 0
    targets: int = 0
    questions: int = 0
    sources: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """Targets with the same place on some axes and the same granularities."""

    places: tuple[str, ...]
    """Term ids, one for each axis."""
    views: tuple[str, ...]
    """Granularities at which the targets are asked."""
    pictured: int
    """Number of targets, or of their altered pictures."""
    altered: bool = False
    """Whether these are altered pictures."""

    @property
    def targets(self) -> int:
        """Number of targets; altered pictures do not count."""
        return 0 if self.altered else self.pictured

    @property
    def questions(self) -> int:
        """Number of questions."""
        return self.pictured * len(self.views)


@dataclass(frozen=True, slots=True)
class Example:
    """An example question of a place and granularity."""

    id: str
    view: str
    places: tuple[str, ...]
    views: tuple[str, ...]
    """Granularities at which its target is asked."""
    altered: bool = False
    """Whether its picture is altered."""


def views_of(bits: int) -> tuple[str, ...]:
    """Return the granularities whose bits are set; bit n is VIEWS[n]."""
    return tuple(view for n, view in enumerate(VIEWS) if bits >> n & 1)


class QuestionRows:
    """Question rows that can be filtered by a query; the DuckDB view `rows` has them."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._columns = {str(c[0]) for c in connection.table("rows").description}

    def count(self, query: Query = EVERYTHING) -> Counts:
        """Count the questions that a query accepts."""
        where, values = self._where(query)
        found = self._all(f"SELECT {COUNT_COLUMNS} FROM rows WHERE {where}", values)
        return Counts(*found[0])

    def ids(self, query: Query = EVERYTHING) -> Iterator[str]:
        """Yield the ids of the questions that a query accepts, sorted."""
        where, values = self._where(query)
        # a separate cursor, so that other queries may run while the ids are consumed
        found = self._connection.cursor().execute(
            f"SELECT id FROM rows WHERE {where} ORDER BY id",
            values,
        )
        while batch := found.fetchmany(FETCH_SIZE):
            yield from (id_ for (id_,) in batch)

    def below(self, axis: str, terms: Axis, query: Query = EVERYTHING) -> dict[str, Counts]:
        """Count the accepted questions at or below each term of an axis; empty terms are omitted.

        A value that is not a term of the axis is counted under itself.
        """
        where, values = self._where(query)
        lines = [(term.id, above) for term in terms for above in terms.lineage(term.id)]
        up = pa.table({"id": [a for a, _ in lines], "above": [b for _, b in lines]})
        self._connection.register("up", up)
        found = self._all(
            f"SELECT coalesce(above, {self._sql(axis)}) AS term, {COUNT_COLUMNS} FROM rows"
            f" LEFT JOIN up ON up.id = {self._sql(axis)} WHERE {where}"
            " GROUP BY term ORDER BY term",
            values,
        )
        return {term: Counts(*counts) for term, *counts in found}

    def cells(self, axes: Sequence[str], query: Query = EVERYTHING) -> list[Cell]:
        """Count targets by their places on some axes, sorted by place.

        An axis is a field of a target, or `split`. Each target is in one cell, so all counts on these
        axes and on granularity can be derived from the cells.
        """
        targets, numbers, values = self._targets(axes, query)
        found = self._all(
            f"WITH targets AS ({targets}) SELECT {numbers}, altered, views, count(*) FROM targets"
            f" GROUP BY {numbers}, altered, views ORDER BY {numbers}, views, altered",
            values,
        )
        return [
            Cell(tuple(row), views_of(bits), pictured, altered)
            for *row, altered, bits, pictured in found
        ]

    def examples(self, axes: Sequence[str], each: int) -> list[Example]:
        """Choose up to `each` questions of every place and granularity, by a hash of their ids.

        The first question of every place comes before the second ones, and contours come first.
        """
        targets, numbers, values = self._targets(axes, EVERYTHING)
        first = " ".join(f"WHEN '{view}' THEN {n}" for n, view in enumerate(VIEWS_BY_DETAIL))
        found = self._all(
            f"WITH targets AS ({targets}), ranked AS (SELECT rows.id, rows.view, targets.*,"
            f" row_number() OVER (PARTITION BY {numbers}, rows.view ORDER BY md5(rows.id), rows.id) AS n"
            " FROM rows JOIN targets ON targets.target = rows.target)"
            f" SELECT id, view, {numbers}, altered, views FROM ranked WHERE n <= {each:d}"
            f" ORDER BY n, CASE view {first} END, {numbers}, id",
            values,
        )
        return [
            Example(id_, view, tuple(row), views_of(bits), altered)
            for id_, view, *row, altered, bits in found
        ]

    def pictures(self, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Return the published id and the PNG of some questions; only for builds."""
        found = self._all(
            "SELECT question, id, png FROM cases WHERE question IN (SELECT unnest(?::VARCHAR[]))",
            [list(ids)],
        )
        return {question: (case, png) for question, case, png in found}

    def _targets(self, axes: Sequence[str], query: Query) -> tuple[str, str, list[Any]]:
        """Return SQL for targets with places and granularity bits, its place columns, its values."""
        where, values = self._where(query)
        places = ", ".join(f"{self._sql(axis)} AS p{n}" for n, axis in enumerate(axes))
        numbers = ", ".join(f"p{n}" for n in range(len(axes)))
        bits = " ".join(f"WHEN '{view}' THEN {1 << n}" for n, view in enumerate(VIEWS))
        statement = (
            f"SELECT target, {places}, altered, bit_or(CASE view {bits} END) AS views"
            f" FROM rows WHERE {where} GROUP BY target, {numbers}, altered"
        )
        return statement, numbers, values

    def _all(self, statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    def _where(self, query: Query) -> tuple[str, list[Any]]:
        for term in query.terms:
            self._sql(term.axis)
        return query.where()

    def _sql(self, axis: str) -> str:
        """Return the SQL expression of an axis. Raises QueryError if these rows do not have it."""
        expression = sql(axis)
        if expression.split('"')[1] not in self._columns:
            raise QueryError(f"these rows have no {axis}")
        return expression


COUNT_COLUMNS = (
    "count(DISTINCT label), count(DISTINCT target) FILTER (WHERE NOT altered), count(*), "
    "count(DISTINCT source)"
)
