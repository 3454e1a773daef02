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
    expression = _expression(part, end)
    return [
        (name, match.groupdict())
        for name in sorted(os.listdir(folder))
        if (match := expression.fullmatch(name))
        and (not name.startswith(".") or part.startswith("."))
    ]


@cache
def _expression(part: str, ending: str) -> re.Pattern[str]:
    pieces, end = [], 0
    stem = part[: len(part) - len(ending)]
    for match in _PART.finditer(stem):
        pieces.append(re.escape(stem[end : match.start()]))
        pieces.append(f"(?P<{match.group(1)}>[^/]+)" if match.group(1) else "[^/]*")
        end = match.end()
    endings = "|".join(re.escape(e) for e in file_endings.alike(ending)) if ending else ""
    return re.compile("".join(pieces) + re.escape(stem[end:]) + f"(?i:{endings})")
