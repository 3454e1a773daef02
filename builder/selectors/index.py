"""The candidates as columns: a million of them fit in memory, and only the chosen become rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from builder import tables
from builder.chance import rank
from builder.model import Sample, Target
from builder.ports import Array

EVERY = (
    "id", "source", "sample", "patient", "modality", "kind", "group", "axis", "share", "seen",
    "label", "task", "department",
)  # fmt: skip
"""Columns that are held of every candidate."""
LOOKS = ("index", "plane", "crop", "box", "phash", "mirrors", "look")
"""Columns that are read of the short list."""
OF_SAMPLES = (
    "id", "patient", "sha256", "part", "shape", "spacing_mm", "age", "sex", "site", "official",
)  # fmt: skip
BATCH = 1 << 15
"""Rows that are read at a time where only some are wanted."""
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Named:
    """A column of names as numbers, which are in the names' order."""

    codes: Codes
    names: Sequence[str]


@dataclass(frozen=True)
class Index:
    """All candidates, in the order of their ids: nothing depends on the order they came in."""

    parts: Sequence[Path | pa.Table]
    """Tables of targets, in memory or in files."""
    samples: pa.Table
    """Columns `OF_SAMPLES` of the samples, in any order."""

    @cached_property
    def _unsorted(self) -> pa.Table:
        read = [
            part.select(EVERY) if isinstance(part, pa.Table) else tables.read(part, list(EVERY))
            for part in self.parts
        ]
        empty = tables.schema(Target).empty_table().select(EVERY)
        return pa.concat_tables([empty, *read]).combine_chunks()

    @cached_property
    def places(self) -> Codes:
        """Return where each candidate stands in `parts`, one behind the other."""
        order = pc.sort_indices(self._unsorted["id"])
        return np.asarray(order).astype(np.int64)

    @cached_property
    def rows(self) -> pa.Table:
        """Return the columns that are held of every candidate."""
        return self._unsorted.take(pa.array(self.places)).combine_chunks()

    def __len__(self) -> int:
        return int(self._unsorted.num_rows)

    def named(self, column: str) -> Named:
        """Return a column of names as numbers."""
        if column in EVERY:
            return named(self.rows[column])
        return named(self.take(np.arange(len(self)), [column])[column])

    def seen(self, name: str) -> npt.NDArray[np.float64]:
        """Return a figure of :class:`builder.model.Quality`; NaN where there is none."""
        column = pc.struct_field(_one(self.rows["seen"]), name)
        return np.asarray(column.to_numpy(zero_copy_only=False)).astype(np.float64)

    def numbers(self, column: str) -> npt.NDArray[np.float64]:
        """Return a column of numbers."""
        return np.asarray(_one(self.rows[column])).astype(np.float64)

    def ranks(self, seed: int) -> npt.NDArray[np.uint64]:
        """Return each candidate's place in a random order."""
        ids = self.rows["id"].to_pylist()
        found = (rank(seed, "target", id_) for id_ in ids)
        return np.fromiter(found, dtype=np.uint64, count=len(ids))

    @cached_property
    def sample_rows(self) -> Codes:
        """Return each candidate's row in `samples`; -1 where there is none."""
        found = pc.index_in(_one(self.rows["sample"]), value_set=_one(self.samples["id"]))
        return np.asarray(found.fill_null(-1)).astype(np.int64)

    def about(self, column: str, rows: Codes) -> Named:
        """Return what candidates' samples have in a column of text; empty where unknown."""
        values = pa.concat_arrays([_one(self.samples[column]), pa.array([""])])
        return named(values.take(pa.array(self.sample_rows[rows] % len(values))))

    def take(self, rows: Codes, columns: Sequence[str] | None = None) -> pa.Table:
        """Read some columns, or all, of some candidates, in the order they are asked for."""
        wanted = self.places[rows]
        order = np.argsort(wanted)
        found = list(self._read(wanted[order], columns))
        schema = tables.schema(Target)
        if columns is not None:
            schema = pa.schema([schema.field(c) for c in columns])
        table = pa.concat_tables([schema.empty_table(), *(t.cast(schema) for t in found)])
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        return table.combine_chunks().take(pa.array(back)).combine_chunks()

    def _read(self, wanted: Codes, columns: Sequence[str] | None) -> Iterator[pa.Table]:
        first = 0
        for part in self.parts:
            for batch in _batches(part, columns):
                own = wanted[(wanted >= first) & (wanted < first + batch.num_rows)] - first
                first += batch.num_rows
                if own.size:
                    yield pa.Table.from_batches([batch.take(pa.array(own))])


def named(column: pa.ChunkedArray | pa.Array) -> Named:
    """Return a column of names as numbers in the names' order.

    >>> named(pa.array(["b", "a", "b"])).codes.tolist()
    [1, 0, 1]
    """
    encoded = _one(column).dictionary_encode()
    order = np.asarray(pc.sort_indices(encoded.dictionary))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    names = encoded.dictionary.take(pa.array(order)).to_pylist()
    codes = np.asarray(encoded.indices).astype(np.int64)
    return Named(place[codes] if len(order) else codes, names)


def of(targets: Sequence[Target], samples: Sequence[Sample] = ()) -> Index:
    """Return an index of rows in memory."""
    table = tables.to_table(samples, Sample).select(OF_SAMPLES)
    return Index([tables.to_table(targets, Target)], table)


def joined(*columns: Array) -> Codes:
    """Return one number for each combination of numbers, in the combinations' order.

    >>> joined(np.array([0, 0, 1]), np.array([5, 7, 5])).tolist()
    [0, 1, 2]
    """
    total = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        span = int(column.max(initial=0)) + 1
        total = np.unique(total * span + column, return_inverse=True)[1].astype(np.int64)
    return total


def _one(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(column, pa.Array):
        return column
    found = column.combine_chunks()
    return found if isinstance(found, pa.Array) else pa.concat_arrays(found.chunks)


def _batches(part: Path | pa.Table, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch]:
    if isinstance(part, pa.Table):
        yield from (part if columns is None else part.select(columns)).to_batches(BATCH)
        return
    with pq.ParquetFile(part, page_checksum_verification=True) as file:
        yield from file.iter_batches(BATCH, columns=None if columns is None else list(columns))
