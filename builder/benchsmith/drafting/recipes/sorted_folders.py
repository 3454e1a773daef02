"""Distinguishes folders of pictures from folders of masks by their content, if no name does."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from benchsmith.drafting.recipes.file_looks import Look
from benchsmith.drafting.recipes.folder_listing import Entry
from benchsmith.drafting.recipes.name_words import is_numbered

MOST_FOLDERS = 12
"""Sibling folders that may be of two kinds; more of them are cases or classes."""
LOOKED_AT = 2
"""Files of each folder that are examined."""
PICTURE = "picture"


class SortedFolders:
    """Divides sibling folders that hold files of the same names and endings."""

    def __init__(self, look: Callable[[Entry], Look]) -> None:
        self._look = look

    def __call__(self, below: Mapping[str, Sequence[Entry]], depth: int) -> list[list[str]]:
        """Return the names of the folders, or those of pictures and those of masks separately.

        `below` are the files below each folder, `depth` the number of folders of their paths down to
        these. If all files of some folders that are looked at are pictures, and all of the others
        masks with the names of pictures, the two are neither cases nor classes.
        """
        names = sorted(below)
        if not 1 < len(names) <= MOST_FOLDERS or is_numbered(names):
            return [names]
        rests = {n: {(*e.folders[depth:], e.stem) for e in below[n]} for n in names}
        begun = {n: set().union(*map(_beginnings, rests[n])) for n in names}
        if not any(rests[a] & begun[b] for a in names for b in names if a != b):
            return [names]  # no file has the name of another, or begins with it
        kinds: dict[str, str] = {}
        for name in names:
            kinds[name] = self._kind(below[name])
            if not kinds[name]:
                return [names]
        sides = [[n for n in names if (kinds[n] == PICTURE) == want] for want in (True, False)]
        if not all(sides):
            return [names]
        pictures = set().union(*(rests[n] for n in sides[0]))
        masks = set().union(*(rests[n] for n in sides[1]))
        paired = sum(bool(_beginnings(mask) & pictures) for mask in masks)
        return sides if 2 * paired >= len(masks) else [names]

    def _kind(self, entries: Sequence[Entry]) -> str:
        """Return what files are, empty if they differ or cannot be read."""
        step = max(1, len(entries) // LOOKED_AT)
        kinds = {self._look(one).kind for one in entries[::step][:LOOKED_AT]}
        return kinds.pop() if len(kinds) == 1 and "unread" not in kinds else ""


def _beginnings(path: tuple[str, ...]) -> set[tuple[str, ...]]:
    """Return a path, and those with the beginnings of its name: of `7_2` also `7`."""
    *folders, stem = path
    ends = [m.start() for m in re.finditer(r"[_\-. ]", stem)]
    return {path, *((*folders, stem[:end]) for end in ends if end)}
