"""Words of the pictures' names that no label uses; they are reported because they may be labels."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from benchsmith.drafting.recipes.label_paths import FEW_CODES, MOST_CLASSES, PathLabel
from benchsmith.drafting.recipes.name_words import tokens
from benchsmith.drafting.recipes.picture_sets import PictureSet

VIEWS = frozenset(
    [
        "l",
        "r",
        "left",
        "right",
        "od",
        "os",
        "lt",
        "rt",
        "cc",
        "mlo",
        "pa",
        "ap",
        "lat",
        "lateral",
        "frontal",
        "axial",
        "coronal",
        "sagittal",
        "t1",
        "t2",
        "flair",
        "adc",
        "dwi",
        "ct",
        "mr",
        "pet",
    ]
)
"""Words that say which picture of a person it is, not what it shows."""
_WORDS = re.compile(r"[_\-. ]+")


def of_names(pictures: PictureSet, used: Sequence[PathLabel]) -> list[str]:
    """Return words of the pictures' names that some pictures share and no label uses.

    Short words count where every name ends in one: `01_h`, `02_dr`.
    """
    if any(u.part == "core" for u in used) or not pictures.family.varies:
        return []
    times: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    for m in pictures.members:
        words = _WORDS.split(m.core)
        times.update({w for w in words if w.isalpha() and len(w) > 3})
        ends.update(words[-1:] if len(words) > 1 else [])
    if 1 < len(ends) <= FEW_CODES and all(w.isalpha() and w.lower() not in VIEWS for w in ends):
        times.update(ends)
    read = {word for one in used for value in one.values for word in tokens(value)}
    read |= {word.removesuffix("s") for word in read}
    kept = [w for w, n in times.items() if n < len(pictures.members) and w.lower() not in read]
    return sorted(kept) if 2 <= len(kept) <= MOST_CLASSES else []


def ends_apart(every: Sequence[PictureSet]) -> list[str]:
    """Return the endings of pictures' names, if kinds of pictures differ only by these: `dr, g, h`."""
    ends: dict[tuple[Any, ...], set[str]] = defaultdict(set)
    for pictures in every:
        family = pictures.family
        if family.varies:
            ends[family.folders, family.before, family.end].add(family.after.strip("_-. "))
    return [
        ", ".join(sorted(words))
        for words in ends.values()
        if len(words) > 1 and all(w.isalpha() and w.lower() not in VIEWS for w in words)
    ]
