"""An append-only file of JSON lines with one writer: what was appended survives a kill or a crash."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from benchsmith.tables.atomic_files import sync_folder


class AppendLog:
    """Appends JSON objects to a file, one line each; a context manager.

    A line is written with one call, so a killed process loses no line for which :meth:`append` has
    returned. It is flushed to the disk at once, or, with `sync_s`, at most that many seconds later.
    On opening, a last line that a crash cut off is removed. Raises BlockingIOError if another
    process has the file open.
    """

    def __init__(self, path: Path, *, sync_s: float = 0.0) -> None:
        self.path = path
        self._sync_s = sync_s
        self._synced = time.monotonic()

    def __enter__(self) -> Self:
        """Create or open the file, lock it, and mend its last line."""
        new = not self.path.exists()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            _lock(self._file)
            self._mend()
            if new:  # a file is on the disk when its name is, and the names of its folders
                sync_folder(self.path.parent)
                sync_folder(self.path.parent.parent)
        except BaseException:
            os.close(self._file)
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Flush and close the file, and release its lock."""
        try:
            self.sync()
        finally:
            os.close(self._file)

    @property
    def empty(self) -> bool:
        """Whether the file has no line."""
        return os.fstat(self._file).st_size == 0

    def append(self, *values: Mapping[str, Any]) -> None:
        """Append objects, each as one line with sorted keys."""
        lines = "".join(json.dumps(v, ensure_ascii=True, sort_keys=True) + "\n" for v in values)
        left = lines.encode()
        while left:
            left = left[os.write(self._file, left) :]
        if time.monotonic() - self._synced >= self._sync_s:
            self.sync()

    def sync(self) -> None:
        """Flush everything that was appended to the disk."""
        os.fsync(self._file)
        self._synced = time.monotonic()

    def _mend(self) -> None:
        """Remove a cut-off last line; a whole one that only lacks its line end gets it."""
        held = self.path.read_bytes()
        whole = held.rfind(b"\n") + 1
        if whole == len(held):
            return
        if json_object(held[whole:]) is None:
            os.ftruncate(self._file, whole)
        else:
            os.write(self._file, b"\n")
        os.fsync(self._file)


def json_object(line: bytes) -> dict[str, Any] | None:
    """Return a line's JSON object, or None if it is anything else."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _lock(file: int) -> None:
    """Lock an open file for this process; the system releases it when the process ends."""
    try:
        import fcntl
    except ImportError:  # Windows has no flock
        return
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
