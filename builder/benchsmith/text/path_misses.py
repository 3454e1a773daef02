"""What a path pattern misses: names that nearly match it, and matches that cannot be read."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchsmith.text import path_patterns, unicode_names

SHOWN_NAMES = 3
"""Nearest names that a message lists."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A file that a pattern misses."""

    path: Path
    name: str
    """The path relative to the root; bytes that are not valid UTF-8 are escaped."""
    reason: str
    """A code of :mod:`benchsmith.core.reasons`."""
    detail: str


def misses(
    root: Path, pattern: str, found: Iterable[path_patterns.Match] | None = None
) -> list[Miss]:
    """Return what fits a pattern except for upper and lower case, or fits it but cannot be read.

    Sorted by name. Nothing is opened, so that a pipe or a device cannot block. `found` is what the
    pattern finds, where that is known.
    """
    home = Path(os.path.realpath(root))
    found = path_patterns.find(root, pattern) if found is None else found
    matched = {str(match.path) for match in found}
    parts = path_patterns.parts_of(pattern)
    missed: list[Miss] = []
    folders = [home]
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        paths = [
            folder / name
            for folder in folders
            for name in path_patterns.names_in(folder, part)
            if not (last and os.path.join(folder, name) in matched)
            and path_patterns.match_name(part, name, any_case=True) is not None
        ]
        folders = []
        for path in paths:
            if path_patterns.leads_out(home, path):
                missed.append(_miss(home, path, "link-outside", "it leads out of the data folder"))
            elif not last:
                folders += [path] if path.is_dir() else []
            elif why := _why(path, path.relative_to(home).as_posix(), pattern):
                missed.append(_miss(home, path, *why))
    return sorted(missed, key=lambda miss: miss.name)


def _why(path: Path, name: str, pattern: str) -> tuple[str, str] | None:
    """Return reason and detail of a miss; None if the pattern does not mean it."""
    wants_folder, is_folder = pattern.endswith("/"), path.is_dir()
    if is_folder and not wants_folder:
        named = path_patterns.ending_of(path_patterns.parts_of(pattern)[-1])
        return ("not-a-file", "it is a folder") if named else None
    if not is_folder and wants_folder and path.is_file():
        return None
    if not is_folder and not path.is_file():
        what = "a broken link" if path.is_symlink() else "a pipe, a socket or a device"
        return "not-a-file", f"it is {what}"
    if not unicode_names.is_utf8(name):
        return "name-encoding", f"it matches `{pattern}`"
    return "name-case", f"it would match `{pattern}` except for upper and lower case"


def _miss(home: Path, path: Path, reason: str, detail: str) -> Miss:
    name = unicode_names.printable(path.relative_to(home).as_posix())
    return Miss(path, name, reason, detail)


def why_nothing(root: Path, pattern: str) -> str:
    """Return why no file matches a pattern: the first part that fails, and the nearest names.

    >>> why_nothing(Path(__file__).parent, "path_mises.py")
    'no file matches `path_mises.py`: its folder has no `path_mises.py`; nearest: path_misses.py, ...'
    """
    home = Path(os.path.realpath(root))
    parts = path_patterns.parts_of(pattern)
    for depth in range(len(parts)):
        start = "/".join(parts[: depth + 1])
        is_last = depth == len(parts) - 1
        if path_patterns.find(home, start + ("" if is_last else "/")):
            continue
        above = "/".join(parts[:depth])
        matched = [m.path for m in path_patterns.find(home, f"{above}/")] if above else [home]
        where = f"`{above}/`" if above else "its folder"
        near = _nearest(matched[0], parts[depth]) if matched else []
        there = f"nearest: {', '.join(near)}" if near else "it is empty"
        return f"no file matches `{pattern}`: {where} has no `{parts[depth]}`; {there}"
    return f"no file matches `{pattern}`"


def _nearest(folder: Path, part: str) -> list[str]:
    """Return names of a folder beside the place that a name would have among them."""
    names = [n for n in sorted(os.listdir(folder)) if not n.startswith(".")]
    place = bisect_left(names, part.partition("{")[0].partition("*")[0])
    start = max(0, min(place, len(names) - SHOWN_NAMES))
    shown = [unicode_names.printable(n) for n in names[start : start + SHOWN_NAMES]]
    return [*shown, "..."] if len(names) > SHOWN_NAMES else shown
