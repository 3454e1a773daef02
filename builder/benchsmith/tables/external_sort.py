"""External merge sort: rows are added in any order and read back in one, whatever their number."""

from __future__ import annotations

import shutil
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pyarrow as pa

MEMORY_ROWS = 50_000
"""Rows held in memory; further rows go to sorted files on disk, which are merged at the end. As many again are
held while a thread sorts and writes them."""
MEMORY_BYTES = 256 << 20
"""The same limit for rows that hold pictures."""
MERGE_ROWS = 1024
"""Rows of each sorted file that the merge holds in memory, if there are many files."""
MERGED_AT_ONCE = 16, 4
"""Of up to so many files, so many times the rows are held: each step of a merge has a cost of its own."""
MERGE_BYTES = 4 << 20
"""The same limit for rows that hold pictures."""
Key = tuple[Any, ...]


class ExternalSorter:
    """Sorts tables of one schema by some text columns, on disk where memory is too small.

    The order is that of the columns' UTF-8 bytes. Rows with equal `keys` must be equal in all
    columns, so that there is only one order. Sorted files are written by a thread: Arrow sorts, compresses
    and writes without holding the interpreter's lock, so the caller takes further rows meanwhile.
    """

    def __init__(self, scratch: Path, schema: pa.Schema, keys: Sequence[str]) -> None:
        """Sort by `keys`; the folder `scratch` is made when needed and removed at the end."""
        self._scratch, self._schema, self._keys = scratch, schema, list(keys)
        self._pending: list[pa.Table] = []
        self._pending_rows = self._pending_bytes = 0
        self._runs: list[tuple[Key, Path]] = []
        """The sorted files, each with the key of its first row."""
        self._thread: ThreadPoolExecutor | None = None
        self._being_written: Future[None] | None = None
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        """Add some rows."""
        self._pending.append(table)
        self.rows += table.num_rows
        self._pending_rows += table.num_rows
        self._pending_bytes += table.nbytes
        if self._pending_rows >= MEMORY_ROWS or self._pending_bytes >= MEMORY_BYTES:
            self._begin_run()

    def _begin_run(self) -> None:
        """Let the thread write the rows in memory to a sorted file, after the one before."""
        self._end_run()
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, "sort")
        tables, self._pending = self._pending, []
        is_large = self._pending_bytes >= MEMORY_BYTES
        self._pending_rows = self._pending_bytes = 0
        self._being_written = self._thread.submit(self._write_run, tables)
        del tables
        if is_large:
            self._end_run()  # pictures are held once

    def _end_run(self) -> None:
        """Wait for the file that is being written. Raises what writing it raised, such as OSError."""
        written, self._being_written = self._being_written, None
        if written is not None:
            written.result()

    def _write_run(self, tables: Sequence[pa.Table]) -> None:
        """Write some rows to a sorted file."""
        rows = self._sorted(tables)
        if rows.num_rows:
            fitting = MERGE_BYTES * rows.num_rows // max(rows.nbytes, 1)
            batch = max(1, min(MERGE_ROWS, fitting))
            self._scratch.mkdir(parents=True, exist_ok=True)
            path = self._scratch / f"{len(self._runs)}.arrow"
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            with pa.ipc.new_file(path, self._schema, options=options) as file:
                file.write_table(rows.combine_chunks(), max_chunksize=batch)
            self._runs.append((_key(rows, 0, self._keys), path))

    def _sorted(self, tables: Sequence[pa.Table]) -> pa.Table:
        whole = pa.concat_tables([self._schema.empty_table(), *tables])
        return whole.sort_by([(key, "ascending") for key in self._keys])

    def tables(self) -> Iterator[pa.Table]:
        """Yield all rows in order, as several tables."""
        self._end_run()
        if self._thread is not None:
            self._thread.shutdown()
        tables, self._pending = self._pending, []
        if not self._runs:
            yield self._sorted(tables)
            return
        self._write_run(tables)
        del tables
        yield from self._merged()
        shutil.rmtree(self._scratch)

    def _merged(self) -> Iterator[pa.Table]:
        """Merge the sorted files, one batch of each at a time.

        The smallest last key of the batches in memory is a bound: no row that is still on disk
        precedes it, so every row up to it can be yielded. A file is opened only when its first
        row is next; files that follow one another are therefore read one by one.
        """
        unopened = sorted(self._runs, key=lambda run: run[0], reverse=True)
        few, times = MERGED_AT_ONCE
        together = times if len(unopened) <= few else 1
        heads: list[tuple[pa.Table, Iterator[pa.Table]]] = []
        while unopened or heads:
            bound = min((_key(t, t.num_rows - 1, self._keys) for t, _ in heads), default=None)
            while unopened and (bound is None or unopened[-1][0] <= bound):
                batches = _batches(unopened.pop()[1], together)
                head = next(batches)
                heads.append((head, batches))
                own = _key(head, head.num_rows - 1, self._keys)
                bound = own if bound is None else min(bound, own)
            assert bound is not None
            complete, left = [], []
            for table, batches in heads:
                count = self._count_until(table, bound)
                if count:
                    complete.append(table.slice(0, count))
                rest = table.slice(count) if count < table.num_rows else next(batches, None)
                if rest is not None:
                    left.append((rest, batches))
            heads = left
            # the rows of one file are in order; files often follow one another
            yield complete[0] if len(complete) == 1 else self._sorted(complete)

    def _count_until(self, table: pa.Table, bound: Key) -> int:
        """Return how many rows of a sorted table have a key up to `bound`."""
        rows = range(table.num_rows)
        return bisect_right(rows, bound, key=lambda row: _key(table, row, self._keys))


def _key(table: pa.Table, row: int, keys: Sequence[str]) -> Key:
    """Return a row's sort key."""
    return tuple(table[key][row].as_py().encode() for key in keys)


def _batches(path: Path, together: int) -> Iterator[pa.Table]:
    """Read a sorted file: several batches at once, unless they are small because they hold pictures."""
    with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as file:
        step = together if file.get_batch(0).num_rows == MERGE_ROWS else 1
        for start in range(0, file.num_record_batches, step):
            numbers = range(start, min(start + step, file.num_record_batches))
            yield pa.Table.from_batches(map(file.get_batch, numbers))
