"""Digests of data files, computed once for each state of a file."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from pathlib import Path


class Digests:
    """SHA-256 of files, remembered by path, size and time of change.

    The memory is a file that may be deleted at any time; a line that cannot be read is dropped.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, tuple[int, int, str]] = {}
        self._fresh = False
        if memory.is_file():
            for line in memory.read_text("utf-8").splitlines():
                try:
                    path, size, changed, sha256 = json.loads(line)
                    self._known[path] = (size, changed, sha256)
                except ValueError:
                    continue

    def of(self, path: Path) -> str:
        """Return a file's SHA-256."""
        state = path.stat()
        found = self._known.get(str(path))
        if found is not None and found[:2] == (state.st_size, state.st_mtime_ns):
            return found[2]
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self._known[str(path)] = (state.st_size, state.st_mtime_ns, sha256)
        self._fresh = True
        return sha256

    def of_all(self, paths: Iterable[Path]) -> list[str]:
        """Return the digests of some files, in their order."""
        return [self.of(path) for path in paths]

    def save(self) -> None:
        """Write the memory, if it has anything new."""
        if not self._fresh:
            return
        self._memory.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._memory.with_name(f"{self._memory.name}.{os.getpid()}")
        lines = [json.dumps([path, *state]) for path, state in sorted(self._known.items())]
        scratch.write_text("\n".join(lines) + "\n", "utf-8")
        os.replace(scratch, self._memory)
