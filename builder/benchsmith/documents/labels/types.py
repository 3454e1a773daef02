"""Types that several kinds of labels share."""

from __future__ import annotations

from typing import Annotated, Literal

import pydantic

from benchsmith.text import path_patterns


def _valid_pattern(text: str) -> str:
    root, _, path = text.rpartition(":")
    if fault := path_patterns.problem(path):
        raise ValueError(f"{text!r} {fault}")
    if root and not root.isidentifier():
        raise ValueError(f"{text!r} has an invalid root before the colon")
    return text


def _with_zero(background: tuple[int, ...]) -> tuple[int, ...]:
    if 0 not in background:
        raise ValueError(
            "0 must be background: label volumes have the value 0 where nothing is marked"
        )
    return background


PathPattern = Annotated[str, pydantic.AfterValidator(_valid_pattern)]
"""A path with placeholders, behind an optional root: ``masks:{key}.png``."""
Text = Annotated[str, pydantic.Field(min_length=1)]
Background = Annotated[tuple[int, ...], pydantic.AfterValidator(_with_zero)]
"""Values that are not structures; 0 is one of them."""

Frame = Literal["stored", "shown"]
"""The frame of marks in a picture that its header turns: as stored in the file, or as shown."""


def exactly_one(first: object, second: object, names: str) -> None:
    """Raise ValueError unless exactly one of two values is given; `names` are their keys."""
    if (first is None) == (second is None):
        raise ValueError(f"give one of {names}")
