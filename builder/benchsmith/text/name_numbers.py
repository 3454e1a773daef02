"""The order that numbers in file names state, whatever zeros they begin with."""

from __future__ import annotations

import re

_DIGITS = re.compile(r"([0-9]+)")


def natural_key(name: str) -> tuple[tuple[str, int], ...]:
    """Return a key that sorts names by their numbers: ``s2.png`` before ``s10.png``.

    >>> sorted(["s10.png", "s9.png", "s010b.png"], key=natural_key)
    ['s9.png', 's10.png', 's010b.png']
    """
    pieces = _DIGITS.split(name)
    numbers = [int(n) for n in pieces[1::2]] + [-1]
    return tuple(zip(pieces[::2], numbers, strict=True))


def without_numbers(name: str) -> str:
    """Return a name with each of its numbers as ``#``.

    >>> without_numbers("liver_GT_007.png")
    'liver_GT_#.png'
    """
    return _DIGITS.sub("#", name)
