"""Cached listings of folders, because the labels of each image are searched for in the same folders."""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Collection, Mapping
from functools import cached_property, lru_cache
from pathlib import Path

from benchsmith.text import unicode_names

YOUNG_NS = 2_000_000_000
"""A folder that changed within two seconds may change again and keep its time of change."""


class Listing:
    """The sorted names in a folder, and on demand by their folded form."""

    def __init__(self, names: tuple[str, ...], others: Collection[str] = ()) -> None:
        """Take sorted names, and those of them that are no plain files: folders, links, pipes."""
        self.names, self._no_files = names, frozenset(others)
        self.others = tuple(name for name in names if not name.isascii())
        """Names that are not of ASCII letters alone: one name may be spelt in several ways."""

    def has_file(self, name: str) -> bool:
        """Return whether there is a plain file of exactly this name."""
        place = bisect_left(self.names, name)
        return self.names[place : place + 1] == (name,) and name not in self._no_files

    @cached_property
    def by_form(self) -> Mapping[str, list[str]]:
        """The names by their folded form."""
        found: dict[str, list[str]] = {}
        for name in self.names:
            found.setdefault(folded(name), []).append(name)
        return found

    def beginning_with(self, begin: str) -> tuple[str, ...]:
        """Return the sorted names that may have this prefix, in any spelling.

        A folder may have millions of masks, in which each picture looks for its own.
        """
        if not begin or not begin.isascii():
            return self.names
        first = bisect_left(self.names, begin)
        found = self.names[first : bisect_left(self.names, f"{begin}\x80", first)]
        return tuple(sorted({*found, *self.others})) if self.others else found


def listing_of(folder: Path) -> Listing:
    """Return the names in a folder. Raises OSError."""
    changed_ns = folder.stat().st_mtime_ns
    is_young = time.time_ns() - changed_ns < YOUNG_NS
    list_names = _listed.__wrapped__ if is_young else _listed
    return list_names(str(folder), changed_ns)


def folded(name: str) -> str:
    """Return a name in one spelling, in lower case."""
    return unicode_names.composed(name).lower()


@lru_cache(maxsize=64)
def _listed(folder: str, changed_ns: int) -> Listing:
    with os.scandir(folder) as found:
        entries = sorted((entry.name, entry.is_file(follow_symlinks=False)) for entry in found)
    names = tuple(name for name, _ in entries)
    return Listing(names, [name for name, is_file in entries if not is_file])
