"""The pictures of a release, in random access with one picture in memory at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.model import Case
from benchsmith.tables import record_tables

BATCH_PICTURES = 64
"""Pictures that are read at once."""
READ_BUFFER_BYTES = 1 << 20


class PictureStore:
    """The cases of several partitions of render, by number.

    A release is in random order, and a Parquet file can only be read in batches. So the first
    request copies all pictures to an unnamed temporary file, which vanishes with the process.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._cases: list[Case] = []
        self._numbers: dict[str, int] = {}
        self._ends: list[int] = []
        self._pictures: int | None = None
        columns = [n for n in record_tables.schema(Case).names if n != "png"]
        for file in files:
            for row in record_tables.read(file, columns).to_pylist():
                self._numbers[row["question"]] = len(self._cases)
                self._cases.append(Case(png=b"", **row))

    def __contains__(self, question: str) -> bool:
        return question in self._numbers

    def number(self, question: str) -> int:
        """Return the number of a question's case. Raises KeyError."""
        return self._numbers[question]

    def digest(self, number: int) -> str:
        """Return the SHA-256 of a picture, without reading it."""
        return self._cases[number].png_sha256

    def case(self, number: int) -> Case:
        """Return a case with its PNG bytes."""
        start, size = self._place(number)
        return replace(self._cases[number], png=os.pread(self._file(), size, start))

    def facts(self, number: int) -> Case:
        """Return a case without its PNG bytes, which are empty."""
        return self._cases[number]

    def size(self, number: int) -> int:
        """Return the number of bytes of a picture."""
        return self._place(number)[1]

    def gather(self, numbers: Sequence[int]) -> pa.BinaryArray:
        """Return the PNG bytes of several cases, read into one buffer: no picture is a Python object."""
        places = [self._place(number) for number in numbers]
        ends = np.zeros(len(places) + 1, np.int32)
        np.cumsum([size for _, size in places], out=ends[1:], dtype=np.int64)
        if (ends < 0).any():
            raise ValueError(f"{len(places)} pictures of one row group have more than 2 GiB")
        data = np.empty(ends[-1], np.uint8)
        file, view = self._file(), data.data
        for (start, size), end in zip(places, ends[1:].tolist(), strict=True):
            if os.preadv(file, [view[end - size : end]], start) != size:
                raise OSError(f"the temporary file of pictures ended before {start + size}")
        buffers = [None, pa.py_buffer(ends), pa.py_buffer(data)]
        return pa.Array.from_buffers(pa.binary(), len(places), buffers)

    def _file(self) -> int:
        """Return the descriptor of the temporary file, which is written on first use."""
        if self._pictures is None:
            self._pictures = self._copy_pictures()
        return self._pictures

    def _place(self, number: int) -> tuple[int, int]:
        """Return where a picture begins in the temporary file, and its number of bytes."""
        self._file()
        start = self._ends[number - 1] if number else 0
        return start, self._ends[number] - start

    def __del__(self) -> None:
        if self._pictures is not None:
            os.close(self._pictures)

    def _copy_pictures(self) -> int:
        """Write all pictures to a temporary file; return its descriptor."""
        with tempfile.TemporaryFile(dir=self._files[0].parent.parent) as pictures:
            end = 0
            for path in self._files:
                # `pre_buffer` would read the whole file into memory
                with pq.ParquetFile(
                    path,
                    page_checksum_verification=True,
                    buffer_size=READ_BUFFER_BYTES,
                    pre_buffer=False,
                ) as file:
                    for batch in file.iter_batches(batch_size=BATCH_PICTURES, columns=["png"]):
                        ends, data = _contents(batch.column(0))
                        pictures.write(data)
                        self._ends += (ends + end).tolist()
                        end += len(data)
            pictures.flush()
            return os.dup(pictures.fileno())


def _contents(column: pa.BinaryArray) -> tuple[np.ndarray[Any, np.dtype[np.int64]], memoryview]:
    """Return where each value of a column without nulls ends, and the bytes of all values."""
    _, offsets, data = column.buffers()
    found = np.frombuffer(offsets, np.int32, len(column) + 1, column.offset * 4).astype(np.int64)
    first = int(found[0])
    return found[1:] - first, memoryview(data or b"")[first : int(found[-1])]
