"""Tiles of a picture in which objects can be counted without doubt, and why others are unclear."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import cv2
import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.documents.labels import Count

STEPS = 8
"""A tile that may be shifted is tried at every eighth of its sides, up to half a side away."""
BLUR_PX = 1.5
"""Standard deviation of the blur against noise before brightness is measured."""
HALO_PX = 5
"""Pixels nearer to an object than this belong to its blurred edge."""
LEAST_GLOW = 0.5
"""Share of an object's brightness above the ground from which something unmarked is an object too."""
LEAST_UNMARKED = 0.1
"""Share of `smallest_px` from which something unmarked counts: it may go on beyond its bright part."""
NOISES = 5.0
"""What is not this many deviations of the ground brighter than the ground is noise."""
MAD_TO_DEVIATION = 1.4826
"""A normal distribution's standard deviation in median absolute deviations."""


class Tile(NamedTuple):
    """A tile, and how many objects it shows or why that is unclear."""

    row: int
    column: int
    box: tuple[int, int, int, int]
    """x0, y0, x1, y1 in pixels, half open."""
    objects: int
    fault: str


class _Field(NamedTuple):
    """What decides whether a part of a picture is clear; all arrays are (rows, columns)."""

    objects: Array
    """The number of each pixel's object; 0 is none."""
    unmarked: Array
    """Whether a pixel is part of something that looks like an object and is not marked."""
    pressed: Array
    """Whether a pixel lies where two objects touch along too long a line."""
    ragged: Array
    """Whether a pixel is of an object that fills too little of its convex hull."""


def tiles(objects: Array, grey: Array | None, rules: Count) -> Iterator[Tile]:
    """Yield the tiles of a picture, row by row.

    `objects` is (rows, columns) of object numbers, 0 for no object; `grey` is the picture, (rows,
    columns), and needed for `bright`. A tile with a doubtful count is moved to the nearest clear place
    that no earlier tile covers, if `shift` allows it.
    """
    field = _field(objects, grey, rules)
    rows, columns = rules.tiles
    edges_y = np.linspace(0, objects.shape[0], rows + 1).astype(int)
    edges_x = np.linspace(0, objects.shape[1], columns + 1).astype(int)
    taken = np.zeros(objects.shape, bool)
    for row in range(rows):
        for column in range(columns):
            place = (int(edges_y[row]), int(edges_x[column]))
            size = (int(edges_y[row + 1]) - place[0], int(edges_x[column + 1]) - place[1])
            first = fault = ""
            for y, x in _places(place, size, objects.shape) if rules.shift else [place]:
                box = (x, y, x + size[1], y + size[0])
                if taken[y : box[3], x : box[2]].any():
                    continue
                count, fault = _judge(field, box, rules)
                first = first or fault
                if not fault:
                    taken[y : box[3], x : box[2]] = True
                    yield Tile(row, column, box, count, "")
                    break
            else:
                box = (place[1], place[0], place[1] + size[1], place[0] + size[0])
                yield Tile(row, column, box, 0, first or "the tiles before it cover its position")


def _places(
    place: tuple[int, int], size: tuple[int, int], within: tuple[int, ...]
) -> Iterator[tuple[int, int]]:
    """Yield upper left corners (y, x) of a tile, its own first, then from near to far."""
    moves = range(-STEPS // 2, STEPS // 2 + 1)
    for dy, dx in sorted(
        ((a, b) for a in moves for b in moves), key=lambda m: (m[0] ** 2 + m[1] ** 2, m)
    ):
        y, x = place[0] + dy * size[0] // STEPS, place[1] + dx * size[1] // STEPS
        if 0 <= y <= within[0] - size[0] and 0 <= x <= within[1] - size[1]:
            yield y, x


def _judge(field: _Field, box: tuple[int, int, int, int], rules: Count) -> tuple[int, str]:
    """Return how many objects a part of the picture shows, and what makes that unclear."""
    x0, y0, x1, y1 = box
    sizes = np.bincount(field.objects[y0:y1, x0:x1].ravel())
    sizes[0] = 0
    count = int(np.count_nonzero(sizes))
    if count and sizes[sizes > 0].min() < rules.smallest_px:
        return count, f"an object shows only {sizes[sizes > 0].min()} pixels"
    edge = rules.clear_px
    wide = np.s_[max(y0 - edge, 0) : y1 + edge, max(x0 - edge, 0) : x1 + edge]
    if len(np.setdiff1d(field.objects[wide], [0])) > count:
        return count, f"an object ends less than {edge} pixels outside"
    if field.unmarked[wide].any():
        return count, "something as bright as an object is not marked"
    if field.pressed[y0:y1, x0:x1].any():
        return count, "two objects lie close against each other"
    if field.ragged[y0:y1, x0:x1].any():
        return count, "readers may take an object for two"
    return count, ""


def _field(objects: Array, grey: Array | None, rules: Count) -> _Field:
    nothing = np.zeros(objects.shape, bool)
    unmarked = nothing if grey is None or not rules.bright else _unmarked(objects, grey, rules)
    pressed = nothing if rules.most_contact is None else _pressed(objects, rules.most_contact)
    ragged = _ragged(objects, rules.least_solid) if rules.least_solid else nothing
    return _Field(objects, unmarked, pressed, ragged)


def _unmarked(objects: Array, grey: Array, rules: Count) -> Array:
    """Return which pixels belong to something unmarked that is as bright as an object.

    Such a pixel is at least half as bright as the nearest object, measured from the background's median,
    so that the glow around a bright object is not counted; or half as bright as the faintest object, if
    none is near.
    """
    smooth = cv2.GaussianBlur(grey.astype(np.float32), (0, 0), BLUR_PX)
    marked = (objects > 0).astype(np.uint8)
    if not marked.any():
        return np.zeros(objects.shape, bool)
    distance = cv2.distanceTransform(1 - marked, cv2.DIST_L2, 5)
    ground = smooth[distance > HALO_PX]
    if not ground.size:
        return np.zeros(objects.shape, bool)
    level = float(np.median(ground))
    noise = MAD_TO_DEVIATION * float(np.median(np.abs(ground - level)))
    numbers = np.unique(objects[objects > 0])
    glow = np.array([np.median(smooth[objects == n]) - level for n in numbers])
    reach = 2 * np.sqrt(np.count_nonzero(marked) / len(numbers) / np.pi)
    # the brightest first, so that a fainter one beside it does not make its glow an object
    least = np.full(objects.shape, LEAST_GLOW * float(glow.min()), np.float32)
    side = np.ones((2 * round(reach) + 1,) * 2, np.uint8)
    bright = np.zeros(objects.shape, np.float32)
    bright[objects > 0] = glow[np.searchsorted(numbers, objects[objects > 0])]
    least = np.maximum(least, LEAST_GLOW * cv2.dilate(bright, side))
    seen = (smooth - level > np.maximum(least, NOISES * noise)) & (distance > HALO_PX)
    count, parts, stats, _ = cv2.connectedComponentsWithStats(seen.astype(np.uint8))
    large = stats[:, cv2.CC_STAT_AREA] >= rules.smallest_px * LEAST_UNMARKED
    large[0] = False
    found: Array = large[parts] if count > 1 else np.zeros(objects.shape, bool)
    return found


def _pressed(objects: Array, most: float) -> Array:
    """Return the pixels along which two objects touch, if the line is long.

    A line is too long above `most` diameters of the smaller object, taken as a disc of its area.
    """
    pairs, where = [], []
    for dy, dx in ((0, 1), (1, 0)):
        a = objects[: objects.shape[0] - dy, : objects.shape[1] - dx]
        b = objects[dy:, dx:]
        y, x = np.nonzero((a != b) & (a > 0) & (b > 0))
        pairs.append(np.sort(np.stack([a[y, x], b[y, x]], 1), 1))
        where.append(np.stack([y, x], 1))
    found = np.zeros(objects.shape, bool)
    both, place = np.concatenate(pairs), np.concatenate(where)
    if not len(both):
        return found
    kinds, which, lengths = np.unique(both, axis=0, return_inverse=True, return_counts=True)
    areas = np.bincount(objects.ravel())
    diameter = 2 * np.sqrt(areas[kinds].min(axis=1) / np.pi)
    long = (lengths > most * diameter)[which.ravel()]
    found[place[long, 0], place[long, 1]] = True
    return found


def _ragged(objects: Array, least: float) -> Array:
    """Return the pixels of objects that fill less than `least` of their convex hull."""
    found = np.zeros(objects.shape, bool)
    for number in np.unique(objects[objects > 0]):
        own = (objects == number).astype(np.uint8)
        x, y, width, height = cv2.boundingRect(own)
        own = own[y : y + height, x : x + width]
        hull = np.zeros_like(own)
        cv2.fillConvexPoly(hull, cv2.convexHull(cv2.findNonZero(own)), 1)
        if own.sum() < least * hull.sum():
            found[y : y + height, x : x + width] |= own > 0
    return found
