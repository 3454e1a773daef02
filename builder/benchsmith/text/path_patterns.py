"""Path patterns with placeholders, such as `images/{patient}/{key}.nii.gz`.

A pattern can be matched against a folder, and filled with values. It cannot leave its folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchsmith.text import file_endings

_PART = re.compile(r"\{([a-z_]+)\}|(\*)")
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
    if "{" in _PART.sub("", pattern) or "}" in _PART.sub("", pattern):
        return "has a brace that is not part of a {placeholder}"
    return ""


def placeholders(pattern: str) -> tuple[str, ...]:
    """Return the names in braces, in their order: ``a/{key}.png`` gives ``("key",)``."""
    return tuple(m.group(1) for m in _PART.finditer(pattern) if m.group(1))


def fill(pattern: str, fields: Mapping[str, str]) -> str:
    """Replace placeholders by values; placeholders without a value are kept.

    >>> fill("{patient}/{key}.png", {"key": "a"})
    '{patient}/a.png'
    """
    return _PART.sub(
        lambda m: fields.get(m.group(1), m.group(0)) if m.group(1) else m.group(0), pattern
    )


def find(root: Path, pattern: str) -> list[Match]:
    """Return what matches a pattern below `root`, in byte order of the relative path.

    A pattern that ends in ``/`` matches folders, others match files. Links that lead out of `root`
    are skipped. Names that start with a dot match only if the pattern starts with a dot.
    """
    home = Path(os.path.realpath(root))
    found: list[tuple[str, dict[str, str]]] = [("", {})]
    folders = pattern.endswith("/")
    parts = pattern.strip("/").split("/")
    for depth, part in enumerate(parts):
        last = depth == len(parts) - 1
        found = [
            (f"{base}/{name}" if base else name, fields | more)
            for base, fields in found
            for name, more in _entries(home / base, part)
            if last or (home / base / name).is_dir()
        ]
    keep = [
        Match(home / name, fields)
        for name, fields in sorted(found, key=lambda f: f[0].encode())
        if ((home / name).is_dir() if folders else (home / name).is_file())
        and Path(os.path.realpath(home / name)).is_relative_to(home)
    ]
    return keep


def _entries(folder: Path, part: str) -> list[tuple[str, dict[str, str]]]:
    """Return the names in a folder that a part of a pattern matches, with its placeholders.

    A known ending matches in any case, and JPEG and TIFF match by both of their endings.
    """
    end = file_endings.ending(part)
    if not _PART.search(part) and (not end or (folder / part).exists()):
        return [(part, {})] if (folder / part).exists() else []
    if not folder.is_dir():
        return []
    return [
        (name, fields)
        for name in sorted(os.listdir(folder))
        if (fields := match_name(part, name)) is not None
        and (not name.startswith(".") or part.startswith("."))
    ]


def match_name(part: str, name: str) -> dict[str, str] | None:
    """Return the values of the placeholders of one name of a pattern; None if it does not match.

    The first wildcard takes as many letters as it can, then the second. A regular expression does
    the same, but with many wildcards it tries the same rest of a name again and again; here each
    rest is tried once.

    >>> match_name("{key}_{view}*.png", "a_b_c.png")
    {'key': 'a_b', 'view': 'c'}
    """
    wildcards = list(_PART.finditer(part))
    ending = file_endings.ending(part)
    if len(wildcards) <= EASY_WILDCARDS:
        match = expression_of(part, ending).fullmatch(name)
        return match.groupdict() if match else None
    bounds = [0, *(edge for found in wildcards for edge in found.span()), len(part)]
    first, *literals = (part[a:b] for a, b in zip(bounds[::2], bounds[1::2], strict=True))
    last = expression_of(literals[-1], file_endings.ending(literals[-1]))
    failed: set[tuple[int, int]] = set()

    def ends(number: int, place: int) -> list[int] | None:
        """Return where the wildcards from `number` on end, if the rest matches."""
        if (number, place) in failed:
            return None
        literal = literals[number]
        least = 1 if wildcards[number].group(1) else 0
        for end in range(len(name), place + least - 1, -1):
            if number == len(literals) - 1:
                if last.fullmatch(name, end):
                    return [place, end]
            elif name.startswith(literal, end):
                rest = ends(number + 1, end + len(literal))
                if rest is not None:
                    return [place, end, *rest]
        failed.add((number, place))
        return None

    found = ends(0, len(first)) if name.startswith(first) else None
    if found is None:
        return None
    spans = zip(wildcards, found[::2], found[1::2], strict=True)
    return {w.group(1): name[a:b] for w, a, b in spans if w.group(1)}


@cache
def expression_of(part: str, ending: str) -> re.Pattern[str]:
    """Return the regular expression of one name of a pattern; `ending` is its known ending."""
    pieces, end = [], 0
    stem = part[: len(part) - len(ending)]
    for match in _PART.finditer(stem):
        pieces.append(re.escape(stem[end : match.start()]))
        pieces.append(f"(?P<{match.group(1)}>[^/]+)" if match.group(1) else "[^/]*")
        end = match.end()
    endings = "|".join(re.escape(e) for e in file_endings.alike(ending)) if ending else ""
    return re.compile("".join(pieces) + re.escape(stem[end:]) + f"(?i:{endings})")
