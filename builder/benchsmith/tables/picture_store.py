"""The pictures of a release: any of them at once, while one is in memory at a time."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from benchsmith.core.model import Case
from benchsmith.tables import nouns

BATCH = 64
"""Pictures that are read at once."""
BUFFER = 1 << 20


class PictureStore:
    """Cases by number, out of the tables that render left.

    A release's order is random and a Parquet file is read from its beginning. So the pictures are
    laid one behind the other into a file without a name, the first time one is asked for; it is
    gone with the process, however that ends.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._cases: list[Case] = []
        self._numbers: dict[str, int] = {}
        self._ends: list[int] = []
        self._pictures: int | None = None
        about = [n for n in nouns.schema(Case).names if n != "png"]
        for file in files:
            for row in nouns.read(file, about).to_pylist():
                self._numbers[row["question"]] = len(self._cases)
                self._cases.append(Case(png=b"", **row))

    def __contains__(self, question: str) -> bool:
        return question in self._numbers

    def number(self, question: str) -> int:
        """Return the number of a question's case. Raises KeyError."""
        return self._numbers[question]

    def digest(self, number: int) -> str:
        """Return the SHA-256 of a picture, which is not read for it."""
        return self._cases[number].png_sha256

    def case(self, number: int) -> Case:
        """Return a case with its picture."""
        if self._pictures is None:
            self._pictures = self._lay()
        start = self._ends[number - 1] if number else 0
        data = os.pread(self._pictures, self._ends[number] - start, start)
        return replace(self._cases[number], png=data)

    def __del__(self) -> None:
        if self._pictures is not None:
            os.close(self._pictures)

    def _lay(self) -> int:
        with tempfile.TemporaryFile(dir=self._files[0].parent.parent) as pictures:
            end = 0
            for path in self._files:
                with pq.ParquetFile(
                    path, page_checksum_verification=True, buffer_size=BUFFER
                ) as file:
                    for batch in file.iter_batches(batch_size=BATCH, columns=["png"]):
                        for cell in batch.column(0):
                            end += pictures.write(cell.as_py())
                            self._ends.append(end)
            pictures.flush()
            return os.dup(pictures.fileno())
