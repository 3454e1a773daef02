"""The nouns as Arrow tables and Parquet files, and back."""

from __future__ import annotations

import dataclasses
import types
import typing
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import blake2b
from itertools import accumulate
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.tables import compute as pc

T = TypeVar("T")
GROUP = 1 << 15
"""Rows of a row group, and of a batch that is read."""
THREADED_ROWS = 1 << 13
"""A file with more rows is decoded by several threads; for fewer, starting them costs more than they
save."""
_SCALARS: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
    bytes: pa.binary(),
}


def _field(name: str, hint: Any) -> pa.Field:
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        inner = next(arg for arg in typing.get_args(hint) if arg is not type(None))
        return pa.field(name, _type(inner), nullable=True)
    return pa.field(name, _type(hint), nullable=False)


def _type(hint: Any) -> pa.DataType:
    if hint in _SCALARS:
        return _SCALARS[hint]
    if typing.get_origin(hint) is tuple:
        return pa.list_(_field("element", typing.get_args(hint)[0]))
    return pa.struct(list(schema(hint)))


@cache
def schema(noun: type) -> pa.Schema:
    """Return the Arrow schema of a noun of :mod:`benchsmith.core.model`: one field each, same names."""
    hints = typing.get_type_hints(noun)
    return pa.schema([_field(f.name, hints[f.name]) for f in dataclasses.fields(noun)])


def digest(*nouns: type) -> str:
    """Return a digest of the nouns' schemas, which is part of the cache keys of their tables."""
    text = "\n".join(f"{noun.__name__}\n{schema(noun)}" for noun in nouns)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def to_table(rows: Iterable[T], noun: type[T]) -> pa.Table:
    """Return rows of one noun as a table with the noun's schema."""
    kept = list(rows)
    columns = []
    for field, plain in zip(schema(noun), _plains(noun), strict=True):  # type: ignore[arg-type]
        values = [getattr(row, field.name) for row in kept]
        columns.append(pa.array([plain(v) for v in values] if plain else values, field.type))
    return pa.Table.from_arrays(columns, schema=schema(noun))  # type: ignore[arg-type]


def to_bytes(table: pa.Table) -> bytes:
    """Return a table as one buffer, which another process reads without a copy."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def from_bytes(data: bytes) -> pa.Table:
    """Return the table of :func:`to_bytes`."""
    with pa.ipc.open_stream(data) as stream:
        return stream.read_all()


@cache
def _plains(noun: type) -> list[typing.Callable[[Any], Any] | None]:
    """Return, for each field of a noun, the function that makes its value plain for Arrow."""
    hints = typing.get_type_hints(noun)
    return [_plain(hints[f.name]) for f in dataclasses.fields(noun)]


def _plain(hint: Any) -> typing.Callable[[Any], Any] | None:
    """Return a function that turns nouns into dicts; None if the values are plain already."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        some = _plain(next(arg for arg in typing.get_args(hint) if arg is not type(None)))
        return None if some is None else lambda v: None if v is None else some(v)
    if typing.get_origin(hint) is tuple:
        each = _plain(typing.get_args(hint)[0])
        return None if each is None else lambda v: [each(e) for e in v]
    if not dataclasses.is_dataclass(hint):
        return None
    names = [f.name for f in dataclasses.fields(hint)]
    inner = dict(zip(names, _plains(hint), strict=True))  # type: ignore[arg-type]
    return lambda v: {
        name: plain(getattr(v, name)) if plain else getattr(v, name)
        for name, plain in inner.items()
    }


def from_table(table: pa.Table, noun: type[T]) -> list[T]:
    """Return the rows of a table that :func:`to_table` made."""
    build = _builder(noun)  # type: ignore[arg-type]
    return [build(row) for row in table.to_pylist()]


@cache
def _builder(noun: type[T]) -> typing.Callable[[dict[str, Any]], T]:
    hints = typing.get_type_hints(noun)
    casts = {f.name: _cast(hints[f.name]) for f in dataclasses.fields(noun)}  # type: ignore[arg-type]
    return lambda row: noun(**{k: cast(row[k]) if cast else row[k] for k, cast in casts.items()})


def _cast(hint: Any) -> typing.Callable[[Any], Any] | None:
    """Return a function from Arrow's Python value to the hinted type; None if they are the same."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        some = _cast(next(arg for arg in typing.get_args(hint) if arg is not type(None)))
        return None if some is None else lambda v: None if v is None else some(v)
    if typing.get_origin(hint) is tuple:
        each = _cast(typing.get_args(hint)[0])
        return tuple if each is None else lambda v: tuple(each(e) for e in v)
    return _builder(hint) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else None


def write(table: pa.Table, path: Path, **options: Any) -> None:
    """Write a Parquet file whose pages carry checksums; the same rows give the same bytes."""
    defaults: dict[str, Any] = {"compression": "zstd", "write_page_checksum": True}
    pq.write_table(table, path, **(defaults | options))


def cast(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return a table with exactly these columns; the same object if it already has them."""
    return table if table.schema == schema else table.select(schema.names).cast(schema)


class Writer:
    """Appends tables to a Parquet file.

    Every row group but the last has exactly `group` rows, so the bytes of the file depend on the
    rows and not on how they were divided into tables.
    """

    def __init__(self, path: Path, schema: pa.Schema, group: int = GROUP) -> None:
        self._file = pq.ParquetWriter(path, schema, compression="zstd", write_page_checksum=True)
        self._schema, self._group = schema, group
        self._pending: list[pa.Table] = []
        self._pending_rows = 0
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        """Add a table; its rows are written once a row group is full."""
        self._pending.append(cast(table, self._schema))
        self._pending_rows += table.num_rows
        self.rows += table.num_rows
        if self._pending_rows >= self._group:
            self._flush(self._pending_rows - self._pending_rows % self._group)

    def _flush(self, count: int) -> None:
        whole = pa.concat_tables([self._schema.empty_table(), *self._pending])
        for start in range(0, count, self._group):
            group = whole.slice(start, min(self._group, count - start)).combine_chunks()
            self._file.write_table(group, row_group_size=self._group)
        # `take` copies: a slice would keep the written rows in memory
        rest = whole.slice(count)
        self._pending = [rest.take(pa.array(range(rest.num_rows), pa.int64()))]
        self._pending_rows = rest.num_rows

    def close(self) -> None:
        """Write the remaining rows and the file's footer."""
        if self._pending_rows:
            self._flush(self._pending_rows)
        self._file.close()


def batches(
    path: Path, columns: Sequence[str] | None = None, rows: int = GROUP
) -> Iterator[pa.Table]:
    """Read a Parquet file in batches of `rows` rows, and verify the checksums of its pages."""
    with _opened(path) as file:
        yield from _batches(file, columns, rows)


def _opened(path: Path) -> pq.ParquetFile:
    return pq.ParquetFile(path, page_checksum_verification=True, pre_buffer=False)


def _batches(
    file: pq.ParquetFile, columns: Sequence[str] | None, rows: int = GROUP
) -> Iterator[pa.Table]:
    wanted = None if columns is None else list(columns)
    threads = file.metadata.num_rows > THREADED_ROWS
    for batch in file.iter_batches(rows, columns=wanted, use_threads=threads):
        yield pa.Table.from_batches([batch])


def count(path: Path) -> int:
    """Return the number of rows of a Parquet file."""
    return int(pq.read_metadata(path).num_rows)


def where(
    path: Path, column: str, values: Iterable[str], columns: Sequence[str] | None = None
) -> pa.Table:
    """Read the rows whose `column` holds one of `values`; only these are kept in memory."""
    wanted = _text_array(sorted(set(values)))
    with _opened(path) as file:
        empty = pa.Table.from_batches([], file.schema_arrow)
        found = [
            batch.filter(pc.is_in(batch[column], value_set=wanted))
            for batch in _batches(file, columns)
        ]
    return pa.concat_tables([empty if columns is None else empty.select(columns), *found])


def _text_array(values: Sequence[str]) -> pa.StringArray:
    """Return texts as an array; `pa.array` would import pandas to check for its series."""
    texts = [value.encode() for value in values]
    ends = array("i", accumulate(map(len, texts), initial=0))
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))]
    return pa.Array.from_buffers(pa.string(), len(texts), buffers)


def read(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a Parquet file, and verify the checksums of its pages."""
    # `pq.read_table` would import pyarrow.dataset and pandas
    with _opened(path) as file:
        return file.read(columns, use_threads=file.metadata.num_rows > THREADED_ROWS)


def columns_of(path: Path) -> list[str]:
    """Return the names of a Parquet file's columns."""
    return list(pq.read_schema(path).names)
