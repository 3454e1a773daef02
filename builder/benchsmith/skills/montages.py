"""The slices of a montage: evenly spaced through all of a structure, or around its largest slice."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from benchsmith.core.model import Box, Form
from benchsmith.skills.contract import Scene, Seen
from benchsmith.skills.solids import Solid

MOST_TILES = 12
TILES = 4
"""Of a montage that asks in which tile a structure is largest."""
LEAST_SHOWN = 3
MARGIN = 0.2
"""Free space around a structure in each tile, as a share of its longer side."""
LEAST_MM = 30.0
"""Side of the smallest part of a slice that a tile shows."""


def volume_form(scene: Scene, one: Seen, solid: Solid) -> tuple[Form, float]:
    """Return the montage through all of a structure, and the volume in mL that its tiles give.

    The latter is the sum of the areas in the tiles times their distance (Cavalieri's estimator).
    `one` is a structure whose label occurs once.
    """
    assert one.flat is not None
    z0, z1 = solid.facts.low[0], solid.facts.high[0]
    step = math.ceil((z1 - z0) / MOST_TILES)
    # the remaining planes are divided between both ends
    first = z0 + ((z1 - z0 - 1) % step) // 2
    tiles = tuple(range(first, z1, step))
    assert scene.volume is not None
    z_mm, y_mm, x_mm = scene.volume.sample.spacing_mm
    seen = sum(one.flat.profile[z] for z in tiles) * step * z_mm * y_mm * x_mm / 1000
    box = Box(
        x0=solid.facts.low[2], y0=solid.facts.low[1], x1=solid.facts.high[2], y1=solid.facts.high[1]
    )
    form = Form(
        scale=True, tiles=tiles, frame=frame(box, scene.pixel), apart_mm=step * z_mm, outlined=True
    )
    return form, seen


class LargestTile(NamedTuple):
    """A montage in one of whose tiles a structure is largest."""

    form: Form
    number: int
    """Of that tile, from 1."""
    areas: tuple[int, ...]
    """The structure's pixels in each tile."""


def largest_tiles(scene: Scene, one: Seen, box: Box, ratio: float) -> Iterator[LargestTile]:
    """Yield montages of `TILES` evenly spaced slices with the largest area in each possible tile.

    At least `LEAST_SHOWN` of them show the structure, and its area in the largest tile is at least
    `ratio` times that in every other one. The smallest distance that allows this is used.
    `box` is around the structure in all of these slices.
    """
    assert one.flat is not None
    profile = one.flat.profile
    peak = max(range(len(profile)), key=lambda i: (profile[i], -i))
    for place in range(TILES):
        for step in range(1, len(profile) // TILES + 1):
            tiles = range(peak - place * step, peak - place * step + TILES * step, step)
            if tiles[0] < 0 or tiles[-1] >= len(profile):
                break
            areas = tuple(profile[i] for i in tiles)
            if sum(a > 0 for a in areas) < LEAST_SHOWN:
                break
            if all(areas[place] >= ratio * a for i, a in enumerate(areas) if i != place):
                around = frame(box, scene.pixel)
                form = Form(tiles=tuple(tiles), frame=around, outlined=True)
                yield LargestTile(form, place + 1, areas)
                break


def frame(box: Box, pixel: tuple[float, float]) -> Box:
    """Return the square part of the plane, in mm, around a box in its pixels; it may reach beyond it."""
    high, wide = (box.y1 - box.y0) * pixel[0], (box.x1 - box.x0) * pixel[1]
    side = max(max(high, wide) * (1 + 2 * MARGIN), LEAST_MM)
    rows, columns = round(side / pixel[0]), round(side / pixel[1])
    y0 = round((box.y0 + box.y1 - rows) / 2)
    x0 = round((box.x0 + box.x1 - columns) / 2)
    return Box(x0=x0, y0=y0, x1=x0 + columns, y1=y0 + rows)
