"""Path patterns with placeholders, such as `images/{patient}/{key}.nii.gz`.

A pattern can be matched against a folder, and filled with values. It cannot leave its folder.
:mod:`benchsmith.text.placeholders` has what a placeholder is.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from benchsmith.text import file_endings, unicode_names
from benchsmith.text.greedy_split import PlainPart
from benchsmith.text.placeholders import (
    PLACEHOLDER,
    SHAPES,
    expression_of,
    fill,
    fits,
    placeholders,
    problem,
    rewrites,
    shapes,
    stepped,
    steps,
    values_in,
)
from benchsmith.text.remembered_names import folded, listing_of

_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}$")
NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP)
"""What the system says of a name of nothing."""
EASY_WILDCARDS = 2
"""Up to so many are matched by a regular expression, which takes the name's length to this power."""
MAX_EXPRESSIONS = 1 << 12
"""Expressions that are kept: patterns are filled with the names of pictures, of which there may be millions."""
__all__ = [
    "SHAPES",
    "Match",
    "ending_of",
    "expression",
    "fill",
    "find",
    "fits",
    "leads_out",
    "match_name",
    "names_in",
    "parts_of",
    "picture_values",
    "placeholders",
    "problem",
    "rewrites",
    "shapes",
    "stepped",
    "steps",
    "values_in",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Match:
    """A file or folder that matches a pattern, with the values of its placeholders."""

    path: Path
    fields: Mapping[str, str]


def find(root: Path, pattern: str) -> list[Match]:
    """Return what matches a pattern below `root`, in byte order of the relative path.

    A pattern that ends in ``/`` matches folders, others match regular files. A known ending matches
    in any case, JPEG and TIFF by both of their endings, and names are compared in one normal form.
    Skipped are links that lead out of `root`, names that are not valid UTF-8, and names that start
    with a dot where the pattern does not; :mod:`benchsmith.text.path_misses` lists the former two.
    """
    home = Path(os.path.realpath(root))
    # names are joined as text: path objects would take most of the time of a long list
    top = "" if str(home) == "/" else str(home)
    found: list[tuple[str, dict[str, str]]] = [("", {})]
    *above, last = parts_of(pattern)
    of_last = stat.S_ISDIR if pattern.endswith("/") else stat.S_ISREG
    for part, kind in [*((each, stat.S_ISDIR) for each in above), (last, of_last)]:
        found = [
            (place, fields | more)
            for base, fields in found
            for name, more in entries(Path(top + base or "/"), part)
            if is_kind(top + (place := f"{base}/{name}"), kind) and not leads_out(home, top + place)
        ]
    found.sort(key=lambda one: one[0].encode())
    return [Match(Path(top + place), fields) for place, fields in found]


def parts_of(pattern: str) -> list[str]:
    """Split a pattern into its folder and file names."""
    return pattern.strip("/").split("/")


def is_kind(path: str, kind: Callable[[int], bool]) -> bool:
    """Return whether a path is of a kind, as `Path.is_file` does. Raises PermissionError."""
    try:
        return kind(os.stat(path).st_mode)  # noqa: PTH116 - see `find`
    except OSError as error:
        if error.errno in NOT_THERE:
            return False
        raise


def leads_out(home: Path, path: Path | str) -> bool:
    """Return whether a name is a link to a place outside of `home`, which is a real path."""
    is_link = os.path.islink(path)  # noqa: PTH114 - see `find`
    return is_link and not Path(os.path.realpath(path)).is_relative_to(home)


def names_in(folder: Path, part: str) -> tuple[str, ...]:
    """Return the names in a folder that one part of a pattern may match, sorted."""
    try:
        listing = listing_of(folder)
    except (FileNotFoundError, NotADirectoryError):
        return ()
    if wildcards := _wildcards(part):
        names = listing.beginning_with(part[: wildcards[0].start()])
    else:
        ending = ending_of(part)
        stem = part[: len(part) - len(ending)]
        forms = {folded(stem + end) for end in file_endings.alike(ending)}
        names = tuple(sorted(name for form in forms for name in listing.by_form.get(form, ())))
    return names if part.startswith(".") else tuple(n for n in names if not n.startswith("."))


def entries(folder: Path, part: str) -> list[tuple[str, dict[str, str]]]:
    """Return the names in a folder that match one part of a pattern, with its placeholders."""
    if not has_wildcards(part) and (folder / part).exists():
        return [(part, {})]
    return [
        (name, fields)
        for name in names_in(folder, part)
        if unicode_names.is_utf8(name) and (fields := match_name(part, name)) is not None
    ]


def has_wildcards(part: str) -> bool:
    """Return whether one part of a pattern has placeholders or stars."""
    return bool(_wildcards(part))


def is_easy(part: str) -> bool:
    """Return whether the regular expression of one part of a pattern alone decides what matches."""
    return len(_wildcards(part)) <= EASY_WILDCARDS


def ending_of(part: str) -> str:
    """Return the ending of one part of a pattern in lower case; empty if it has none.

    >>> ending_of("{key}.nii.gz"), ending_of("{key}.TXT"), ending_of("case.{key}")
    ('.nii.gz', '.txt', '')
    """
    found = _ENDING.search(part)
    return file_endings.ending(part) or (found.group().lower() if found else "")


def match_name(part: str, name: str, *, any_case: bool = False) -> dict[str, str] | None:
    """Return the values of the placeholders of one name of a pattern; None if it does not match.

    Names match in their composed form, and endings in any case. The first wildcard takes as many
    letters as it can, then the second. A regular expression does the same, but with many wildcards it
    tries the same rest of a name again and again; here it is found once, from the end of the name, where
    each wildcard can end.

    >>> match_name("{key}_{view}*.png", "a_b_c.png")
    {'key': 'a_b', 'view': 'c'}
    >>> match_name("{key=word}_{view}.png", "a_b_c.png")
    {'key': 'a', 'view': 'b_c'}
    >>> match_name("{key}_{n+1=3}.png", "a_010.png")
    {'key': 'a', 'n': '009'}
    """
    name = unicode_names.composed(name)
    wildcards = _wildcards(part)
    if is_easy(part):
        match = expression(part, any_case=any_case).fullmatch(name)
        return picture_values(part, match.groupdict()) if match else None
    first, *literals = _literals(part)
    if not any_case and (plain := _plain(part)):
        return plain.match(name)
    starts = [expression(literal, any_case=any_case, name_end=False) for literal in literals[:-1]]
    last = expression(literals[-1], any_case=any_case)
    forms = [_shape(found) if found.group(3) or found.group(2) else "" for found in wildcards]
    good: list[list[int]] = [[] for _ in wildcards]
    """Where each wildcard can end so that the rest of the name matches, in rising order."""

    def end_of(number: int, place: int) -> int | None:
        """Return the last place where a wildcard that begins at `place` can end."""
        least = place + (1 if wildcards[number].group(1) else 0)
        shape = forms[number]
        for end in reversed(good[number]):
            if end < least:
                break
            if not shape or re.fullmatch(shape, name[place:end]):
                return end
        return None

    places = range(len(name) + 1)
    good[-1] = [end for end in places if last.fullmatch(name, end)]
    for number in range(len(wildcards) - 2, -1, -1):
        literal, then = starts[number], number + 1
        met = ((end, literal.match(name, end)) for end in places)
        good[number] = [e for e, m in met if m and end_of(then, m.end()) is not None]
    begin = expression(first, any_case=any_case, name_end=False).match(name)
    place = begin.end() if begin else None
    found: list[int] = []
    for number in range(len(wildcards)):
        end = None if place is None else end_of(number, place)
        if place is None or end is None:
            return None
        found += [place, end]
        met_here = starts[number].match(name, end) if number < len(starts) else None
        place = met_here.end() if met_here else end
    spans = zip(wildcards, found[::2], found[1::2], strict=True)
    return picture_values(part, {w.group(1): name[a:b] for w, a, b in spans if w.group(1)})


@lru_cache(maxsize=256)
def _plain(part: str) -> PlainPart | None:
    """Return one part of a pattern, if none of its wildcards has a shape or a step."""
    wildcards = _wildcards(part)
    if any(found.group(3) or found.group(2) for found in wildcards):
        return None
    first, *between, last = _literals(part)
    names = tuple(found.group(1) for found in wildcards)
    texts = tuple(map(unicode_names.composed, between))
    least = tuple(1 if name else 0 for name in names)
    return PlainPart(names, unicode_names.composed(first), texts, expression(last), least)


@lru_cache(maxsize=256)
def _literals(part: str) -> tuple[str, ...]:
    """Return the texts before, between and after the wildcards of one part of a pattern."""
    edges = [0, *(edge for found in _wildcards(part) for edge in found.span()), len(part)]
    return tuple(part[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True))


def picture_values(part: str, found: dict[str, str]) -> dict[str, str]:
    """Return the values in a name as the picture has them, without what the pattern adds to numbers."""
    return found | {name: stepped(found[name], -step) for name, step in steps(part).items()}


@lru_cache(maxsize=256)
def _wildcards(part: str) -> tuple[re.Match[str], ...]:
    """Return the placeholders and stars of one part of a pattern, to match names against."""
    return tuple(PLACEHOLDER.finditer(part))


def _shape(placeholder: re.Match[str]) -> str:
    """Return the expression of a placeholder's values; a step is added to numbers alone."""
    shape = placeholder.group(3) or ""
    return expression_of(shape or ("digits" if placeholder.group(2) else ""))


@lru_cache(maxsize=MAX_EXPRESSIONS)
def expression(part: str, *, any_case: bool = False, name_end: bool = True) -> re.Pattern[str]:
    """Return the expression of one part of a pattern, or of a piece that is not its end."""
    pieces, end = [], 0
    ending = ending_of(part) if name_end else ""
    stem = unicode_names.composed(part[: len(part) - len(ending)])
    for match in PLACEHOLDER.finditer(stem):
        pieces.append(re.escape(stem[end : match.start()]))
        pieces.append(f"(?P<{match.group(1)}>{_shape(match)})" if match.group(1) else "[^/]*")
        end = match.end()
    endings = "|".join(re.escape(e) for e in file_endings.alike(ending)) if ending else ""
    text = "".join(pieces) + re.escape(stem[end:]) + f"(?i:{endings})"
    return re.compile(text, re.IGNORECASE if any_case else 0)
