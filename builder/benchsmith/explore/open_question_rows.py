"""Open the Parquet files of a build or of a release as question rows in DuckDB."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.evidence import RECOGNITION
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.tree import Axis
from benchsmith.explore.question_rows import QuestionRows

if TYPE_CHECKING:
    import duckdb

MEMORY_LIMIT = "2GB"
"""Memory that DuckDB may use; the rest is spilled to a temporary folder."""
TREE_AXES = ("task", "department", "modality", "label")
"""Columns of a release that contain names instead of ids."""
ASKED_PLACES = (*TREE_AXES, "source", "split")
"""Fields of a question that its target has too: a question about presence is placed by what it asks about,
and not by what its picture was chosen for."""


@contextmanager
def open_build(
    questions: Path, targets: Sequence[Path], cases: Sequence[Path]
) -> Iterator[QuestionRows]:
    """Open the stages' tables of a finished build: the questions with a picture.

    `targets` are the chosen ones, and what altered pictures show.
    """
    with _connection() as connection:
        for name, files in (
            ("questions", [questions]),
            ("target_rows", list(targets)),
            ("cases", list(cases)),
        ):
            connection.read_parquet([str(f) for f in files]).create_view(name)
        names = pq.read_schema(questions).names
        own = [name for name in ASKED_PLACES if name in names]
        shared = ["id", *(n for n in own if n in pq.read_schema(targets[0]).names)]
        places = "".join(f", questions.{name}" for name in own)
        altered = "alteration IS NOT NULL" if "alteration" in names else "false"
        connection.execute(
            f"CREATE VIEW rows AS SELECT questions.id, target, view, {_skill('questions', names)},"
            f" {altered} AS altered{places}, target_rows.* EXCLUDE ({', '.join(shared)})"
            " FROM questions JOIN target_rows ON target_rows.id = questions.target"
            " SEMI JOIN cases ON cases.question = questions.id"
        )
        yield QuestionRows(connection)


@contextmanager
def open_release(folder: Path, lexicon: Lexicon) -> Iterator[QuestionRows]:
    """Open the Parquet files of a release; names become lexicon ids, and ids are those of cases.

    Rows without provenance, such as those of a hidden split, have no dimension or laterality. Raises FileNotFoundError
    if the folder is not a release.
    """
    with _connection() as connection:
        data = sorted(str(p) for p in (folder / "data").glob("*.parquet"))
        if not data:
            raise FileNotFoundError(f"{folder} has no data/*.parquet: it is not a release")
        connection.read_parquet(data).create_view("data")
        connection.register("named", _names(lexicon.axes))
        connection.execute("CREATE TABLE names AS SELECT * FROM named")
        joined, more = "", ""
        if (provenance := folder / "provenance.parquet").is_file():
            connection.read_parquet(str(provenance)).create_view("provenance")
            own = {"id", *pq.read_schema(data[0]).names}
            schema = pq.read_schema(provenance)
            # a missing text is empty in a target and null in a release
            texts = [f.name for f in schema if f.name not in own and f.type == pa.string()]
            more = "".join(f", coalesce(provenance.{n}, '') AS {n}" for n in texts)
            joined = " LEFT JOIN provenance ON provenance.id = data.id"
        ids = ", ".join(f"coalesce({axis}_.id, data.{axis}) AS {axis}" for axis in TREE_AXES)
        spelled = " ".join(
            f"LEFT JOIN names {axis}_ ON {axis}_.axis = '{axis}' AND {axis}_.name = data.{axis}"
            for axis in TREE_AXES
        )
        names = pq.read_schema(data[0]).names
        altered = "coalesce(data.altered, '') <> ''" if "altered" in names else "false"
        connection.execute(
            f"CREATE VIEW rows AS SELECT data.id, target, granularity AS view, split, data.source,"
            f" {_skill('data', names)}, {altered} AS altered, {ids}{more} FROM data {spelled}{joined}"
        )
        yield QuestionRows(connection)


def _skill(table: str, columns: Sequence[str]) -> str:
    """Return the SQL of a question's skill; older tables do not have it."""
    return f"{table}.skill" if "skill" in columns else f"'{RECOGNITION}' AS skill"


def _names(axes: Mapping[str, Axis]) -> pa.Table:
    rows = [(axis, term.name, term.id) for axis, terms in axes.items() for term in terms]
    columns = zip(*rows, strict=True)
    return pa.table(dict(zip(("axis", "name", "id"), map(list, columns), strict=True)))


@contextmanager
def _connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """Open an in-memory database with one thread that spills to disk and downloads no extensions."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="benchsmith-") as scratch:
        settings: dict[str, Any] = {
            "threads": 1,
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": scratch,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        with duckdb.connect(":memory:", config=settings) as connection:
            yield connection
