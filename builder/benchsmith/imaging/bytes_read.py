"""The digest of an image's files from the bytes that its reader reads, so that none is read twice.

What is hashed is then also what was read: a file that changes in between cannot have the digest of other bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path


class BytesRead:
    """Hashes files that are read whole, one after the other."""

    def __init__(self, files: Sequence[Path]) -> None:
        """Wait for these files, in this order."""
        self._files, self._taken = tuple(files), 0
        self._total = hashlib.sha256()

    def awaits(self, path: Path) -> bool:
        """Return whether a file is the next one."""
        return self._taken < len(self._files) and self._files[self._taken] == path

    def take(self, path: Path, *pieces: bytes | bytearray | memoryview) -> None:
        """Hash all bytes of a file, in pieces, if it is the next one."""
        if self.awaits(path):
            for piece in pieces:
                self._total.update(piece)
            self._taken += 1

    def digest(self) -> str:
        """Return the SHA-256 of all files' bytes, as hex; empty if some were not read whole, in order."""
        return self._total.hexdigest() if self._taken == len(self._files) else ""


_now: ContextVar[BytesRead | None] = ContextVar("_now", default=None)


@contextmanager
def hashing(files: Sequence[Path]) -> Iterator[BytesRead]:
    """Hash these files while they are read inside the block."""
    found = BytesRead(files)
    token = _now.set(found)
    try:
        yield found
    finally:
        _now.reset(token)


def awaited(path: Path) -> BytesRead | None:
    """Return what hashes the bytes of a file next, if anything does."""
    found = _now.get()
    return found if found is not None and found.awaits(path) else None
