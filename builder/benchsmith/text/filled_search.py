"""Search for the files of a path pattern image by image, with few disk accesses.

It finds what :func:`benchsmith.text.path_patterns.find` finds. A list of millions of masks is searched in
this way: names are compared as text, and neither a path object nor a regular expression is made for each.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchsmith.text import file_endings, path_patterns, placeholders, unicode_names
from benchsmith.text.remembered_names import Listing, listing_of

Fields = Mapping[str, str]
Found = tuple[str, Fields]
"""A path, and the values of the placeholders that the image's own values do not fill."""
MOST_FOLDERS = 1024
"""Folders that are remembered."""


class FilledSearch:
    """Finds the files of a pattern filled with an image's values; used only while one list is made."""

    def __init__(self, root: Path, pattern: str) -> None:
        """Take a pattern without the prefix of its root."""
        self._root, self._pattern = root, pattern
        home = os.path.realpath(root)
        self._top = "" if home == "/" else home
        above, _, self._last = pattern.rpartition("/")
        self._above = above
        self._pieces = placeholders.pieces(self._last)
        self._end = path_patterns.ending_of(self._last)
        self._endings = file_endings.alike(self._end)
        # in other patterns, values may be part of the ending
        is_whole = not any(k != self._end and k.endswith(self._end) for k in file_endings.KNOWN)
        self._is_easy = is_whole and self._last.endswith(self._end) and not pattern.endswith("/")
        self._folders: dict[str, Path | None] = {}
        self._last_listing: tuple[Path, Listing] | None = None
        """The folder that was asked for last, in which the files of the next image mostly lie too."""

    def find(self, fields: Fields) -> list[Found]:
        """Return the files for an image with these values, in byte order of their paths."""
        if not path_patterns.fits(self._pattern, fields):
            return []
        found = self._fast(fields) if self._is_easy else None
        if found is None:
            filled = path_patterns.fill(self._pattern, fields)
            return [(str(m.path), m.fields) for m in path_patterns.find(self._root, filled)]
        return found

    def is_open(self, fields: Fields) -> bool:
        """Return whether placeholders remain after an image's values fill the pattern."""
        filled = path_patterns.fill(self._pattern, fields)
        return "*" in filled or ("{" in filled and bool(path_patterns.placeholders(filled)))

    def _fast(self, fields: Fields) -> list[Found] | None:
        """Return the files if the names alone decide; None otherwise."""
        open_ = [
            n
            for n, (text, name, _, _) in enumerate(self._pieces)
            if text == "*" or (name and name not in fields)
        ]
        if len(open_) > 1:
            return None
        at = open_[0] if open_ else len(self._pieces)
        begin = self._filled(0, at, fields)
        end = self._filled(at + 1, len(self._pieces), fields)
        if not (begin + end).isascii() or "{" in begin + end or "*" in begin + end:
            return None
        listing, folder = self._listing(path_patterns.fill(self._above, fields))
        if listing is None:
            return None
        if not open_:
            # the search for one name finds a file in another spelling
            return [(f"{folder}/{begin}", {})] if listing.has_file(begin) else None
        _, name, step, shape = self._pieces[at]
        if not begin or step is not None or shape:
            return None
        return list(self._beginning(listing, folder, begin, end, name))

    def _beginning(
        self, listing: Listing, folder: str, begin: str, end: str, name: str
    ) -> Iterator[Found]:
        """Yield the files whose names have this prefix and suffix; the middle is a placeholder's value."""
        suffix = end[: len(end) - len(self._end)]
        part = f"{begin}{{{name}}}{end}" if name else f"{begin}*{end}"
        for own in listing.beginning_with(begin):
            found: Fields | None
            if not own.isascii():
                found = path_patterns.match_name(part, own) if unicode_names.is_utf8(own) else None
            else:
                found = self._between(own, begin, suffix, name)
            if found is not None and self._is_usable(listing, folder, own):
                yield f"{folder}/{own}", found

    def _between(self, own: str, begin: str, suffix: str, name: str) -> Fields | None:
        """Return what a name has between its prefix and its suffix; the file ending may be in any case."""
        for ending in self._endings:
            stem = own[: len(own) - len(ending)]
            stop = len(stem) - len(suffix)
            if (
                stop >= len(begin) + bool(name)
                and stem.endswith(suffix)
                and own[len(stem) :].lower() == ending
            ):
                return {name: own[len(begin) : stop]} if name else {}
        return None

    def _filled(self, start: int, end: int, fields: Fields) -> str:
        return path_patterns.fill("".join(text for text, *_ in self._pieces[start:end]), fields)

    def _listing(self, above: str) -> tuple[Listing | None, str]:
        """Return the names in the folder of exactly this name, and its path; None if a search is needed."""
        place = f"/{above}" if above else ""
        if above not in self._folders:
            if len(self._folders) >= MOST_FOLDERS:
                self._folders.clear()
            found = path_patterns.find(self._root, f"{above}/") if above else []
            is_it = [str(match.path) for match in found] == [self._top + place]
            self._folders[above] = Path(self._top + place or "/") if is_it or not above else None
        folder = self._folders[above]
        if folder is None:
            return None, self._top + place
        if self._last_listing is None or self._last_listing[0] != folder:
            try:
                self._last_listing = folder, listing_of(folder)
            except (FileNotFoundError, NotADirectoryError):
                return None, ""
        return self._last_listing[1], self._top + place

    def _is_usable(self, listing: Listing, folder: str, name: str) -> bool:
        if listing.has_file(name):
            return True
        path = f"{folder}/{name}"
        is_file = path_patterns.is_kind(path, stat.S_ISREG)
        return is_file and not path_patterns.leads_out(Path(self._top or "/"), path)
