"""Divides pictures whose path pattern would also match other files, such as their own masks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.text import path_patterns

MOST_LETTERS = 3
MOST_ENTRIES = 40


def separated(pictures: PictureSet, paths: Iterable[str]) -> list[PictureSet]:
    """Return the pictures in as few parts as needed for patterns that match no other file.

    A placeholder takes any part of a name, so `{name}.png` also matches `1_mask.png`; the pictures'
    last letters distinguish them: `{name}1.png`, `{name}2.png`, ...
    """
    own = {m.entry.path for m in pictures.members}
    others = [p for p in paths if p not in own]
    if not any(_matches(pictures.images, p) for p in others):
        return [pictures]
    for letters in range(1, MOST_LETTERS + 1):
        parts = _parts(pictures, letters)
        if len(parts) > MOST_ENTRIES:
            break
        if not any(_matches(part.images, p) for part in parts for p in others):
            return parts
    return [pictures]


def _parts(pictures: PictureSet, letters: int) -> list[PictureSet]:
    """Return the pictures by their last letters; a name that has no more letters stands alone."""
    short = {m.core for m in pictures.members if pictures.family.varies and len(m.core) <= letters}
    ends = {pictures.ending(m, letters) for m in pictures.members if m.core not in short}
    return [replace(pictures, last=end) for end in sorted(ends)] + [
        replace(pictures, only=core) for core in sorted(short)
    ]


def _matches(pattern: str, path: str) -> bool:
    parts, names = pattern.rstrip("/").split("/"), path.rstrip("/").split("/")
    return len(parts) == len(names) and all(
        path_patterns.match_name(part, name) is not None
        for part, name in zip(parts, names, strict=True)
    )
