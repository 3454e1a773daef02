"""The tables of a partition: rows, rejections, and counts that must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from benchsmith.core.build_files import MANIFEST, REJECTED, ROWS
from benchsmith.core.model import Rejection
from benchsmith.tables import compute as pc
from benchsmith.tables import record_tables
from benchsmith.tables.atomic_files import write_json
from benchsmith.tables.external_sort import ExternalSorter
from benchsmith.tables.manifest import ImageCounts, Manifest, RowCounts
from benchsmith.tables.partition import Partition

REJECTION_KEYS = ("source", "subject", "reason", "detail")
"""The columns by which rejections are sorted."""
BATCH_ROWS = 4096
"""How many row objects are gathered before they become a table."""
Observer = Callable[[pa.Table], None]


class RowWriter:
    """Writes rows of one noun to a Parquet file: sorted on the way, or already in order."""

    def __init__(
        self,
        path: Path,
        noun: type,
        keys: Sequence[str] = ("id",),
        group: int = record_tables.GROUP,
        *,
        in_order: bool = False,
    ) -> None:
        """Sort the rows by `keys`, unless the caller adds them `in_order`."""
        self._schema = schema = record_tables.schema(noun)
        self.observers: list[Observer] = []
        """Each is called with all rows, in their final order, before they are written."""
        self._noun, self._batch_rows = noun, min(BATCH_ROWS, group)
        self._writer = record_tables.Writer(path, schema, group)
        self._sorter = ExternalSorter(path.with_name(f".{path.name}"), schema, keys)
        self._in_order = in_order
        self._pending: list[Any] = []

    @property
    def count(self) -> int:
        """How many rows were added."""
        return (self._writer.rows or self._sorter.rows) + len(self._pending)

    def add(self, rows: Iterable[Any]) -> None:
        """Add rows of the noun."""
        self._pending += rows
        if len(self._pending) >= self._batch_rows:
            self._flush()

    def add_table(self, table: pa.Table) -> None:
        """Add rows that are a table already."""
        table = record_tables.cast(table, self._schema)
        if self._in_order:
            self._write(table)
        else:
            self._sorter.add(table)

    def _write(self, table: pa.Table) -> None:
        for observe in self.observers:
            observe(table)
        self._writer.add(table)

    def _flush(self) -> None:
        self.add_table(record_tables.to_table(self._pending, self._noun))
        self._pending = []

    def close(self) -> None:
        """Write the remaining rows, and close the file."""
        self._flush()
        if not self._in_order:
            for table in self._sorter.tables():
                self._write(table)
        self._writer.close()


class StageWriter:
    """Writes the tables and the manifest of one partition.

    One row in may become several: a structure has several candidate pictures, a target several
    granularities. How many were added is written down as `variants`, so that always
    in + variants = out + rejected.
    """

    def __init__(
        self, folder: Path, noun: type, rows_in: int, group: int, *, in_order: bool
    ) -> None:
        """Write into `folder`, in row groups of `group` rows."""
        self._folder = folder
        self.kept = RowWriter(folder / ROWS, noun, ("id",), group, in_order=in_order)
        self.rejected = RowWriter(folder / REJECTED, Rejection, REJECTION_KEYS, in_order=in_order)
        self.kept.observers.append(self._check_ids)
        self.rejected.observers.append(self._count_reasons)
        self.rows_in = rows_in
        self.images: ImageCounts | None = None
        self.reused = 0
        self.lost: Sequence[str] = ()
        self.details: Mapping[str, Any] = {}
        """Further figures for the manifest, as :class:`Manifest` has them."""
        self._more: list[RowWriter] = []
        self._summaries: dict[str, Callable[[], pa.Table]] = {}
        self._last_id: str | None = None
        self._reasons: Counter[str] = Counter()

    def _check_ids(self, table: pa.Table) -> None:
        """Assert that ids are in order and that none occurs twice."""
        ids = pa.concat_arrays([pa.array([self._last_id], pa.string()), *table["id"].chunks])
        if len(ids) > 1:
            ascending = pc.all(pc.greater(ids[1:], ids[:-1])).as_py()
            assert ascending is not False, f"ids repeat or are out of order in {self._folder}"
            self._last_id = ids[-1].as_py()

    def _count_reasons(self, table: pa.Table) -> None:
        for found in table["reason"].value_counts().to_pylist():
            self._reasons[found["values"]] += found["counts"]

    def add(self, results: Iterable[Any]) -> None:
        """Add rows and rejections."""
        kept: list[Any] = []
        rejected: list[Rejection] = []
        for row in results:
            (rejected if isinstance(row, Rejection) else kept).append(row)
        self.kept.add(kept)
        self.rejected.add(rejected)

    def more(self, file: str, noun: type, keys: Sequence[str] = ("id",)) -> RowWriter:
        """Return a writer of another table of this partition."""
        self._more.append(RowWriter(self._folder / file, noun, keys))
        return self._more[-1]

    def summarise(self, file: str, observe: Observer, table: Callable[[], pa.Table]) -> None:
        """Call `observe` with all rows, and write the small `table` that results from them."""
        self.kept.observers.append(observe)
        self._summaries[file] = table

    def finish(self, stage: str, part: str) -> None:
        """Write the tables and the manifest."""
        for writer in (self.kept, self.rejected, *self._more):
            writer.close()
        for file, table in self._summaries.items():
            record_tables.write(table(), self._folder / file)
        counts = RowCounts(
            rows_in=self.rows_in,
            variants=self.kept.count + self.rejected.count - self.rows_in,
            out=self.kept.count,
            rejected=self.rejected.count,
        )
        manifest = Manifest(
            stage=stage,
            part=part,
            rows=counts,
            reasons=self._reasons,
            reused=self.reused,
            lost=tuple(self.lost),
            images=self.images,
            details=self.details,
        )
        write_json(self._folder / MANIFEST, manifest.as_json())


@contextmanager
def stage_writer(
    partition: Partition,
    stage: str,
    part: str,
    noun: type,
    rows_in: int = 0,
    group: int = record_tables.GROUP,
    *,
    in_order: bool = False,
) -> Iterator[StageWriter]:
    """Yield a writer whose files become the partition if the block raises nothing.

    With `in_order` the caller adds rows and rejections in the order of their files.
    """
    with partition.writing() as folder:
        writer = StageWriter(folder, noun, rows_in, group, in_order=in_order)
        yield writer
        writer.finish(stage, part)


def transform_rows(
    before: Partition,
    partition: Partition,
    stage: str,
    part: str,
    noun: type,
    work: Callable[[pa.Table], tuple[pa.Table, pa.Table]],
) -> None:
    """Turn a finished partition's rows, batch by batch, into rows and rejections.

    `work` keeps the order of ids; the `subject` of a rejection is its row's id.
    """
    path = before.folder / ROWS
    with stage_writer(
        partition, stage, part, noun, record_tables.count(path), in_order=True
    ) as writer:
        for table in record_tables.batches(path):
            kept, rejected = work(table)
            writer.kept.add_table(kept)
            writer.rejected.add_table(rejected)


def read_rows(partition: Partition, noun: type, file: str = ROWS) -> list[Any]:
    """Return a finished partition's rows."""
    return record_tables.from_table(record_tables.read(partition.folder / file), noun)


def read_rows_where(
    partition: Partition, noun: type, column: str, values: Iterable[str], file: str = ROWS
) -> list[Any]:
    """Return a finished partition's rows whose `column` holds one of `values`."""
    return record_tables.from_table(
        record_tables.where(partition.folder / file, column, values), noun
    )


class Rejections:
    """The rejections of several partitions: counted, and read in batches."""

    def __init__(self, partitions: Iterable[tuple[Path, Manifest]]) -> None:
        """Take each partition's file of rejections and its manifest; empty files are not opened."""
        counted = [(file, manifest.rows.rejected) for file, manifest in partitions]
        self._files = [file for file, count in counted if count]
        self._count = sum(count for _, count in counted)

    def __len__(self) -> int:
        return self._count

    def tables(self) -> Iterator[pa.Table]:
        """Yield the rejections batch by batch, file by file."""
        for file in self._files:
            yield from record_tables.batches(file)
