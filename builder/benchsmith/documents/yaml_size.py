"""Limits on the size of a YAML document, counted in its text before it is parsed.

The parser takes a third of a millisecond for each part of a document, and minutes for nested
brackets, so a small file could keep it busy for a long time. It collects a comment by appending
each character to the text so far, which may copy that text each time, so lines are limited as well.
"""

from __future__ import annotations

import re

MAX_BYTES = 1 << 20
"""Documents are a few pages; a larger file is a mistake or an attack."""
MAX_PARTS = 20_000
"""Lines and commas, which is what lists and maps are divided by."""
MAX_LINE = 50_000
"""Characters of a line."""
MAX_BRACKETS = 2_000
MAX_DEPTH = 64
"""Brackets inside brackets."""
MAX_INDENT = 256
"""Spaces, dashes and question marks before the first word of a line."""
_DEEP = re.compile(rf"^[ ?-]{{{MAX_INDENT + 1}}}", re.MULTILINE)
_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""What the parser takes for the end of a line."""
_LARGE = re.compile(f"{_BREAK.pattern}|,")
_OPENING = re.compile(r"[\[{]")
_BRACKET = re.compile(r"[\[\]{}]")


def too_much(text: str) -> tuple[int, str] | None:
    """Return the line and a message for the first limit that a text exceeds; None if it exceeds none."""
    if deep := _DEEP.search(text):
        return _line(text, deep.start()), f"is indented by more than {MAX_INDENT} columns"
    depth = 0
    for found in _BRACKET.finditer(text):
        depth = max(0, depth + (1 if found[0] in "[{" else -1))
        if depth > MAX_DEPTH:
            return _line(text, found.start()), f"has brackets nested more than {MAX_DEPTH} deep"
    for pattern, most, what in (
        (_LARGE, MAX_PARTS, "lines and commas"),
        (_OPENING, MAX_BRACKETS, "brackets"),
    ):
        for number, found in enumerate(pattern.finditer(text), start=1):
            if number > most:
                return _line(text, found.start()), f"has more than {most} {what}"
    start = 0
    ends = [found.span() for found in _BREAK.finditer(text)]
    for number, (end, after) in enumerate([*ends, (len(text), len(text))], start=1):
        if end - start > MAX_LINE:
            return number, f"has a line of more than {MAX_LINE} characters"
        start = after
    return None


def _line(text: str, place: int) -> int:
    return len(_BREAK.findall(text, 0, place)) + 1
