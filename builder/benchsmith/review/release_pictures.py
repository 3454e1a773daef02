"""Pictures of a release, read from its Parquet files by row; a few row groups stay in memory."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

CACHED_GROUPS = 4
"""Row groups whose pictures are kept in memory, of about a hundred cases each."""


class ReleasePictures:
    """The rows of `data/*.parquet` of a release, numbered over all files in order."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = [pq.ParquetFile(path) for path in files]
        self._lock = threading.Lock()
        self._groups: OrderedDict[tuple[int, int], pa.Array] = OrderedDict()
        self._spans = [
            (f, g, file.metadata.row_group(g).num_rows)
            for f, file in enumerate(self._files)
            for g in range(file.metadata.num_row_groups)
        ]
        self._starts = [0]
        for _, _, rows in self._spans:
            self._starts.append(self._starts[-1] + rows)

    def __len__(self) -> int:
        """Return the number of rows."""
        return self._starts[-1]

    def ids(self) -> list[str]:
        """Return the id of every row."""
        return [id_ for file in self._files for id_ in file.read(["id"])["id"].to_pylist()]

    def png(self, row: int) -> bytes:
        """Return the picture of a row."""
        span = bisect_right(self._starts, row) - 1
        file, group, _ = self._spans[span]
        with self._lock:
            if (file, group) not in self._groups:
                self._groups[file, group] = (
                    self._files[file].read_row_group(group, ["image"])["image"].combine_chunks()
                )
                while len(self._groups) > CACHED_GROUPS:
                    self._groups.popitem(last=False)
            self._groups.move_to_end((file, group))
            held = self._groups[file, group]
        found: bytes = held[row - self._starts[span]].as_py()["bytes"]
        return found
