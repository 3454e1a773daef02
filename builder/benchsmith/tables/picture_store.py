"""The pictures of a release, in random access with one picture in memory at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from benchsmith.core.model import Case
from benchsmith.tables import nouns

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
        columns = [n for n in nouns.schema(Case).names if n != "png"]
        for file in files:
            for row in nouns.read(file, columns).to_pylist():
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
        if self._pictures is None:
            self._pictures = self._copy_pictures()
        start = self._ends[number - 1] if number else 0
        data = os.pread(self._pictures, self._ends[number] - start, start)
        return replace(self._cases[number], png=data)

    def __del__(self) -> None:
        if self._pictures is not None:
            os.close(self._pictures)

    def _copy_pictures(self) -> int:
        """Write all pictures to a temporary file; return its descriptor."""
        with tempfile.TemporaryFile(dir=self._files[0].parent.parent) as pictures:
            end = 0
            for path in self._files:
                with pq.ParquetFile(
                    path, page_checksum_verification=True, buffer_size=READ_BUFFER_BYTES
                ) as file:
                    for batch in file.iter_batches(batch_size=BATCH_PICTURES, columns=["png"]):
                        for cell in batch.column(0):
                            end += pictures.write(cell.as_py())
                            self._ends.append(end)
            pictures.flush()
            return os.dup(pictures.fileno())
