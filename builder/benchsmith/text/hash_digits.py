"""Digits that are part of a hash, where they occur by chance: names of files and ids of cases are hashes."""

from __future__ import annotations

import re

_HEX_DIGITS, _SHORTEST_HASH = frozenset("0123456789abcdef"), 12
_NEAR = 64
"""Characters before and after a number that tell whether it is part of a hash."""


def is_in_hash(text: str, match: re.Match[str]) -> bool:
    """Return whether digits that were found in a text in lower case are part of a hash."""
    start, end = match.span()
    while match.start() - start < _NEAR and start and text[start - 1].isalnum():
        start -= 1
        if text[start] not in _HEX_DIGITS:
            return False
    while end - match.end() < _NEAR and end < len(text) and text[end].isalnum():
        if text[end] not in _HEX_DIGITS:
            return False
        end += 1
    return end - start >= _SHORTEST_HASH and any(c.isalpha() for c in text[start:end])
