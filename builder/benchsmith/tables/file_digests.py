"""Cached SHA-256 digests of data files."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable
from pathlib import Path

YOUNG_NS = 2_000_000_000
"""Two seconds: the coarsest modification time of a file system in use, FAT."""


class Digests:
    """A cache of SHA-256 digests, keyed by path, size, modification time and change time.

    The change time is set by the file system, so it differs even where a tool preserves size and
    modification time (`cp -p`, `touch -r`). The digest of a file younger than `YOUNG_NS` is not
    saved: within one step of a coarse clock the file could change again and keep its times. The
    cache file may be deleted at any time; unreadable lines are ignored.
    """

    def __init__(self, cache: Path) -> None:
        """Read the cache file, if there is one."""
        self._cache = cache
        self._known: dict[str, tuple[int, int, int, str]] = {}
        self._young: set[str] = set()
        self._changed = False
        if cache.is_file():
            for line in cache.read_text("utf-8", "replace").splitlines():
                try:
                    path, size, written, changed, sha256 = json.loads(line)
                    self._known[path] = (size, written, changed, sha256)
                except (ValueError, TypeError):
                    continue

    def of(self, path: Path) -> str:
        """Return a file's SHA-256, as 64 hex digits. Raises OSError."""
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
        self._changed = True
        return sha256

    def of_all(self, paths: Iterable[Path]) -> list[str]:
        """Return the digests of several files, in their order."""
        return [self.of(path) for path in paths]

    def save(self) -> None:
        """Write the cache file, if a digest is new."""
        if not self._changed:
            return
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._cache.with_name(f"{self._cache.name}.{os.getpid()}")
        lines = [
            json.dumps([path, *state])
            for path, state in sorted(self._known.items())
            if path not in self._young
        ]
        scratch.write_text("\n".join(lines) + "\n", "utf-8")
        os.replace(scratch, self._cache)


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256, as 64 hex digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
