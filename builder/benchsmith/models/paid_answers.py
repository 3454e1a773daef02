"""An append-only file of model answers; each is on disk before it is used, so none is paid twice."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.tables.append_log import AppendLog


class Answers:
    """A JSON Lines file of answers by the digest of their request; a context manager.

    Raises BlockingIOError if another run has it open, and DocumentError for a line that is not an
    answer. A last line that a crash cut off is removed; that answer was never used.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._log = AppendLog(path)
        self._rows: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        """Open the file, remove a cut-off last line and read the answers."""
        try:
            self._log.__enter__()
        except BlockingIOError:
            raise BlockingIOError(
                f"another run is writing {self.path}: wait until it has ended"
            ) from None
        try:
            self._rows = {row["digest"]: row for row in read(self.path)}
        except BaseException:
            self._log.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Close the file and release its lock."""
        self._log.__exit__(kind, error, at)

    def __contains__(self, digest: object) -> bool:
        """Return whether there is an answer with this digest."""
        return digest in self._rows

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Iterate over the answers, the oldest first."""
        return iter(self._rows.values())

    def keep(self, digest: str, row: Mapping[str, Any]) -> None:
        """Append an answer; it is flushed to the disk when this returns."""
        kept = {"digest": digest, **row}
        self._log.append(kept)
        self._rows[digest] = kept


def read(path: Path) -> list[dict[str, Any]]:
    """Return the answers in a file. Raises DocumentError for lines that are not answers."""
    rows, problems = [], []
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        try:
            row = json.loads(line) if line else None
        except ValueError:
            row = line
        if isinstance(row, dict) and isinstance(row.get("digest"), str):
            rows.append(row)
        elif row is not None:
            problems.append(Problem(str(path), number, "is not an answer", "remove the line"))
    if problems:
        raise DocumentError(problems)
    return rows
