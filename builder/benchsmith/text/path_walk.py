"""Walk a folder for the matches of a path pattern, one name at a time, without an object for each name."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchsmith.text import path_patterns, unicode_names
from benchsmith.text.name_values import Values, values_of

BATCH_NAMES = 4096
"""Names of a folder that are given at once."""


class FoundNames(NamedTuple):
    """Names of one folder that match the last part of a pattern, in byte order."""

    base: str
    """The place of the folder."""
    fields: Mapping[str, str]
    """The values of the placeholders of the folder."""
    names: Sequence[str]
    values: Sequence[Values]
    """By name, the values of its placeholders, in the order of :attr:`Walk.own`."""


class Walk:
    """What matches a pattern below a folder, as :func:`benchsmith.text.path_patterns.find` finds it.

    A *place* is the path below the folder with a slash in front. It determines the path and the
    placeholder values, so nothing else of a match is kept.
    """

    def __init__(self, root: Path, pattern: str, *, keep_left: bool = False) -> None:
        self.home = Path(os.path.realpath(root))
        self.top = "" if str(self.home) == "/" else str(self.home)
        self.pattern = pattern
        """The pattern without the prefix of its root."""
        self._parts = path_patterns.parts_of(pattern)
        self.own = path_patterns.placeholders(self._parts[-1])
        """The placeholders of the last part."""
        self._values = [values_of(part) for part in self._parts]
        self.values = self._values[-1]
        """Return the values of a name that the last part takes; None of one that it does not take."""
        self._wants_folder = pattern.endswith("/")
        self._folder: tuple[str, Mapping[str, str]] = ("", {})
        """The folder whose placeholders were asked for last, and their values."""
        self.left: dict[str, list[str]] | None = {} if keep_left else None
        """By place of a folder that was walked through, the names that a look for misses has to judge."""

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield each place with the values of the placeholders, in byte order."""
        for base, fields, names, values in self.batches():
            for name, own in zip(names, values, strict=True):
                yield f"{base}/{name}", {**fields, **dict(zip(self.own, own, strict=True))}

    def folders(self) -> list[tuple[str, Mapping[str, str]]]:
        """Return the places of the folders whose names the last part has to match, and the values they state.

        None of them is listed for this, only those above. They are in byte order.
        """
        folders: list[tuple[str, Mapping[str, str]]] = [("", {})]
        for depth, part in enumerate(self._parts[:-1]):
            folders = [
                (f"{base}/{name}", {**fields, **more})
                for base, fields in folders
                for name, more in self._folders(base, part, depth)
            ]
        # names of one folder are consecutive, since no folder name with a slash is a prefix of another's
        folders.sort(key=lambda one: f"{one[0]}/".encode())
        return folders

    def batches(self) -> Iterator[FoundNames]:
        """Yield all matches, in byte order, several of a folder at once."""
        for base, fields in self.folders():
            yield from self.found_in(base, fields)

    def found_in(self, base: str, fields: Mapping[str, str]) -> Iterator[FoundNames]:
        """Yield the matches in one of the :meth:`folders`, in byte order."""
        if path_patterns.has_wildcards(self._parts[-1]):
            yield from self._listed(base, fields)
        elif names := self._plain(base):
            yield FoundNames(base, fields, names, [()] * len(names))

    def fields_of(self, place: str) -> Mapping[str, str]:
        """Return the values of the placeholders of the folder of a place that was found."""
        folder = place.rpartition("/")[0]
        if folder != self._folder[0]:  # mostly, the one before lay there too
            above: dict[str, str] = {}
            for part, name in zip(self._parts, folder[1:].split("/"), strict=False):
                above |= path_patterns.match_name(part, name) or {}
            self._folder = folder, above
        return self._folder[1]

    def path(self, place: str) -> Path:
        """Return the path of a place."""
        return Path(self.top + place)

    def fields(self, place: str) -> dict[str, str]:
        """Return the values of the placeholders of a place that was found."""
        own = self.values(place.rpartition("/")[2]) or ()
        return {**self.fields_of(place), **dict(zip(self.own, own, strict=False))}

    def may_hold_in(self, folder: str) -> bool:
        """Return whether :meth:`holds` may be true of a path in a folder, by the name of the folder alone."""
        if not f"{folder}/".startswith(f"{self.top}/"):
            return False
        names = folder[len(self.top) + 1 :].split("/") if folder != self.top else []
        return len(names) == len(self._parts) - 1 and all(
            self.names(depth, name) for depth, name in enumerate(names)
        )

    def holds(self, path: Path | str) -> bool:
        """Return whether a path is one of those that the walk finds."""
        whole = str(path)
        if not whole.startswith(f"{self.top}/"):
            return False
        names = whole[len(self.top) + 1 :].split("/")
        if len(names) != len(self._parts):
            return False
        if not all(self.names(depth, name) for depth, name in enumerate(names)):
            return False
        place = self.top
        for depth, (part, name) in enumerate(zip(self._parts, names, strict=True)):
            # a folder of exactly this name takes precedence over those in another spelling
            plain = not path_patterns.has_wildcards(part) and name != part
            if plain and os.path.lexists(f"{place}/{part}"):
                return False
            place = f"{place}/{name}"
            if not self._is_usable(place, is_folder=not self.is_last(depth) or self._wants_folder):
                return False
        return True

    def names(self, depth: int, name: str) -> bool:
        """Return whether the part of the pattern with this number matches a name."""
        hidden = name.startswith(".") and not self._parts[depth].startswith(".")
        return not hidden and unicode_names.is_utf8(name) and self._values[depth](name) is not None

    def is_last(self, depth: int) -> bool:
        """Return whether the part of the pattern with this number is the last one."""
        return depth == len(self._parts) - 1

    def is_plainly_usable(self, entry: os.DirEntry[str]) -> bool:
        """Return whether an entry has the kind that the pattern needs and is no link, without a `stat` call."""
        if entry.is_symlink():
            return False
        return entry.is_dir() if self._wants_folder else entry.is_file()

    def _folders(self, base: str, part: str, depth: int) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield the folders in a folder that match one part of the pattern, with their placeholders."""
        if not path_patterns.has_wildcards(part):
            for name, fields in path_patterns.entries(Path(self.top + base or "/"), part):
                if self._is_usable(f"{self.top}{base}/{name}", is_folder=True):
                    yield name, fields
            return
        hidden = part.startswith(".")
        for entry in _entries(self.top + base or "/"):
            name = entry.name
            if (name[0] == "." and not hidden) or not unicode_names.is_utf8(name):
                continue
            found = path_patterns.match_name(part, name)
            if found is not None and self._is_entry_usable(base, entry, is_folder=True):
                yield name, found

    def _plain(self, base: str) -> list[str]:
        """Return the names in a folder that match the last part, which has no wildcard, in byte order."""
        folder = Path(self.top + base or "/")
        return sorted(
            name
            for name, _ in path_patterns.entries(folder, self._parts[-1])
            if self._is_usable(f"{self.top}{base}/{name}", is_folder=self._wants_folder)
        )

    def _listed(self, base: str, fields: Mapping[str, str]) -> Iterator[FoundNames]:
        """Yield the names in a folder that match the last part, in byte order, which is the order of code points."""
        hidden, wants_folder = self._parts[-1].startswith("."), self._wants_folder
        names: list[str] = []
        left: list[str] = []
        for entry in _entries(self.top + base or "/"):
            name = entry.name
            if name[0] == "." and not hidden:
                continue
            # the listing itself distinguishes files from folders, without a `stat` call for each
            if (
                entry.is_dir(follow_symlinks=False)
                if wants_folder
                else entry.is_file(follow_symlinks=False)
            ):
                names.append(name)
                continue
            if self._takes(name) and self._is_entry_usable(base, entry, is_folder=wants_folder):
                names.append(name)
            if self._fits(name):
                left.append(name)
        names.sort()
        for start in range(0, len(names), BATCH_NAMES):
            kept: list[str] = []
            values: list[Values] = []
            for name in names[start : start + BATCH_NAMES]:
                if (own := self.values(name)) is not None and unicode_names.is_utf8(name):
                    kept.append(name)
                    values.append(own)
                elif self._fits(name):
                    left.append(name)
            if kept:
                yield FoundNames(base, fields, kept, values)
        if self.left is not None:
            self.left[base] = left

    def _fits(self, name: str) -> bool:
        """Return whether the last part matches a name in any case, if case variants are recorded."""
        part = self._parts[-1]
        return (
            self.left is not None
            and path_patterns.match_name(part, name, any_case=True) is not None
        )

    def _takes(self, name: str) -> bool:
        return unicode_names.is_utf8(name) and self.values(name) is not None

    def _is_entry_usable(self, base: str, entry: os.DirEntry[str], *, is_folder: bool) -> bool:
        if entry.is_symlink():
            return self._is_usable(f"{self.top}{base}/{entry.name}", is_folder=is_folder)
        return entry.is_dir() if is_folder else entry.is_file()

    def _is_usable(self, path: str, *, is_folder: bool) -> bool:
        kind = stat.S_ISDIR if is_folder else stat.S_ISREG
        return path_patterns.is_kind(path, kind) and not path_patterns.leads_out(self.home, path)


def _entries(folder: str) -> Iterator[os.DirEntry[str]]:
    """Yield what is in a folder; nothing if it is no folder."""
    try:
        listing = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with listing:
        yield from listing
