"""Cached SHA-256 digests of data files."""

from __future__ import annotations

import hashlib
import os
import struct
import sys
import time
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

YOUNG_NS = 2_000_000_000
"""Two seconds: the coarsest modification time of a file system in use, FAT."""
BEGINNING = b"benchsmith file digests 2\n"
_SUM_BYTES = 16
_ROW = np.dtype([("first", "<u8"), ("second", "<u8"), ("state", "<i8", 3), ("sha256", "V32")])
"""A file: the digest of its path in two halves; size, modification and change time; its SHA-256."""
_STATE = struct.Struct("<3q32s")
_NEW_ROWS = 1 << 16
"""New digests that are held as objects before they are packed."""
_FILE_NAMES = sys.getfilesystemencoding(), sys.getfilesystemencodeerrors()
Rows = npt.NDArray[np.void]
Key = tuple[int, int]


class Digests:
    """A cache of SHA-256 digests, keyed by path, size, modification time and change time.

    The change time is set by the file system, so it differs even where a tool preserves size and
    modification time (`cp -p`, `touch -r`). The digest of a file younger than `YOUNG_NS` is not
    saved: within one step of a coarse clock the file could change again and keep its times. The
    cache file may be deleted at any time; a damaged one is ignored. A file takes 72 bytes, in memory too.
    """

    def __init__(self, cache: Path) -> None:
        """Read the cache file, if there is one."""
        self._cache = cache
        self._new: dict[Key, bytes] = {}
        self._young: set[Key] = set()
        self._changed = False
        self._pack(_read(cache))

    def of(self, path: Path) -> str:
        """Return a file's SHA-256, as 64 hex digits. Raises OSError."""
        return self._of(os.fspath(path)).hex()

    def of_all(self, paths: Iterable[Path]) -> list[str]:
        """Return the digests of several files, in their order."""
        return [self.of(path) for path in paths]

    def of_names(self, names: Sequence[str]) -> bytes:
        """Return the SHA-256 of several files in their order, 32 bytes each. Raises OSError.

        Known digests are looked up together, which takes a third of the time of single look-ups.
        """
        states = array("q")
        for name in names:
            found = os.stat(name)  # noqa: PTH116 - a path object for each look takes longer than the look
            states.extend((found.st_size, found.st_mtime_ns, found.st_ctime_ns))
        keys = b"".join([_key_bytes(name) for name in names])
        rows, same = self._rows_of(np.frombuffer(keys, "<u8").reshape(-1, 2))
        same &= (rows["state"] == np.frombuffer(states, np.int64).reshape(-1, 3)).all(axis=1)
        sums = rows["sha256"].copy()
        for n in np.flatnonzero(~same).tolist():
            sums[n] = np.void(self._of(names[n]))
        return bytes(sums.tobytes())

    def _of(self, name: str) -> bytes:
        found = os.stat(name)  # noqa: PTH116 - a path object for each look takes longer than the look
        state = (found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        key = _key(name)
        known = self._known(key)
        if known is not None:
            *then, sha256 = _STATE.unpack(known)
            if tuple(then) == state:
                return bytes(sha256)
        with open(name, "rb") as file:  # noqa: PTH123 - see above
            digest = hashlib.file_digest(file, "sha256").digest()
        self._new[key] = _STATE.pack(*state, digest)
        self._young.discard(key)
        if time.time_ns() - found.st_ctime_ns < YOUNG_NS:
            self._young.add(key)
        self._changed = True
        if len(self._new) > max(_NEW_ROWS, len(self._rows) // 4):
            self._pack(self._rows)
        return digest

    def save(self) -> None:
        """Write the cache file, if a digest is new."""
        if not self._changed:
            return
        self._pack(self._rows)
        young = [place for key in self._young if (place := self._place(key)) is not None]
        rows = np.delete(self._rows, young).tobytes()
        self._cache.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._cache.with_name(f"{self._cache.name}.{os.getpid()}")
        scratch.write_bytes(BEGINNING + _sum_of(rows) + rows)
        os.replace(scratch, self._cache)

    def _known(self, key: Key) -> bytes | None:
        """Return the recorded state and digest of a file."""
        if (new := self._new.get(key)) is not None:
            return new
        place = self._place(key)
        if place is None:
            return None
        start = place * _ROW.itemsize + 16
        return bytes(self._bytes[start : start + _STATE.size])

    def _place(self, key: Key) -> int | None:
        """Return the row of a packed file."""
        place = bisect_left(self._firsts, key[0])
        while place < len(self._firsts) and self._firsts[place] == key[0]:
            if self._seconds[place] == key[1]:
                return place
            place += 1
        return None

    def _rows_of(self, keys: npt.NDArray[np.uint64]) -> tuple[Rows, npt.NDArray[np.bool_]]:
        """Return a packed row for each key, shape (keys, 2), and whether it is the row of the key."""
        if not len(self._rows):
            return np.zeros(len(keys), _ROW), np.zeros(len(keys), np.bool_)
        places = np.searchsorted(np.asarray(self._firsts), keys[:, 0])
        rows = self._rows[np.minimum(places, len(self._rows) - 1)]
        # if two files share the first half of the key, the second is looked up separately
        return rows, (rows["first"] == keys[:, 0]) & (rows["second"] == keys[:, 1])

    def _pack(self, rows: Rows) -> None:
        """Pack rows and the new digests, sorted by key; later ones replace earlier ones."""
        if self._new:
            added = np.frombuffer(
                b"".join(struct.pack("<2Q", *key) + value for key, value in self._new.items()), _ROW
            )
            rows = np.concatenate([rows, added])
            rows = rows[np.lexsort((rows["second"], rows["first"]))]
            same = (rows["first"][1:] == rows["first"][:-1]) & (
                rows["second"][1:] == rows["second"][:-1]
            )
            rows = rows[np.concatenate([~same, [True]])]
            self._new = {}
        self._rows = rows
        self._bytes = np.ascontiguousarray(rows).view(np.uint8).data
        # bisection steps through plain numbers that are contiguous in memory
        self._firsts = np.array(rows["first"], np.uint64).data
        self._seconds = np.array(rows["second"], np.uint64).data


def _key_bytes(name: str) -> bytes:
    # `os.fsencode` without its checks
    return hashlib.blake2b(name.encode(*_FILE_NAMES), digest_size=16).digest()


def _key(name: str) -> Key:
    digest = _key_bytes(name)
    return int.from_bytes(digest[:8], "little"), int.from_bytes(digest[8:], "little")


def _sum_of(rows: bytes | memoryview) -> bytes:
    return hashlib.blake2b(rows, digest_size=_SUM_BYTES).digest()


def _read(cache: Path) -> Rows:
    """Return the rows of a cache file; none of one that is missing, damaged, or of another version."""
    try:
        data = cache.read_bytes()
    except OSError:
        return np.empty(0, _ROW)
    start = len(BEGINNING) + _SUM_BYTES
    rows = memoryview(data)[start:]  # a copy would take as much memory again
    whole = len(rows) % _ROW.itemsize == 0 and data[len(BEGINNING) : start] == _sum_of(rows)
    return np.frombuffer(rows, _ROW) if data.startswith(BEGINNING) and whole else np.empty(0, _ROW)


def sha256_of(path: Path) -> str:
    """Return a file's SHA-256, as 64 hex digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
