"""The forms of a source's word that are looked up: unchanged, and without wrappers, side and number."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from benchsmith.text.laterality import take_side
from benchsmith.text.name_wrappers import readings
from benchsmith.text.numbered_names import numbered


class Variant(NamedTuple):
    """A form of a raw word to look up."""

    word: str
    side: str
    """The side that was removed from it."""
    steps: tuple[str, ...]
    """What was done to the raw word, in words."""


def variants_of(raw: str) -> Iterator[Variant]:
    """Yield the forms of a raw word, the nearest first."""
    for reading in readings(raw):
        sided = take_side(reading.name)
        yield Variant(reading.name, "", reading.steps)
        steps = reading.steps
        if sided.side:
            steps = (*steps, f"{sided.side} removed")
            yield Variant(sided.name, sided.side, steps)
        if one := numbered(sided.name):
            level = {"c", "t", "l"} & set(sided.name.split())
            said = "letter read as a level of the spine" if level else "number removed"
            yield Variant(one, sided.side, (*steps, said))
