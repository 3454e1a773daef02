"""What a path pattern misses: names that nearly match it, and matches that cannot be read."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchsmith.text import path_patterns, unicode_names
from benchsmith.text.path_walk import Walk

MOST_DIGITS = 6
"""Digits of a number, with the zeros before it, that are tried."""
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


def misses(root: Path, pattern: str, left: Mapping[str, Sequence[str]] | None = None) -> list[Miss]:
    """Return what matches a pattern except for letter case, or matches and cannot be read.

    Sorted by name. Nothing is opened, so that a pipe or a device cannot block. `left` are the names that a
    walk with this pattern skipped (:attr:`Walk.left`); its folders are not listed again.
    """
    walk = Walk(root, pattern)
    home, parts = walk.home, path_patterns.parts_of(pattern)
    missed: list[Miss] = []
    folders = [(str(home), True)]
    """Each with whether the pattern finds it, and does not only mean it."""
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        below: list[tuple[str, bool]] = []
        for folder, found in folders:
            names = (left or {}).get(folder.removeprefix(walk.top)) if last and found else None
            fitting = (
                _fitting(walk, folder, depth, part, found=found)
                if names is None
                else ((name, walk.names(depth, name)) for name in names)
            )
            for name, takes in fitting:
                path = Path(folder) / name
                if last and takes and walk.holds(path):
                    continue
                if path_patterns.leads_out(home, path):
                    why = "link-outside", "it leads out of the data folder"
                    missed.append(_miss(home, path, *why))
                elif not last:
                    below += [(str(path), takes)] if path.is_dir() else []
                elif fault := _why(path, path.relative_to(home).as_posix(), pattern):
                    missed.append(_miss(home, path, *fault))
        folders = below
    return sorted(missed, key=lambda miss: miss.name)


def _fitting(
    walk: Walk, folder: str, depth: int, part: str, *, found: bool
) -> Iterator[tuple[str, bool]]:
    """Yield the names in a folder that fit one part of a pattern in any case, and whether the pattern matches.

    Plain files and folders that it takes as its last part are passed over: they are no misses.
    """
    if not path_patterns.has_wildcards(part):
        is_there = os.path.lexists(os.path.join(folder, part))
        for name in path_patterns.names_in(Path(folder), part):
            if path_patterns.match_name(part, name, any_case=True) is not None:
                takes = name == part if is_there else walk.names(depth, name)
                yield name, found and takes
        return
    try:
        listing = os.scandir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    with listing:
        for entry in listing:
            takes = found and walk.names(depth, entry.name)
            if takes and walk.is_last(depth) and walk.is_plainly_usable(entry):
                continue
            hidden = entry.name.startswith(".") and not part.startswith(".")
            if hidden or path_patterns.match_name(part, entry.name, any_case=True) is None:
                continue
            yield entry.name, takes


def _why(path: Path, name: str, pattern: str) -> tuple[str, str] | None:
    """Return the reason and detail of a miss; None if the name is not meant by the pattern."""
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


def other_zeros(root: Path, pattern: str, fields: Mapping[str, str]) -> list[Miss]:
    """Return files that a pattern would match if a number had other leading zeros, with the shape.

    Of the picture 0012 `mask_{n}.png` does not mean `mask_012.png`; `mask_{n=3}.png` does.
    """
    shaped = path_patterns.shapes(pattern)
    numbers = [
        name
        for name in dict.fromkeys(path_patterns.placeholders(pattern))
        if name in fields and not shaped[name] and fields[name].isascii() and fields[name].isdigit()
    ]
    missed = []
    for name in numbers:
        for width in range(1, MOST_DIGITS + 1):
            other = pattern.replace(f"{{{name}}}", f"{{{name}={width}}}")
            filled = path_patterns.fill(other, fields)
            if filled != path_patterns.fill(pattern, fields):
                missed += [
                    _miss(Path(os.path.realpath(root)), match.path, "file-missing",
                          f"it would match with `{{{name}={width}}}` instead of `{{{name}}}`")
                    for match in path_patterns.find(root, filled)
                ]  # fmt: skip
    return list({miss.name: miss for miss in reversed(missed)}.values())[::-1]


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
    """Return the names of a folder that sort next to a name."""
    names = [n for n in sorted(os.listdir(folder)) if not n.startswith(".")]
    place = bisect_left(names, part.partition("{")[0].partition("*")[0])
    start = max(0, min(place, len(names) - SHOWN_NAMES))
    shown = [unicode_names.printable(n) for n in names[start : start + SHOWN_NAMES]]
    return [*shown, "..."] if len(names) > SHOWN_NAMES else shown
