"""Marks that state how sure a model is of them: they are its output, unless the recipe takes them."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from typing import Final

from benchsmith.annotations.mark_doubts import with_attributes
from benchsmith.text.plain_numbers import plain_number

REASON: Final = "predicted-mark"
NAMES = ("score", "confidence", "conf", "probability", "prob")
"""Fields and columns, in lower case, with the confidence of a model."""


def stated(fields: Mapping[str, object], used: Collection[str | None] = ()) -> str:
    """Return which field states a confidence, with its value; empty if none does.

    `used` are fields that the recipe reads as something else.

    >>> stated({"label": "polyp", "Score": 0.87}), stated({"score": None}), stated({"score": "n/a"})
    ('Score 0.87', '', '')
    >>> stated({"score": 4}), stated({"confidence": "97"})
    ('', 'confidence 97')
    """
    for name, value in with_attributes(fields):
        if name.lower() in NAMES and name not in used:
            number = _number(value)
            # a score above 1 is a grade that people give
            if number is not None and (name.lower() != "score" or 0 <= number <= 1):
                return f"{name} {value}"
    return ""


def why(raw: str, confidence: str) -> str:
    """Return the detail of a mark with a confidence."""
    what = "as the output of a model has; set `confidence: true` if such marks are to be taken"
    return f"{raw}: it has the {confidence}, {what}"


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = plain_number(value.strip()) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None
