"""Numbers in text files, as every tool reads them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?nan|[+-]?inf", re.ASCII)


def plain_number(text: str) -> float:
    """Return a number in ASCII digits. Raises ValueError for what Python's `float` takes beyond it.

    >>> plain_number("1.5e1")
    15.0
    >>> plain_number("1_000")
    Traceback (most recent call last):
    ValueError: '1_000' is not a number
    """
    if not _NUMBER.fullmatch(text.lower()):
        raise ValueError(f"{text[:40]!r} is not a number")
    return float(text)
