"""Recognition: what is marked, or shown, in the altered picture."""

from __future__ import annotations

import re
from collections.abc import Iterable

from benchsmith.core.alteration import ERASE, MIRROR, MOVE, SHIFT, TURN
from benchsmith.counterfactual.altered_view import AlteredView
from benchsmith.counterfactual.asked_unit import AskedUnit

SIDED = re.compile(
    r"(?i)\b(left|right|dextro\w*|levo\w*|laevo\w*|sinistr\w*|dextr\w*|situs)\b|[左右]"
)
"""Words of names whose truth depends on the side of the picture."""
UPRIGHT = re.compile(
    r"(?i)\b(upright|erect|supine|prone|decubitus|horizontal|vertical)\b|[立卧俯仰]位"
)
"""Words of names whose truth depends on how the picture is held."""
Truth = frozenset[str] | str
"""The labels that are right, or why they are not known."""


def mark_moved(unit: AskedUnit, view: AlteredView, names: Iterable[str]) -> Truth:
    """The answer becomes what the mark lies on now."""
    if not unit.marked:
        return "the picture has no mark"
    return frozenset({view.shown.label})


def painted_out(unit: AskedUnit, view: AlteredView, names: Iterable[str]) -> Truth:
    """The answer becomes what is painted in; without a mark, what is left of the right options."""
    if unit.marked:
        return frozenset({view.shown.label})
    left = unit.key - view.gone
    return left or "no right option would be left"


def mirrored(unit: AskedUnit, view: AlteredView, names: Iterable[str]) -> Truth:
    """The answer stays: labels have no side, unless their names say one."""
    sided = next((name for name in names if SIDED.search(name)), "")
    return f"{sided!r} has another meaning in the mirrored picture" if sided else unit.key


def turned(unit: AskedUnit, view: AlteredView, names: Iterable[str]) -> Truth:
    """The answer stays: no label depends on the orientation of the picture, unless its name says so."""
    held = next((name for name in names if UPRIGHT.search(name)), "")
    return f"{held!r} has another meaning in the turned picture" if held else unit.key


RULES = {ERASE: painted_out, MOVE: mark_moved, MIRROR: mirrored, TURN: turned, SHIFT: mark_moved}
