"""What a stage leaves: its rows, what it left out, and the counts that must reconcile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.model import Rejection
from benchsmith.tables import nouns
from benchsmith.tables.external_sort import Sorter
from benchsmith.tables.partition import Partition, write_json

ROWS, REJECTED, SAMPLES = "rows.parquet", "rejected.parquet", "samples.parquet"
TELLING = ("source", "subject", "reason", "detail")
"""Columns that rejections are sorted by."""
AT_ONCE = 4096
"""Rows that become a table at once."""
Look = Callable[[pa.Table], None]


class Rows:
    """Rows of one noun on their way to a file: in any order, or in the file's own."""

    def __init__(
        self,
        path: Path,
        noun: type,
        keys: Sequence[str] = ("id",),
        group: int = nouns.GROUP,
        *,
        in_order: bool = False,
    ) -> None:
        """Write the rows in the order of `keys`; rows that are `in_order` as they come."""
        self._schema = schema = nouns.schema(noun)
        self.looks: list[Look] = []
        """Each is shown all rows, in their order, before they are written."""
        self._noun, self._at_once = noun, min(AT_ONCE, group)
        self._writer = nouns.Writer(path, schema, group)
        self._sorter = Sorter(path.with_name(f".{path.name}"), schema, keys)
        self._in_order = in_order
        self._held: list[Any] = []

    @property
    def taken(self) -> int:
        """How many rows were taken."""
        return (self._writer.rows or self._sorter.rows) + len(self._held)

    def add(self, rows: Iterable[Any]) -> None:
        """Take rows of the noun."""
        self._held += rows
        if len(self._held) >= self._at_once:
            self._flush()

    def add_table(self, table: pa.Table) -> None:
        """Take rows that are a table already."""
        table = table.select(self._schema.names).cast(self._schema)
        if self._in_order:
            self._write(table)
        else:
            self._sorter.add(table)

    def _write(self, table: pa.Table) -> None:
        for look in self.looks:
            look(table)
        self._writer.add(table)

    def _flush(self) -> None:
        self.add_table(nouns.to_table(self._held, self._noun))
        self._held = []

    def close(self) -> None:
        """Write what is not written yet."""
        self._flush()
        if not self._in_order:
            for table in self._sorter.tables():
                self._write(table)
        self._writer.close()


class Written:
    """The tables of one piece of work while it is done.

    One row in may become several (a structure has several candidate pictures, a target several
    granularities); how many more is written down as `variants`, so that always
    in + variants = out + rejected.
    """

    def __init__(
        self, folder: Path, noun: type, rows_in: int, group: int, *, in_order: bool
    ) -> None:
        """Write into `folder`, in row groups of `group` rows."""
        self._folder = folder
        self.kept = Rows(folder / ROWS, noun, ("id",), group, in_order=in_order)
        self.rejected = Rows(folder / REJECTED, Rejection, TELLING, in_order=in_order)
        self.kept.looks.append(self._once)
        self.rejected.looks.append(self._count)
        self.rows_in = rows_in
        self.also: dict[str, Any] = {}
        """More of the manifest."""
        self._more: list[Rows] = []
        self._summed: dict[str, Callable[[], pa.Table]] = {}
        self._last: str | None = None
        self._reasons: Counter[str] = Counter()

    def _once(self, table: pa.Table) -> None:
        """Look that ids come in their order, and none of them twice."""
        ids = pa.concat_arrays([pa.array([self._last], pa.string()), *table["id"].chunks])
        if len(ids) > 1:
            after = pc.all(pc.greater(ids[1:], ids[:-1])).as_py()
            assert after is not False, f"two rows of one id, or ids out of order, at {self._folder}"
            self._last = ids[-1].as_py()

    def _count(self, table: pa.Table) -> None:
        for found in table["reason"].value_counts().to_pylist():
            self._reasons[found["values"]] += found["counts"]

    def add(self, results: Iterable[Any]) -> None:
        """Take rows and rejections."""
        kept: list[Any] = []
        rejected: list[Rejection] = []
        for row in results:
            (rejected if isinstance(row, Rejection) else kept).append(row)
        self.kept.add(kept)
        self.rejected.add(rejected)

    def more(self, file: str, noun: type, keys: Sequence[str] = ("id",)) -> Rows:
        """Return another table of this piece of work."""
        self._more.append(Rows(self._folder / file, noun, keys))
        return self._more[-1]

    def sum_up(self, file: str, look: Look, table: Callable[[], pa.Table]) -> None:
        """Show all rows to `look`, then write the small table that it made of them."""
        self.kept.looks.append(look)
        self._summed[file] = table

    def finish(self, stage: str, part: str) -> None:
        """Write the tables and the manifest."""
        for one in (self.kept, self.rejected, *self._more):
            one.close()
        for file, table in self._summed.items():
            nouns.write(table(), self._folder / file)
        counts = {
            "in": self.rows_in,
            "variants": self.kept.taken + self.rejected.taken - self.rows_in,
            "out": self.kept.taken,
            "rejected": self.rejected.taken,
        }
        manifest = {"stage": stage, "part": part, "rows": counts, "reasons": self._reasons}
        write_json(self._folder / "manifest.json", {**manifest, **self.also})


@contextmanager
def writing(
    partition: Partition,
    stage: str,
    part: str,
    noun: type,
    rows_in: int = 0,
    group: int = nouns.GROUP,
    *,
    in_order: bool = False,
) -> Iterator[Written]:
    """Give what takes a stage's rows; its files become the partition when the block ends well.

    With `in_order`, rows and rejections come in their files' order.
    """
    with partition.writing() as folder:
        written = Written(folder, noun, rows_in, group, in_order=in_order)
        yield written
        written.finish(stage, part)


def turned(
    before: Partition,
    partition: Partition,
    stage: str,
    part: str,
    noun: type,
    work: Callable[[pa.Table], tuple[pa.Table, pa.Table]],
) -> None:
    """Turn a finished piece of work's rows, a part at a time, into rows and rejections.

    What is in the order of ids stays so: a rejection's `subject` is its row's id.
    """
    path = before.folder / ROWS
    with writing(partition, stage, part, noun, nouns.count(path), in_order=True) as written:
        for table in nouns.batches(path):
            kept, rejected = work(table)
            written.kept.add_table(kept)
            written.rejected.add_table(rejected)


def rows(partition: Partition, noun: type, file: str = ROWS) -> list[Any]:
    """Return a finished partition's rows."""
    return nouns.from_table(nouns.read(partition.folder / file), noun)


def some(
    partition: Partition, noun: type, column: str, values: Iterable[str], file: str = ROWS
) -> list[Any]:
    """Return a finished partition's rows whose text in a column is one of some."""
    return nouns.from_table(nouns.where(partition.folder / file, column, values), noun)


class Rejections:
    """What was left out, in files: counted, and gone through without being held."""

    def __init__(self, files: Iterable[Path], manifests: Iterable[Mapping[str, Any]]) -> None:
        """Take the files, and the manifests of the work that wrote them."""
        self._files = list(files)
        self._count = sum(int(m["rows"]["rejected"]) for m in manifests)

    def __len__(self) -> int:
        return self._count

    def tables(self) -> Iterator[pa.Table]:
        """Yield them a part at a time, in the order of the files."""
        for file in self._files:
            yield from nouns.batches(file)
