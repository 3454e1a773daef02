"""Rows of questions in DuckDB: counted and cut by a query, out of core, in the order of their ids.

A row is a question with its target's fields, in Parquet files that may be larger than memory. What
a query accepts here is what :meth:`benchsmith.documents.query.Query.accepts` accepts.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.model import VIEWS
from benchsmith.documents.axes import sql
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.query import Query, QueryError
from benchsmith.documents.tree import Axis

if TYPE_CHECKING:
    import duckdb

MEMORY = "2GB"
"""What DuckDB holds in memory; the rest goes to a scratch folder."""
BATCH = 65_536
"""Ids fetched at a time."""
EVERYTHING = Query("", ())
TELLING = ("contour", "mask", "box", "image")
"""Granularities, the one whose picture tells most first."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much there is of something."""

    labels: int = 0
    targets: int = 0
    questions: int = 0
    sources: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """Targets that share their place on some axes and the granularities they are asked at."""

    places: tuple[str, ...]
    views: tuple[str, ...]
    targets: int


@dataclass(frozen=True, slots=True)
class Example:
    """A question that stands for its place."""

    id: str
    view: str
    places: tuple[str, ...]
    views: tuple[str, ...]
    """Granularities that its target is asked at."""


def views_of(bits: int) -> tuple[str, ...]:
    """Return the granularities whose bits are set."""
    return tuple(view for n, view in enumerate(VIEWS) if bits >> n & 1)


class Rows:
    """Questions that may be asked of a query. The view `rows` has them, by fields' names."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._columns = {str(c[0]) for c in connection.table("rows").description}

    def count(self, query: Query = EVERYTHING) -> Counts:
        """Count what a query accepts."""
        where, values = self._where(query)
        found = self._all(f"SELECT {COUNTED} FROM rows WHERE {where}", values)
        return Counts(*found[0])

    def ids(self, query: Query = EVERYTHING) -> Iterator[str]:
        """Yield the ids of what a query accepts, in their order."""
        where, values = self._where(query)
        # a cursor of its own: other things may be asked while the ids are taken
        found = self._connection.cursor().execute(
            f"SELECT id FROM rows WHERE {where} ORDER BY id",
            values,
        )
        while batch := found.fetchmany(BATCH):
            yield from (id_ for (id_,) in batch)

    def below(self, axis: str, terms: Axis, query: Query = EVERYTHING) -> dict[str, Counts]:
        """Count at or below each term of an axis what a query accepts; terms without any are out.

        A value that is no term of the axis counts under itself.
        """
        where, values = self._where(query)
        lines = [(term.id, above) for term in terms for above in terms.line_up(term.id)]
        up = pa.table({"id": [a for a, _ in lines], "above": [b for _, b in lines]})
        self._connection.register("up", up)
        found = self._all(
            f"SELECT coalesce(above, {self._sql(axis)}) AS term, {COUNTED} FROM rows"
            f" LEFT JOIN up ON up.id = {self._sql(axis)} WHERE {where}"
            " GROUP BY term ORDER BY term",
            values,
        )
        return {term: Counts(*counts) for term, *counts in found}

    def cells(self, axes: Sequence[str], query: Query = EVERYTHING) -> list[Cell]:
        """Count targets where axes meet, in the order of their places.

        An axis is one that a target has before it is asked about, or `split`. All counts on these
        axes and on granularity follow from the cells: a target is in one cell.
        """
        targets, numbers, values = self._targets(axes, query)
        found = self._all(
            f"WITH targets AS ({targets}) SELECT {numbers}, views, count(*) FROM targets"
            f" GROUP BY {numbers}, views ORDER BY {numbers}, views",
            values,
        )
        return [Cell(tuple(row), views_of(bits), targets) for *row, bits, targets in found]

    def examples(self, axes: Sequence[str], each: int) -> list[Example]:
        """Choose up to `each` questions of every place and granularity, by a hash of their names.

        The first of every place come first, those with a contour before the others.
        """
        targets, numbers, values = self._targets(axes, EVERYTHING)
        first = " ".join(f"WHEN '{view}' THEN {n}" for n, view in enumerate(TELLING))
        found = self._all(
            f"WITH targets AS ({targets}), ranked AS (SELECT rows.id, rows.view, targets.*,"
            f" row_number() OVER (PARTITION BY {numbers}, rows.view ORDER BY md5(rows.id), rows.id) AS n"
            " FROM rows JOIN targets ON targets.target = rows.target)"
            f" SELECT id, view, {numbers}, views FROM ranked WHERE n <= {each:d}"
            f" ORDER BY n, CASE view {first} END, {numbers}, id",
            values,
        )
        return [Example(id_, view, tuple(row), views_of(bits)) for id_, view, *row, bits in found]

    def pictures(self, ids: Sequence[str]) -> dict[str, tuple[str, bytes]]:
        """Return the published id and the PNG of some questions; only where there are pictures."""
        found = self._all(
            "SELECT question, id, png FROM drawn WHERE question IN (SELECT unnest(?::VARCHAR[]))",
            [list(ids)],
        )
        return {question: (case, png) for question, case, png in found}

    def _targets(self, axes: Sequence[str], query: Query) -> tuple[str, str, list[Any]]:
        """Return SQL for targets with their places and a bit for each granularity."""
        where, values = self._where(query)
        places = ", ".join(f"{self._sql(axis)} AS p{n}" for n, axis in enumerate(axes))
        numbers = ", ".join(f"p{n}" for n in range(len(axes)))
        bits = " ".join(f"WHEN '{view}' THEN {1 << n}" for n, view in enumerate(VIEWS))
        statement = (
            f"SELECT target, {places}, bit_or(CASE view {bits} END) AS views"
            f" FROM rows WHERE {where} GROUP BY target, {numbers}"
        )
        return statement, numbers, values

    def _all(self, statement: str, values: list[Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(statement, values).fetchall()

    def _where(self, query: Query) -> tuple[str, list[Any]]:
        for term in query.terms:
            self._sql(term.axis)
        return query.where()

    def _sql(self, axis: str) -> str:
        """Return an axis's expression. Raises QueryError where these rows do not have it."""
        expression = sql(axis)
        if expression.split('"')[1] not in self._columns:
            raise QueryError(f"these rows do not say their {axis}")
        return expression


COUNTED = "count(DISTINCT label), count(DISTINCT target), count(*), count(DISTINCT source)"


@contextmanager
def built(asked: Path, chosen: Path, drawn: Sequence[Path]) -> Iterator[Rows]:
    """Open the stages' tables of a finished benchmark: questions that have a picture."""
    with _connection() as connection:
        for name, files in (("asked", [asked]), ("chosen", [chosen]), ("drawn", list(drawn))):
            connection.read_parquet([str(f) for f in files]).create_view(name)
        connection.execute(
            "CREATE VIEW rows AS SELECT asked.id, target, view, chosen.* EXCLUDE (id) FROM asked"
            " JOIN chosen ON chosen.id = asked.target"
            " SEMI JOIN drawn ON drawn.question = asked.id"
        )
        yield Rows(connection)


@contextmanager
def released(folder: Path, lexicon: Lexicon) -> Iterator[Rows]:
    """Open a release's own Parquet; names become the lexicon's ids, ids are those of cases.

    Without `provenance.parquet` rows do not say their dimension or laterality.
    """
    with _connection() as connection:
        data = sorted(str(p) for p in (folder / "data").glob("*.parquet"))
        if not data:
            raise FileNotFoundError(f"{folder} holds no data/*.parquet: it is no release")
        connection.read_parquet(data).create_view("data")
        connection.register("named", _names(lexicon.axes))
        connection.execute("CREATE TABLE names AS SELECT * FROM named")
        joined, more = "", ""
        if (provenance := folder / "provenance.parquet").is_file():
            connection.read_parquet(str(provenance)).create_view("provenance")
            own = {"id", *pq.read_schema(data[0]).names}
            told = [n for n in pq.read_schema(provenance).names if n not in own]
            # what a source does not say is empty in a target, and nothing at all in a release
            texts = [n for n in told if pq.read_schema(provenance).field(n).type == pa.string()]
            more = "".join(f", coalesce(provenance.{n}, '') AS {n}" for n in texts)
            joined = " JOIN provenance ON provenance.id = data.id"
        ids = ", ".join(
            f"coalesce({axis}_.id, data.{axis}) AS {axis}"
            for axis in ("task", "department", "modality", "label")
        )
        spelled = " ".join(
            f"LEFT JOIN names {axis}_ ON {axis}_.axis = '{axis}' AND {axis}_.name = data.{axis}"
            for axis in ("task", "department", "modality", "label")
        )
        connection.execute(
            f"CREATE VIEW rows AS SELECT data.id, target, granularity AS view, split, data.source,"
            f" {ids}{more} FROM data {spelled}{joined}"
        )
        yield Rows(connection)


def _names(axes: Mapping[str, Axis]) -> pa.Table:
    rows = [(axis, term.name, term.id) for axis, terms in axes.items() for term in terms]
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(("axis", "name", "id"), map(list, columns), strict=True)))


@contextmanager
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a database in memory: one thread, no extension fetched, spilling to a scratch folder."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="benchsmith-") as scratch:
        settings: dict[str, Any] = {
            "threads": 1,
            "memory_limit": MEMORY,
            "temp_directory": scratch,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=settings) as connection:
            yield connection
