"""Path patterns with placeholders, such as `images/{patient}/{key}.nii.gz`.

A pattern can be matched against a folder, and filled with values. It cannot leave its folder. A
placeholder may have a shape, `{patient=digits}`, where names would otherwise be divided elsewhere.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from benchsmith.text import file_endings, unicode_names
from benchsmith.text.remembered_names import folded, listing_of

_PART = re.compile(r"\{([a-z_]+)(?:=([a-z]+|[1-9][0-9]{0,2}))?\}|(\*)")
SHAPES = {"digits": "[0-9]", "letters": r"[^\W\d_]", "word": r"[^\W_]"}
"""What a placeholder with this shape consists of: digits, letters, or both."""
_ENDING = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,7}$")
NOT_THERE = (errno.ENOENT, errno.ENOTDIR, errno.EBADF, errno.ELOOP)
"""What the system says of a name of nothing."""
MAX_LETTERS = 1_000
"""Letters of a pattern."""
MAX_WILDCARDS = 8
"""Placeholders and stars of one name of a pattern."""
EASY_WILDCARDS = 2
"""Up to so many are matched by a regular expression, which takes the name's length to this power."""


@dataclass(frozen=True, slots=True)
class Match:
    """A file or folder that matches a pattern, with the values of its placeholders."""

    path: Path
    fields: Mapping[str, str]


def problem(pattern: str) -> str:
    """Return what is wrong with a pattern, or an empty string.

    >>> problem("a/{key}.png"), problem("../a")
    ('', 'leaves its folder')
    """
    if not pattern or pattern.startswith(("/", "~")) or re.match(r"[A-Za-z]:|[a-z]+://", pattern):
        return "is not a path inside the source"
    if "\\" in pattern or any(ord(c) < 32 for c in pattern):
        return "contains a backslash or a control character"
    if ".." in pattern.split("/"):
        return "leaves its folder"
    if len(pattern) > MAX_LETTERS:
        return f"is longer than {MAX_LETTERS} characters"
    if any(len(_PART.findall(part)) > MAX_WILDCARDS for part in pattern.split("/")):
        return f"has more than {MAX_WILDCARDS} placeholders and stars in one name"
    names = placeholders(pattern)
    if len(set(names)) != len(names):
        return "repeats a placeholder"
    shapes = {m.group(2) for m in _PART.finditer(pattern) if m.group(2)}
    if unknown := sorted(s for s in shapes if s not in SHAPES and not s.isdigit()):
        known = ", ".join(SHAPES)
        return f"has a placeholder of the shape {unknown[0]!r}; there are {known} and numbers"
    if "{" in _PART.sub("", pattern) or "}" in _PART.sub("", pattern):
        return "has a brace that is not part of a {placeholder}"
    return ""


def placeholders(pattern: str) -> tuple[str, ...]:
    """Return the names in braces, in their order: ``a/{key}_{n=digits}.png`` gives ``("key", "n")``."""
    return tuple(m.group(1) for m in _PART.finditer(pattern) if m.group(1))


def shapes(pattern: str) -> dict[str, str]:
    """Return the shape of each placeholder: ``a/{key}_{n=digits}.png`` gives ``{"key": "", "n": "digits"}``."""
    return {m.group(1): m.group(2) or "" for m in _PART.finditer(pattern) if m.group(1)}


def fits(pattern: str, fields: Mapping[str, str]) -> bool:
    """Return whether the values that `fill` writes have the shapes that a pattern states.

    >>> fits("{key=4}.png", {"key": "P001a"}), fits("{n=3}.png", {"n": "12"})
    (False, True)
    """
    return all(
        re.fullmatch(_expression_of(shape), _in_shape(fields[name], shape)) is not None
        for name, shape in shapes(pattern).items()
        if shape and name in fields and not (shape.isdigit() and _is_number(fields[name]))
    )


def fill(pattern: str, fields: Mapping[str, str]) -> str:
    """Replace placeholders by values; placeholders without a value are kept.

    Where a placeholder's shape is a number of characters, a value of digits is written with so many
    of them, by zeros in front that are added or left away; more are kept.

    >>> fill("{patient}/{key}.png", {"key": "a"})
    '{patient}/a.png'
    >>> fill("mask_{n=3}.png", {"n": "0012"}), fill("mask_{n=1}.png", {"n": "0012"})
    ('mask_012.png', 'mask_12.png')
    """
    if "{" not in pattern:
        return pattern
    return "".join(
        [
            _in_shape(fields[name], shape) if name in fields else text
            for text, name, shape in _pieces(pattern)
        ]
    )


@lru_cache(maxsize=1024)
def _pieces(pattern: str) -> tuple[tuple[str, str, str | None], ...]:
    """Return the pieces of a pattern: the text of each, and name and shape of a placeholder."""
    found: list[tuple[str, str, str | None]] = []
    end = 0
    for match in _PART.finditer(pattern):
        found.append((pattern[end : match.start()], "", None))
        found.append((match.group(0), match.group(1) or "", match.group(2)))
        end = match.end()
    return (*found, (pattern[end:], "", None))


def values_in(pattern: str, fields: Mapping[str, str], names: Sequence[str]) -> tuple[str, ...]:
    """Return the values of placeholders as a pattern that is filled with them has them.

    >>> values_in("{patient}/mask_{n=2}.png", {"patient": "p1", "n": "0012"}, ["n"])
    ('12',)
    """
    own = shapes(pattern)
    return tuple(_in_shape(fields[name], own.get(name)) for name in names)


def _in_shape(value: str, shape: str | None) -> str:
    if not (shape and shape.isdigit() and _is_number(value)):
        return value
    return (value.lstrip("0") or "0").zfill(int(shape))


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()


def find(root: Path, pattern: str) -> list[Match]:
    """Return what matches a pattern below `root`, in byte order of the relative path.

    A pattern that ends in ``/`` matches folders, others match regular files. A known ending matches
    in any case, JPEG and TIFF by both of their endings, and names are compared in one normal form.
    Skipped are links that lead out of `root`, names that are not valid UTF-8, and names that start
    with a dot where the pattern does not; :mod:`benchsmith.text.path_misses` lists the former two.
    """
    home = Path(os.path.realpath(root))
    # names are joined as text: a path object for each look takes most of the time of a long list
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
    """Return the names of folders and files that a pattern consists of."""
    return pattern.strip("/").split("/")


def is_kind(path: str, kind: Callable[[int], bool]) -> bool:
    """Return whether there is something of a kind, as `Path.is_file` does. Raises PermissionError."""
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
    if not _PART.search(part) and (folder / part).exists():
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
    """Return whether the regular expression of one part of a pattern alone tells what matches."""
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
    """
    name = unicode_names.composed(name)
    wildcards = _wildcards(part)
    if is_easy(part):
        match = expression(part, any_case=any_case).fullmatch(name)
        return match.groupdict() if match else None
    bounds = [0, *(edge for found in wildcards for edge in found.span()), len(part)]
    first, *literals = (part[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    starts = [expression(literal, any_case=any_case, name_end=False) for literal in literals[:-1]]
    last = expression(literals[-1], any_case=any_case)
    shapes = [_shape(found) if found.group(2) else "" for found in wildcards]
    good: list[list[int]] = [[] for _ in wildcards]
    """Where each wildcard can end so that the rest of the name matches, in rising order."""

    def end_of(number: int, place: int) -> int | None:
        """Return the last place where a wildcard that begins at `place` can end."""
        least = place + (1 if wildcards[number].group(1) else 0)
        shape = shapes[number]
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
    return {w.group(1): name[a:b] for w, a, b in spans if w.group(1)}


@lru_cache(maxsize=256)
def _wildcards(part: str) -> tuple[re.Match[str], ...]:
    """Return the placeholders and stars of one part of a pattern, against which each name is held."""
    return tuple(_PART.finditer(part))


def _shape(placeholder: re.Match[str]) -> str:
    """Return the expression of a placeholder's values."""
    return _expression_of(placeholder.group(2) or "")


def _expression_of(shape: str) -> str:
    if shape.isdigit():
        return f"[^/]{{{shape}}}"
    return f"{SHAPES[shape]}+" if shape else "[^/]+"


@cache
def expression(part: str, *, any_case: bool = False, name_end: bool = True) -> re.Pattern[str]:
    """Return the expression of one part of a pattern, or of a piece that is not its end."""
    pieces, end = [], 0
    ending = ending_of(part) if name_end else ""
    stem = unicode_names.composed(part[: len(part) - len(ending)])
    for match in _PART.finditer(stem):
        pieces.append(re.escape(stem[end : match.start()]))
        pieces.append(f"(?P<{match.group(1)}>{_shape(match)})" if match.group(1) else "[^/]*")
        end = match.end()
    endings = "|".join(re.escape(e) for e in file_endings.alike(ending)) if ending else ""
    text = "".join(pieces) + re.escape(stem[end:]) + f"(?i:{endings})"
    return re.compile(text, re.IGNORECASE if any_case else 0)
