"""Placeholders of path patterns and templates, such as `{patient}`: what they are and how they are filled.

A placeholder may have a shape, `{patient=digits}`, where names would otherwise be divided elsewhere, and a
step, `{frame+1}`, where labels are numbered from another number than pictures.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

PLACEHOLDER = re.compile(
    r"\{([a-z_]+)([+-](?:0|[1-9][0-9]{0,5}))?(?:=([a-z]+|[1-9][0-9]{0,2}))?\}|(\*)"
)
"""Its groups are the name, the step, the shape, and the star that is no placeholder."""
SHAPES = {"digits": "[0-9]", "letters": r"[^\W\d_]", "word": r"[^\W_]"}
"""What a placeholder with this shape consists of: digits, letters, or both."""
MAX_LETTERS = 1_000
"""Letters of a pattern."""
MAX_WILDCARDS = 8
"""Placeholders and stars of one name of a pattern."""


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
    if any(len(PLACEHOLDER.findall(part)) > MAX_WILDCARDS for part in pattern.split("/")):
        return f"has more than {MAX_WILDCARDS} placeholders and stars in one name"
    names = placeholders(pattern)
    if len(set(names)) != len(names):
        return "repeats a placeholder"
    stated = {m.group(3) for m in PLACEHOLDER.finditer(pattern) if m.group(3)}
    if unknown := sorted(s for s in stated if s not in SHAPES and not s.isdigit()):
        known = ", ".join(SHAPES)
        return f"has a placeholder of the shape {unknown[0]!r}; there are {known} and numbers"
    for match in PLACEHOLDER.finditer(pattern):
        if match.group(2) and match.group(3) in ("letters", "word"):
            return f"adds to {match.group(0)}, which is no number"
    rest = PLACEHOLDER.sub("", pattern)
    if "{" in rest or "}" in rest:
        return "has a brace that is not part of a {placeholder}"
    return ""


def placeholders(pattern: str) -> tuple[str, ...]:
    """Return the names in braces, in their order: ``a/{key}_{n=digits}.png`` gives ``("key", "n")``."""
    return tuple(m.group(1) for m in PLACEHOLDER.finditer(pattern) if m.group(1))


def shapes(pattern: str) -> dict[str, str]:
    """Return the shape of each placeholder: ``a/{key}_{n=digits}.png`` gives ``{"key": "", "n": "digits"}``."""
    return {m.group(1): m.group(3) or "" for m in PLACEHOLDER.finditer(pattern) if m.group(1)}


def steps(pattern: str) -> dict[str, int]:
    """Return what is added to placeholders that say so: ``{key}_{n+1}_{part+0=3}`` gives ``{"n": 1, "part": 0}``."""
    return {m.group(1): int(m.group(2)) for m in PLACEHOLDER.finditer(pattern) if m.group(2)}


def rewrites(pattern: str) -> bool:
    """Return whether a pattern writes a number differently from the picture's name."""
    return bool(steps(pattern)) or any(shape.isdigit() for shape in shapes(pattern).values())


def fits(pattern: str, fields: Mapping[str, str]) -> bool:
    """Return whether the values that `fill` writes have the shapes that a pattern states.

    >>> fits("{key=4}.png", {"key": "P001a"}), fits("{n=3}.png", {"n": "12"})
    (False, True)
    >>> fits("{n-1}.png", {"n": "0"}), fits("{n-1}.png", {"n": "a"}), fits("{n-1}.png", {"n": "1"})
    (False, False, True)
    """
    return all(
        _fits(fields[name], step, shape)
        for name, (step, shape) in _forms(pattern).items()
        if name in fields
    )


def _fits(value: str, step: int | None, shape: str) -> bool:
    if step is not None and not _is_number(stepped(value, step)):
        return False
    if not shape or (shape.isdigit() and _is_number(value)):
        return True
    return re.fullmatch(expression_of(shape), _in_shape(value, shape)) is not None


def fill(pattern: str, fields: Mapping[str, str]) -> str:
    """Replace placeholders by values; placeholders without a value are kept.

    Where a placeholder's shape is a number of characters, a value of digits is written with that many
    digits, by adding or removing leading zeros; longer values are kept. A step is added to a value of
    digits, which keeps its leading zeros.

    >>> fill("{patient}/{key}.png", {"key": "a"})
    '{patient}/a.png'
    >>> fill("mask_{n=3}.png", {"n": "0012"}), fill("mask_{n=1}.png", {"n": "0012"})
    ('mask_012.png', 'mask_12.png')
    >>> fill("mask_{n+1}.png", {"n": "0009"}), fill("mask_{n-1=3}.png", {"n": "10"})
    ('mask_0010.png', 'mask_009.png')
    """
    if "{" not in pattern:
        return pattern
    return "".join(
        [
            _written(fields[name], step, shape) if name in fields else text
            for text, name, step, shape in pieces(pattern)
        ]
    )


Piece = tuple[str, str, int | None, str]
"""The text of a piece of a pattern; the name, the step and the shape of a placeholder."""


@lru_cache(maxsize=1024)
def pieces(pattern: str) -> tuple[Piece, ...]:
    """Return the pieces of a pattern: placeholders, stars, and what is between them."""
    found: list[Piece] = []
    end = 0
    for match in PLACEHOLDER.finditer(pattern):
        step = int(match.group(2)) if match.group(2) else None
        found.append((pattern[end : match.start()], "", None, ""))
        found.append((match.group(0), match.group(1) or "", step, match.group(3) or ""))
        end = match.end()
    return (*found, (pattern[end:], "", None, ""))


@lru_cache(maxsize=1024)
def _forms(pattern: str) -> Mapping[str, tuple[int | None, str]]:
    """Return the step and the shape of each placeholder."""
    return {name: (step, shape) for _, name, step, shape in pieces(pattern) if name}


def values_in(pattern: str, fields: Mapping[str, str], names: Sequence[str]) -> tuple[str, ...]:
    """Return the values of placeholders as a pattern that is filled with them has them.

    >>> values_in("{patient}/mask_{n=2}.png", {"patient": "p1", "n": "0012"}, ["n"])
    ('12',)
    """
    own = _rewritten(pattern)
    if not own:
        return tuple([fields[n] for n in names])
    return tuple(_written(fields[n], *own[n]) if n in own else fields[n] for n in names)


@lru_cache(maxsize=1024)
def _rewritten(pattern: str) -> Mapping[str, tuple[int | None, str]]:
    """Return the step and the shape of each placeholder that may write a value differently."""
    return {name: form for name, form in _forms(pattern).items() if form[0] or form[1].isdigit()}


def stepped(value: str, step: int) -> str:
    """Return a number with the step added and its leading zeros kept; any other text unchanged.

    >>> stepped("0009", 1), stepped("0", -1), stepped("a", 1)
    ('0010', '-1', 'a')
    """
    if not step or not _is_number(value):
        return value
    return str(int(value) + step).zfill(len(value))


def expression_of(shape: str) -> str:
    """Return the regular expression of the values of a placeholder with a shape."""
    if shape.isdigit():
        return f"[^/]{{{shape}}}"
    return f"{SHAPES[shape]}+" if shape else "[^/]+"


def _written(value: str, step: int | None, shape: str) -> str:
    return _in_shape(stepped(value, step) if step else value, shape)


def _in_shape(value: str, shape: str) -> str:
    if not (shape.isdigit() and _is_number(value)):
        return value
    return (value.lstrip("0") or "0").zfill(int(shape))


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdigit()
