"""What stands near the places of a long text that a search is about."""

from __future__ import annotations

import re
from collections.abc import Iterator


def near(pattern: re.Pattern[str], text: str, around: int) -> Iterator[str]:
    """Yield what stands up to `around` characters before and after matches; what overlaps together.

    >>> list(near(re.compile("x"), "abcxdxe------xy", 2))
    ['bcxdxe-', '--xy']
    """
    start = end = -1
    for match in pattern.finditer(text):
        first, last = max(match.start() - around, 0), match.end() + around
        if start >= 0 and first <= end:
            end = last
            continue
        if start >= 0:
            yield text[start:end]
        start, end = first, last
    if start >= 0:
        yield text[start:end]
