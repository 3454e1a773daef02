"""Walk a folder for what matches a path pattern, one name at a time: a long list is not held as objects."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from benchsmith.text import path_patterns, unicode_names


class Walk:
    """What matches a pattern below a folder, as :func:`benchsmith.text.path_patterns.find` finds it.

    A *place* is the path below the folder with a slash in front. It tells the path and the values of the
    placeholders, so it is all that needs to be kept of a match.
    """

    def __init__(self, root: Path, pattern: str) -> None:
        self.home = Path(os.path.realpath(root))
        self.top = "" if str(self.home) == "/" else str(self.home)
        self.pattern = pattern
        """The pattern without the prefix of its root."""
        self._parts = path_patterns.parts_of(pattern)
        self._match = [_matcher(part) for part in self._parts]
        self._wants_folder = pattern.endswith("/")
        self._folder: tuple[str, Mapping[str, str]] = ("", {})
        """The folder whose placeholders were asked for last, and their values."""

    def __iter__(self) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield each place with the values of the placeholders, in byte order."""
        *above, last = self._parts
        folders: list[tuple[str, Mapping[str, str]]] = [("", {})]
        for depth, part in enumerate(above):
            folders = [
                (f"{base}/{name}", {**fields, **more})
                for base, fields in folders
                for name, more in self._names(base, part, depth, is_folder=True)
            ]
        # names of one folder come together, since no folder's name and a slash begin another's
        folders.sort(key=lambda one: f"{one[0]}/".encode())
        for base, fields in folders:
            names = list(self._names(base, last, len(above), is_folder=self._wants_folder))
            names.sort(key=lambda one: one[0].encode())
            for name, more in names:
                yield f"{base}/{name}", {**fields, **more} if fields else more

    def path(self, place: str) -> Path:
        """Return the path of a place."""
        return Path(self.top + place)

    def fields(self, place: str) -> dict[str, str]:
        """Return the values of the placeholders of a place that was found."""
        folder, _, name = place.rpartition("/")
        if folder != self._folder[0]:  # mostly, the one before lay there too
            above: dict[str, str] = {}
            for match, part in zip(self._match, folder[1:].split("/"), strict=False):
                above |= match(part) or {}
            self._folder = folder, above
        return {**self._folder[1], **(self._match[-1](name) or {})}

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
            # a folder of the very name hides others that only look alike
            plain = not path_patterns.has_wildcards(part) and name != part
            if plain and os.path.lexists(f"{place}/{part}"):
                return False
            place = f"{place}/{name}"
            if not self._is_usable(place, is_folder=not self.is_last(depth) or self._wants_folder):
                return False
        return True

    def names(self, depth: int, name: str) -> bool:
        """Return whether a part of the pattern, by its number, takes a name."""
        hidden = name.startswith(".") and not self._parts[depth].startswith(".")
        return not hidden and unicode_names.is_utf8(name) and self._match[depth](name) is not None

    def is_last(self, depth: int) -> bool:
        """Return whether a part of the pattern, by its number, is the last one."""
        return depth == len(self._parts) - 1

    def is_plainly_usable(self, entry: os.DirEntry[str]) -> bool:
        """Return whether an entry is of the kind that the pattern wants, and no link; without a look at it."""
        if entry.is_symlink():
            return False
        return entry.is_dir() if self._wants_folder else entry.is_file()

    def _names(
        self, base: str, part: str, depth: int, *, is_folder: bool
    ) -> Iterator[tuple[str, Mapping[str, str]]]:
        """Yield the names in a folder that match one part of the pattern, with their placeholders."""
        folder, match = self.top + base or "/", self._match[depth]
        if not path_patterns.has_wildcards(part):
            for name, fields in path_patterns.entries(Path(folder), part):
                if self._is_usable(f"{self.top}{base}/{name}", is_folder=is_folder):
                    yield name, fields
            return
        try:
            listing = os.scandir(folder)
        except (FileNotFoundError, NotADirectoryError):
            return
        hidden = part.startswith(".")
        with listing:
            for entry in listing:
                name = entry.name
                if (name[0] == "." and not hidden) or not unicode_names.is_utf8(name):
                    continue
                found = match(name)
                if found is None:
                    continue
                # the listing itself tells files and folders, without a look at each
                if entry.is_symlink():
                    usable = self._is_usable(f"{self.top}{base}/{name}", is_folder=is_folder)
                else:
                    usable = entry.is_dir() if is_folder else entry.is_file()
                if usable:
                    yield name, found

    def _is_usable(self, path: str, *, is_folder: bool) -> bool:
        kind = stat.S_ISDIR if is_folder else stat.S_ISREG
        return path_patterns.is_kind(path, kind) and not path_patterns.leads_out(self.home, path)


def _matcher(part: str) -> Callable[[str], Mapping[str, str] | None]:
    """Return :func:`benchsmith.text.path_patterns.match_name` for one part of a pattern."""
    if path_patterns.is_easy(part):
        fullmatch = path_patterns.expression(part).fullmatch
        has_steps = bool(path_patterns.steps(part))

        def easy(name: str) -> Mapping[str, str] | None:
            found = fullmatch(unicode_names.composed(name))
            if found and has_steps:
                return path_patterns.picture_values(part, found.groupdict())
            return found.groupdict() if found else None

        return easy
    return lambda name: path_patterns.match_name(part, name)
