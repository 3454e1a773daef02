"""Digests of data files, computed once for each state of a file."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path

YOUNG_NS = 2_000_000_000
"""Two seconds: the coarsest clock of a file system in use (FAT)."""


class Digests:
    """SHA-256 of files, remembered by path, size, and the times of writing and of change.

    The time of change is the file system's own: what keeps size and time of writing (`cp -p`,
    `touch -r`) still has another. A file that is younger than the clock's steps are long is not
    remembered, for it may change once more without a sign. The memory may be deleted at any time;
    a line that cannot be read is dropped.
    """

    def __init__(self, memory: Path) -> None:
        self._memory = memory
        self._known: dict[str, tuple[int, int, int, str]] = {}
        self._young: set[str] = set()
        self._fresh = False
        if memory.is_file():
            for line in memory.read_text("utf-8", "replace").splitlines():
                try:
                    path, size, written, changed, sha256 = json.loads(line)
                    self._known[path] = (size, written, changed, sha256)
                except (ValueError, TypeError):
                    continue

    def of(self, path: Path) -> str:
        """Return a file's SHA-256."""
        found = path.stat()
        state = (found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        known = self._known.get(str(path))
        if known is not None and known[:3] == state:
            return known[3]
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        self._known[str(path)] = (*state, sha256)
        self._young.discard(str(path))
        if time.time_ns() - found.st_ctime_ns < YOUNG_NS:
            self._young.add(str(path))
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
        lines = [
            json.dumps([path, *state])
            for path, state in sorted(self._known.items())
            if path not in self._young
        ]
        scratch.write_text("\n".join(lines) + "\n", "utf-8")
        os.replace(scratch, self._memory)
