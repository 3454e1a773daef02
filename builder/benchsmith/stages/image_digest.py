"""The digest of an image's files, from the bytes that a reader reads anyway."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchsmith.imaging.bytes_read import hashing

_States = tuple[tuple[Path, int, int], ...]
_last: dict[_States, str] = {}
"""The last digest, since one file may hold thousands of pictures."""


def digest(files: Sequence[Path]) -> str:
    """Return the SHA-256 of the files' concatenated bytes, as hex. Raises OSError."""
    key = _states(files)
    return _last.get(key) or _kept(key, read_again(files))


@contextmanager
def digesting(files: Sequence[Path]) -> Iterator[Callable[[], str]]:
    """Take the digest of files while they are read inside the block; yield what returns it.

    Files that are not read whole, and in their order, are read for it afterwards.
    """
    try:
        key = _states(files)
    except OSError:  # what reads them says which of them is missing
        yield lambda: digest(files)
        return
    with hashing(() if key in _last else files) as read:
        yield lambda: _last.get(key) or _kept(key, read.digest() or read_again(files))


def _kept(key: _States, found: str) -> str:
    _last.clear()
    _last[key] = found
    return found


def _states(files: Sequence[Path]) -> _States:
    """Return what changes if a file does: its size and time."""
    states = [path.stat() for path in files]
    return tuple((p, s.st_size, s.st_mtime_ns) for p, s in zip(files, states, strict=True))


def read_again(files: Sequence[Path]) -> str:
    """Return the SHA-256 of the files' concatenated bytes, which are read for it alone. Raises OSError."""
    total = hashlib.sha256()
    # one buffer that stays in the cache: new memory for each block would cost as much as hashing it
    block = memoryview(bytearray(1 << 16))
    for path in files:
        with path.open("rb", buffering=0) as file:
            while count := file.readinto(block):
                total.update(block[:count])
    return total.hexdigest()
