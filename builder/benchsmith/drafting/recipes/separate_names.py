"""Divides pictures whose path pattern would also match other files, such as their own masks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from benchsmith.drafting.recipes.picture_sets import PictureSet
from benchsmith.text import path_patterns

_SIGN = re.compile(r"[_\-. ]")
WORDS = ("id", "part", "piece")
"""Placeholders of the words of a name behind the first one."""
MOST_LETTERS = 3
MOST_ENTRIES = 40


def separated(pictures: PictureSet, paths: Iterable[str]) -> tuple[list[PictureSet], str]:
    """Return the pictures in as few parts as needed for patterns that match no other file.

    A placeholder takes any part of a name, so `{name}.png` also matches `1_mask.png`; the pictures'
    last letters distinguish them: `{name}1.png`, `{name}2.png`, ... So `{patient}/{name}.mhd` also
    matches `masks/7.mhd`; then each folder of pictures gets its own pattern. The text is a file
    that the patterns match too; it is empty where they match none.
    """
    own = {m.entry.path for m in pictures.members}
    others = [p for p in paths if p not in own]
    other = next((p for p in others if matches(pictures.images, p)), "")
    if not other:
        return [pictures], ""
    shaped = _by_words(pictures)
    if shaped is not None and not any(matches(shaped.images, p) for p in others):
        return [shaped], ""
    for letters in range(1, MOST_LETTERS + 1):
        parts = _parts(pictures, letters)
        if len(parts) > MOST_ENTRIES:
            break
        if not any(matches(part.images, p) for part in parts for p in others):
            return parts, ""
    for number in range(len(pictures.family.varying)):
        parts = _by_folder(pictures, number)
        if len(parts) > MOST_ENTRIES:
            continue
        if not any(matches(part.images, p) for part in parts for p in others):
            return parts, ""
    return [pictures], other


def _by_words(pictures: PictureSet) -> PictureSet | None:
    """Return the pictures with a placeholder for each word of their names, if all have as many."""
    if not pictures.family.varies or pictures.texts:
        return None
    signs = {tuple(_SIGN.findall(m.core)) for m in pictures.members}
    plain = all(word.isalnum() for m in pictures.members for word in _SIGN.split(m.core))
    if len(signs) != 1 or not plain or len(own := min(signs)) >= len(WORDS):
        return None
    names = (pictures.core_name, *WORDS)
    text = "".join(f"{{{n}=word}}{s}" for n, s in zip(names, (*own, ""), strict=False))
    return replace(pictures, names=dict(pictures.names), texts={"core": text})


def _by_folder(pictures: PictureSet, number: int) -> list[PictureSet]:
    """Return the pictures by the name of a varying folder."""
    names = {i: name for i, name in pictures.names.items() if i != number}
    values = sorted({m.values[number] for m in pictures.members})
    return [replace(pictures, names=dict(names), fixed={number: v}) for v in values]


def _parts(pictures: PictureSet, letters: int) -> list[PictureSet]:
    """Return the pictures by their last letters; a name without further letters forms its own part."""
    short = {m.core for m in pictures.members if pictures.family.varies and len(m.core) <= letters}
    ends = {pictures.ending(m, letters) for m in pictures.members if m.core not in short}
    return [replace(pictures, last=end) for end in sorted(ends)] + [
        replace(pictures, only=core) for core in sorted(short)
    ]


def matches(pattern: str, path: str) -> bool:
    """Return whether a path pattern matches a path."""
    parts, names = pattern.rstrip("/").split("/"), path.rstrip("/").split("/")
    return len(parts) == len(names) and all(
        path_patterns.match_name(part, name) is not None
        for part, name in zip(parts, names, strict=True)
    )
