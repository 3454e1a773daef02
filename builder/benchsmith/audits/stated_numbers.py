"""Options that are numbers, such as `140 mL`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

_NUMBER = re.compile(r"([-\u2212]?\d+(?:\.\d+)?)\s*([^\W\d_][^\d]*\d?|%|[²³°µ].*|)", re.UNICODE)
"""A number and a unit: a word without digits but an exponent at its end, or a sign."""


class Stated(NamedTuple):
    """A number as an option states it."""

    value: float
    unit: str


@lru_cache(maxsize=1 << 16)
def stated_number(text: str) -> Stated | None:
    """Return what an option states if it is nothing but a number with or without a unit.

    >>> stated_number("3.2 cm²"), stated_number("-40 HU"), stated_number("box 2"), stated_number("2")
    (Stated(value=3.2, unit='cm²'), Stated(value=-40.0, unit='HU'), None, Stated(value=2.0, unit=''))
    """
    found = _NUMBER.fullmatch(text.strip())
    if found is None:
        return None
    return Stated(float(found[1].replace("\u2212", "-")), found[2].strip())


def numbers_of(options: Sequence[str]) -> list[float] | None:
    """Return the numbers of options that are all different numbers of one unit; None for others."""
    found = [stated_number(option) for option in options]
    known = [one for one in found if one is not None]
    if len(known) < len(options) or len({one.unit for one in known}) != 1:
        return None
    values = [one.value for one in known]
    return values if len(set(values)) == len(values) > 1 else None
