"""What builds of one process find out about the same bytes, found out once.

Some two hundred tests build the same small project, mostly with the same pictures and files. Measurements of a
picture, and the texts of a file, depend on its bytes alone, so a process of the tests remembers them by these. New
bytes are measured and searched as always, and so is everything in processes of a build's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

import pytest

from benchsmith.audits import identifiers, seen_pictures
from benchsmith.audits.byte_texts import Said
from benchsmith.core.contracts import Array

T = TypeVar("T")
MOST_PICTURES = 20_000
"""Pictures that are remembered: a few numbers each."""
LARGEST_FILE = 1 << 18
"""Bytes of a file whose texts are remembered."""
MOST_TEXTS = 1 << 26
"""Characters of all texts that are remembered."""


def once_for_bytes(patch: pytest.MonkeyPatch) -> None:
    """Let audits and the search for identifiers remember what they find in bytes."""
    patch.setattr(seen_pictures, "mark_of", _marks(seen_pictures.mark_of))
    patch.setattr(seen_pictures, "measures_of", _measures(seen_pictures.measures_of))
    patch.setattr(identifiers, "texts_of", _texts(identifiers.texts_of))


def digest(*parts: bytes) -> bytes:
    """Return the digest of some bytes, each part with its length."""
    found = blake2b(digest_size=16)
    for part in parts:
        found.update(b"%d:" % len(part))
        found.update(part)
    return found.digest()


def _kept(known: dict[bytes, T], key: bytes, make: Callable[[], T]) -> T:
    if key not in known:
        if len(known) >= MOST_PICTURES:
            known.clear()
        known[key] = make()
    return known[key]


def _marks(find: Callable[[Array], T]) -> Callable[[Array], T]:
    known: dict[bytes, T] = {}

    def mark_of(picture: Array) -> T:
        key = digest(repr((picture.shape, picture.dtype.str)).encode(), picture.tobytes())
        return _kept(known, key, lambda: find(picture))

    return mark_of


def _measures(find: Callable[[bytes, Array], T]) -> Callable[[bytes, Array], T]:
    known: dict[bytes, T] = {}

    def measures_of(png: bytes, pixels: Array) -> T:
        return _kept(known, digest(png), lambda: find(png, pixels))

    return measures_of


def _texts(find: Callable[[Path], Iterator[Said]]) -> Callable[[Path], Iterator[Said]]:
    known: dict[bytes, tuple[Said, ...]] = {}
    held = 0

    def texts_of(path: Path) -> Iterator[Said]:
        nonlocal held
        if path.stat().st_size > LARGEST_FILE:
            yield from find(path)
            return
        key = digest(path.suffix.encode(), path.read_bytes())
        if key not in known:
            found = tuple(find(path))
            held += sum(len(said) for said in found if isinstance(said, str))
            if held > MOST_TEXTS:
                known.clear()
                held = 0
            known[key] = found
        yield from known[key]

    return texts_of
