"""Left and right in names: `kidney left` and `kidney right` are one name with a side."""

from __future__ import annotations

from typing import NamedTuple

SIDES = {
    "left": "left", "l": "left", "lt": "left", "lh": "left",
    "right": "right", "r": "right", "rt": "right", "rh": "right",
    "sinister": "left", "sinistra": "left", "sinistrum": "left",
    "dexter": "right", "dextra": "right", "dextrum": "right",
    "links": "left", "linke": "left", "linker": "left", "linkes": "left",
    "rechts": "right", "rechte": "right", "rechter": "right", "rechtes": "right",
}  # fmt: skip
"""Words and letters for left and right, in English, Latin and German."""

LEVELED = frozenset({"spine", "vertebra", "vertebrae"})
"""Names beside which a single letter is a level: an L-spine is the lumbar spine."""


class Sided(NamedTuple):
    """A name without its side, and the side: ``left``, ``right`` or empty."""

    name: str
    side: str


def take_side(name: str) -> Sided:
    """Split a normal form into name and side; a name that is only a side is kept whole.

    The letter L before a vertebra's number is a level, not a side.

    >>> take_side("rib left 7"), take_side("precentral l"), take_side("liver")
    (Sided(name='rib 7', side='left'), Sided(name='precentral', side='left'), Sided(name='liver', side=''))
    """
    words = name.split()
    found = [(i, SIDES[w]) for i, w in enumerate(words) if w in SIDES]
    # a single letter is a side only at the start or end: not in "vitamin r deficiency"
    found = [(i, s) for i, s in found if len(words[i]) > 2 or i in (0, len(words) - 1)]
    if len(words) == 2 and LEVELED & set(words):
        found = [(i, s) for i, s in found if len(words[i]) > 1]
    if len(found) != 1 or len(words) == 1:
        return Sided(name, "")
    index, side = found[0]
    return Sided(" ".join(words[:index] + words[index + 1 :]), side)
