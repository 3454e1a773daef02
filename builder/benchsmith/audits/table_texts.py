"""The texts of tables: cells, names and metadata, in Parquet, Arrow and SQLite files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

PARQUET, ARROW, SQLITE = b"PAR1", b"ARROW1", b"SQLite format 3\0"
"""How the files begin."""
BATCH_ROWS = 1000
LARGE_CELL = 1 << 12
"""Bytes of a cell that is a picture."""
MIN_DIGITS = 5
"""Smaller numbers identify nobody."""
MAX_WHOLE = 1 << 53
"""Floating point numbers up to it are whole ones without rounding."""
_BYTE_ARRAY = "BYTE_ARRAY"


class Numbers(NamedTuple):
    """The whole numbers of a column with at least MIN_DIGITS digits, and the number of its different values."""

    values: frozenset[int]
    of: int


Cell: TypeAlias = str | bytes | Numbers
"""A text, bytes of any kind, or the numbers of a column."""


def cells_of_parquet(source: Path | bytes) -> Iterator[Cell]:
    """Yield the texts of a Parquet file. Raises pyarrow.ArrowException.

    These include names of columns, metadata of the file, its fields and columns, bounds of columns, and
    dictionary words that no row has.
    """
    with pq.ParquetFile(_opened(source)) as file:
        yield from _around(file)
        coded = _dictionaries(file)
        leaves = [file.schema.column(n).path for n in range(len(file.schema))]
        others = [path for path in leaves if path not in coded]
        if others or not leaves:
            yield from cells_of_batches(file.iter_batches(BATCH_ROWS, columns=others))
    if coded:
        with pq.ParquetFile(_opened(source), read_dictionary=coded) as file:
            for group in range(file.num_row_groups):
                yield from cells_of_batches(file.read_row_group(group, coded).to_batches())


def cells_of_arrow(data: bytes) -> Iterator[Cell]:
    """Yield the texts of an Arrow file (Feather). Raises pyarrow.ArrowException."""
    with pa.ipc.open_file(pa.BufferReader(data)) as file:
        yield from _of_schema(file.schema)
        yield from cells_of_batches(file.get_batch(n) for n in range(file.num_record_batches))


def cells_of_sqlite(data: bytes) -> Iterator[Cell]:
    """Yield names, definitions and cells of an SQLite database. Raises sqlite3.Error."""
    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(data)
        named = base.execute("SELECT name, type, coalesce(sql, '') FROM sqlite_master").fetchall()
        yield "\n".join(f"{name} {sql}" for name, _, sql in named)
        for name in (str(name).replace('"', '""') for name, kind, _ in named if kind == "table"):
            rows = base.execute(f'SELECT * FROM "{name}"')  # noqa: S608  # its quotes are doubled
            for column in zip(*rows, strict=True):
                yield from _of_values(column)
    finally:
        base.close()


def cells_of_batches(batches: Iterable[pa.RecordBatch]) -> Iterator[Cell]:
    """Yield the texts of each column together, its bytes one by one, and at the end its numbers."""
    numbers: dict[str, set[int]] = {}
    for batch in batches:
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            for path, leaf in _leaves(name, column):
                if pa.types.is_integer(leaf.type) or pa.types.is_floating(leaf.type):
                    numbers.setdefault(path, set()).update(leaf.unique().to_pylist())
                elif not (pa.types.is_boolean(leaf.type) or pa.types.is_null(leaf.type)):
                    # pictures differ, so that looking for equal ones only takes time
                    large = leaf.nbytes > LARGE_CELL * max(len(leaf), 1)
                    yield from _of_values((leaf if large else leaf.unique()).to_pylist())
    for found in numbers.values():
        yield _numbers(found)


def _opened(source: Path | bytes) -> Path | pa.BufferReader:
    return source if isinstance(source, Path) else pa.BufferReader(source)


def _around(file: pq.ParquetFile) -> Iterator[Cell]:
    """Yield the texts in the footer of a file."""
    yield "\n".join(file.schema.column(n).path for n in range(len(file.schema)))
    yield from _of_schema(file.schema_arrow)
    stated = {**(file.metadata.metadata or {})}
    stated.pop(b"ARROW:schema", None)
    yield from (word for pair in stated.items() for word in pair)
    for group in range(file.metadata.num_row_groups):
        for n in range(file.metadata.num_columns):
            chunk = file.metadata.row_group(group).column(n)
            yield from (word for pair in (chunk.metadata or {}).items() for word in pair)
            bounds = chunk.statistics
            if bounds is not None and bounds.has_min_max and chunk.physical_type == _BYTE_ARRAY:
                yield from _of_values([bounds.min, bounds.max])


def _of_schema(schema: pa.Schema) -> Iterator[Cell]:
    yield from (word for pair in (schema.metadata or {}).items() for word in pair)
    for name in schema.names:
        yield from _of_field(schema.field(name))


def _of_field(field: pa.Field) -> Iterator[Cell]:
    yield field.name
    yield from (word for pair in (field.metadata or {}).items() for word in pair)
    yield from (
        cell for n in range(field.type.num_fields) for cell in _of_field(field.type.field(n))
    )


def _dictionaries(file: pq.ParquetFile) -> list[str]:
    """Return the columns of texts that have a dictionary, whose words are read even if no row has them."""
    found = []
    for n in range(len(file.schema)):
        column = file.schema.column(n)
        kind = file.schema_arrow.field(column.path.partition(".")[0]).type
        groups = (file.metadata.row_group(g) for g in range(file.metadata.num_row_groups))
        if (
            str(column.logical_type) == "String"
            and not _has_map(kind)
            and any(group.column(n).has_dictionary_page for group in groups)
        ):
            found.append(column.path)
    return found


def _has_map(kind: pa.DataType) -> bool:
    """Return whether a type contains a map, whose keys and values can only be read together."""
    below = (kind.field(n).type for n in range(kind.num_fields))
    return bool(pa.types.is_map(kind)) or any(_has_map(one) for one in below)


def _leaves(path: str, column: pa.Array) -> Iterator[tuple[str, pa.Array]]:
    """Yield the columns of values in a column of any type, each with its path."""
    kind = column.type
    if isinstance(column, pa.ExtensionArray):
        yield from _leaves(path, column.storage)
    elif pa.types.is_dictionary(kind):
        yield from _leaves(path, column.dictionary)
    elif pa.types.is_struct(kind):
        for field, inner in zip(kind, column.flatten(), strict=True):
            yield from _leaves(f"{path}.{field.name}", inner)
    elif pa.types.is_map(kind):
        yield from _leaves(f"{path}.key", column.keys)
        yield from _leaves(f"{path}.value", column.items)
    elif hasattr(column, "flatten") and kind.num_fields == 1:
        if pa.types.is_uint8(kind.value_type) or pa.types.is_int8(kind.value_type):
            # bytes that are stored as a list of numbers
            lists = (value for value in column.to_pylist() if value)
            texts = [bytes(byte & 255 for byte in value if byte is not None) for value in lists]
            yield path, pa.array(texts, pa.large_binary())
        yield from _leaves(f"{path}.element", column.flatten())
    elif kind.num_fields:
        # unions and runs of equal values
        yield path, pa.array([str(value) for value in column.to_pylist()], pa.string())
    else:
        yield path, column


def _of_values(values: Iterable[object]) -> Iterator[Cell]:
    """Yield values: texts and days together, bytes one by one, and the numbers among them."""
    texts, numbers = set[str](), set[object]()
    for value in values:
        if isinstance(value, bytes):
            yield value
        elif isinstance(value, int | float):
            numbers.add(value)
        elif value is not None:
            texts.add(str(value))
    if texts:
        yield "\n".join(sorted(texts))
    if numbers:
        yield _numbers(numbers)


def _numbers(values: Iterable[object]) -> Numbers:
    all_ = {value for value in values if isinstance(value, int | float)}
    whole = {int(v) for v in all_ if (abs(v) < MAX_WHOLE and v == int(v)) or isinstance(v, int)}
    return Numbers(frozenset(n for n in whole if abs(n) >= 10 ** (MIN_DIGITS - 1)), len(all_))
