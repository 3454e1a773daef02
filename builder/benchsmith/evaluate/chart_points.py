"""Where the points of the page's charts are: numbers for SVG, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

RADIUS = 165.0
MIDDLE = 230.0
FEWEST = 3
"""Axes that a radar needs."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """One axis of a radar: where it ends, and its name."""

    name: str
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One model's polygon: its corners as SVG wants them, and those where it has a value."""

    name: str
    points: str
    corners: tuple[tuple[float, float, str], ...]
    """x, y and what a reader is told there."""


@dataclass(frozen=True, slots=True)
class Radar:
    """Models over the branches of one axis; the rim is 100 %."""

    spokes: tuple[Spoke, ...]
    rings: tuple[tuple[int, str, float], ...]
    """Percent, the ring's corners, and the height at which it is labelled."""
    shapes: tuple[Shape, ...]
    chance: str


def radar(
    branches: Sequence[str],
    values: Sequence[tuple[str, Sequence[float | None]]],
    chance: Sequence[float | None],
) -> Radar | None:
    """Lay a radar out; None for fewer than three branches, which span no area."""
    count = len(branches)
    if count < FEWEST:
        return None
    spokes = []
    for i, name in enumerate(branches):
        x, y = at(i, count, 1.0)
        tx, ty = at(i, count, 1.09)
        side = cos(_angle(i, count))
        anchor = "middle" if abs(side) < 0.2 else "start" if side > 0 else "end"
        spokes.append(Spoke(name, x, y, tx, ty + 4, anchor))
    rings = tuple(
        (p, _polygon([p / 100] * count), at(0, count, p / 100)[1] + 4) for p in (25, 50, 75)
    )
    shapes = []
    for name, row in values:
        corners = []
        for i, v in enumerate(row):
            if v is not None:
                corners.append((*at(i, count, v), f"{name}: {branches[i]} {100 * v:.1f} %"))
        shapes.append(Shape(name, " ".join(f"{x},{y}" for x, y, _ in corners), tuple(corners)))
    return Radar(tuple(spokes), rings, tuple(shapes), _polygon([v or 0.0 for v in chance]))


def at(i: int, count: int, value: float) -> tuple[float, float]:
    """Return where a value on one of so many spokes is; the first spoke points up.

    >>> at(0, 4, 1.0), at(1, 4, 0.5)
    ((230.0, 65.0), (312.5, 230.0))
    """
    angle = _angle(i, count)
    return round(MIDDLE + RADIUS * value * cos(angle), 1), round(
        MIDDLE + RADIUS * value * sin(angle), 1
    )


def _angle(i: int, count: int) -> float:
    return 2 * pi * i / count - pi / 2


def _polygon(values: Sequence[float]) -> str:
    return " ".join("{},{}".format(*at(i, len(values), v)) for i, v in enumerate(values))
