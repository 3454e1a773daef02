"""Coordinates of the radar charts on the scores page, in SVG pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

RADIUS = 165.0
CENTRE = 230.0
MIN_AXES = 3
"""Axes that a radar needs to span an area."""


@dataclass(frozen=True, slots=True)
class Spoke:
    """One axis of a radar: its name, its end, and the position of its label."""

    name: str
    x: float
    y: float
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One model's polygon."""

    name: str
    points: str
    """The `points` attribute of the SVG polygon."""
    corners: tuple[tuple[float, float, str], ...]
    """x, y and tooltip of each value."""


@dataclass(frozen=True, slots=True)
class Radar:
    """Scores of several models by branch; the rim is 100 %."""

    spokes: tuple[Spoke, ...]
    rings: tuple[tuple[int, str, float], ...]
    """Percentage, polygon points, and y of the label of each ring."""
    shapes: tuple[Shape, ...]
    chance: str


def radar(
    branches: Sequence[str],
    values: Sequence[tuple[str, Sequence[float | None]]],
    chance: Sequence[float | None],
) -> Radar | None:
    """Return the layout of a radar; None for fewer than MIN_AXES branches."""
    count = len(branches)
    if count < MIN_AXES:
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
    """Return x and y of a value (0 to 1) on spoke `i` of `count`; the first spoke points up.

    >>> at(0, 4, 1.0), at(1, 4, 0.5)
    ((230.0, 65.0), (312.5, 230.0))
    """
    angle = _angle(i, count)
    return round(CENTRE + RADIUS * value * cos(angle), 1), round(
        CENTRE + RADIUS * value * sin(angle), 1
    )


def _angle(i: int, count: int) -> float:
    return 2 * pi * i / count - pi / 2


def _polygon(values: Sequence[float]) -> str:
    return " ".join("{},{}".format(*at(i, len(values), v)) for i, v in enumerate(values))
