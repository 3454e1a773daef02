"""Rows that come in any order and are written in one, however many they are."""

from __future__ import annotations

import shutil
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

HELD = 50_000
"""Rows that are held in memory; what is more is put on disk, sorted, and merged at the end."""
HELD_BYTES = 256 << 20
"""The same for rows that hold pictures."""
AT_ONCE = 1024
"""Rows of each file on disk that the merge holds."""
AT_ONCE_BYTES = 4 << 20
"""The same for rows that hold pictures."""
Key = tuple[Any, ...]


class Sorter:
    """Takes tables of one schema, and gives all their rows in the order of some columns of text.

    The order is that of the columns' UTF-8 bytes. Rows that are alike in all of `keys` must be
    alike in the others too, so that there is one order.
    """

    def __init__(self, scratch: Path, schema: pa.Schema, keys: Sequence[str]) -> None:
        """Use a folder, which is made when it is needed and gone at the end."""
        self._scratch, self._schema, self._keys = scratch, schema, list(keys)
        self._held: list[pa.Table] = []
        self._held_rows = self._held_bytes = 0
        self._runs: list[tuple[Key, Path]] = []
        self.rows = 0

    def add(self, table: pa.Table) -> None:
        """Take some rows."""
        self._held.append(table)
        self.rows += table.num_rows
        self._held_rows += table.num_rows
        self._held_bytes += table.nbytes
        if self._held_rows >= HELD or self._held_bytes >= HELD_BYTES:
            self._put_aside()

    def _put_aside(self) -> None:
        held = self._sorted(self._held)
        self._held = []
        self._held_rows = self._held_bytes = 0
        if held.num_rows:
            fitting = AT_ONCE_BYTES * held.num_rows // max(held.nbytes, 1)
            self._scratch.mkdir(parents=True, exist_ok=True)
            path = self._scratch / f"{len(self._runs)}.arrow"
            options = pa.ipc.IpcWriteOptions(compression="lz4")
            with pa.ipc.new_file(path, self._schema, options=options) as file:
                file.write_table(held.combine_chunks(), max_chunksize=max(1, min(AT_ONCE, fitting)))
            self._runs.append((_key(held, 0, self._keys), path))

    def _sorted(self, some: Sequence[pa.Table]) -> pa.Table:
        whole = pa.concat_tables([self._schema.empty_table(), *some])
        return whole.sort_by([(key, "ascending") for key in self._keys])

    def tables(self) -> Iterator[pa.Table]:
        """Yield all rows in their order."""
        if not self._runs:
            yield self._sorted(self._held)
            return
        self._put_aside()
        yield from self._merged()
        shutil.rmtree(self._scratch)

    def _merged(self) -> Iterator[pa.Table]:
        """Merge the files: what is not behind the first end of a part held is complete.

        A file is opened once its first row is next, so that files that follow each other are read
        one by one.
        """
        waiting = sorted(self._runs, key=lambda run: run[0], reverse=True)
        heads: list[tuple[pa.Table, Iterator[pa.Table]]] = []
        while waiting or heads:
            last = min((_key(t, t.num_rows - 1, self._keys) for t, _ in heads), default=None)
            while waiting and (last is None or waiting[-1][0] <= last):
                parts = _parts(waiting.pop()[1])
                head = next(parts)
                heads.append((head, parts))
                own = _key(head, head.num_rows - 1, self._keys)
                last = own if last is None else min(last, own)
            assert last is not None
            complete, left = [], []
            for table, parts in heads:
                count = self._until(table, last)
                complete.append(table.slice(0, count))
                rest = table.slice(count) if count < table.num_rows else next(parts, None)
                if rest is not None:
                    left.append((rest, parts))
            heads = left
            yield self._sorted(complete)

    def _until(self, table: pa.Table, last: Key) -> int:
        """Return how many of a sorted table's rows are not behind a place in the order."""
        rows = range(table.num_rows)
        return bisect_right(rows, last, key=lambda row: _key(table, row, self._keys))


def _key(table: pa.Table, row: int, keys: Sequence[str]) -> Key:
    """Return a row's place in the order."""
    return tuple(table[key][row].as_py().encode() for key in keys)


def _parts(path: Path) -> Iterator[pa.Table]:
    with pa.OSFile(str(path)) as source, pa.ipc.open_file(source) as file:
        for number in range(file.num_record_batches):
            yield pa.Table.from_batches([file.get_batch(number)])
