"""The longest axial diameter of structures, and the longest chord perpendicular to it.

RECIST 1.1 measures a lesion by its longest diameter in the plane of the pictures, and a lymph node
by the perpendicular one (Eisenhauer et al., Eur J Cancer 2009;45:228-247).
"""

from __future__ import annotations

from itertools import combinations
from typing import NamedTuple

import numpy as np

from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.measurements.grouped_runs import GroupedRuns

DIRECTIONS = 8
"""A structure's extent is taken in as many directions, to shortlist the planes that are looked at."""
Point = tuple[int, int]


class Diameter(NamedTuple):
    """The longest diameter of one structure."""

    length: float
    """Between the centres of two voxels of one axial plane, in units of the spacing."""
    perpendicular: float
    """The longest chord of that plane's convex hull that is perpendicular to the diameter."""
    plane: int
    """Index z."""
    ends: tuple[int, int, int, int]
    """(x, y, x, y) of the two voxels."""


def longest_diameters(runs: GroupedRuns, pixel: tuple[float, float]) -> list[Diameter]:
    """Return the longest axial diameter of each group; `pixel` is (height, width) of a voxel.

    The extent of a plane's outline in the nearest of `DIRECTIONS` directions is at most its diameter,
    and at least its diameter times the cosine of half a step. So only a few planes of each structure
    can hold the longest diameter; these are measured exactly.
    """
    height, width = pixel
    z, y, x = runs.places
    planes = runs.group * runs.shape[0] + z
    begins = np.flatnonzero(np.diff(planes, prepend=-1))
    lower = np.zeros(begins.size)
    low, high = x * width, (x + runs.length - 1) * width
    down = y * height
    for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
        cosine, sine = np.cos(angle), np.sin(angle)
        near, far = (low, high) if cosine >= 0 else (high, low)
        most = np.maximum.reduceat(far * cosine + down * sine, begins)
        least = np.minimum.reduceat(near * cosine + down * sine, begins)
        np.maximum(lower, most - least, out=lower)
    # a little more than the bound, so that rounding loses no plane
    upper = lower / np.cos(np.pi / (2 * DIRECTIONS)) * (1 + 1e-9)
    owner = runs.group[begins]
    best = np.zeros(runs.count)
    np.maximum.at(best, owner, lower)
    shortlist = np.flatnonzero(upper >= best[owner])
    order = shortlist[np.lexsort((shortlist, -upper[shortlist], owner[shortlist]))]
    ends = np.append(begins[1:], planes.size)
    found: list[Diameter | None] = [None] * runs.count
    for one in order.tolist():
        group = int(owner[one])
        known = found[group]
        if known is not None and upper[one] < known.length:
            continue
        here = slice(begins[one], ends[one])
        hull = _hull(y[here], x[here], runs.length[here])
        length, a, b = _farthest(hull, pixel)
        plane = int(z[begins[one]])
        if known is None or (length, -plane) > (known.length, -known.plane):
            across = _longest_chord_across(hull, a, b, pixel)
            found[group] = Diameter(length, across, plane, (*a, *b))
    return [one for one in found if one is not None]


def _hull(y: Ints, x: Ints, length: Ints) -> list[Point]:
    """Return the convex hull of the runs of one plane as (x, y) of voxels, without needless points.

    Andrew's monotone chain (Inf Process Lett 1979;9:216-219), over the ends of each row.
    """
    rows = np.flatnonzero(np.diff(y, prepend=-1))
    left = np.minimum.reduceat(x, rows).tolist()
    right = np.maximum.reduceat(x + length - 1, rows).tolist()
    height = y[rows].tolist()
    first = _chain(list(zip(left, height, strict=True)), -1)
    second = _chain(list(zip(right, height, strict=True)), 1)
    return list(dict.fromkeys(first + second[::-1]))


def _chain(points: list[Point], side: int) -> list[Point]:
    """Return one side of a hull, from top to bottom: the right one for 1, the left one for -1."""
    kept: list[Point] = []
    for x, y in points:
        while len(kept) > 1:
            (x1, y1), (x2, y2) = kept[-2:]
            if side * ((x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)) > 0:
                break
            kept.pop()
        kept.append((x, y))
    return kept


def _farthest(hull: list[Point], pixel: tuple[float, float]) -> tuple[float, Point, Point]:
    """Return the largest distance of two points of a hull, and the points; the first of equals."""
    height, width = pixel
    best, ends = 0.0, (hull[0], hull[0])
    for a, b in combinations(sorted(hull, key=lambda p: (p[1], p[0])), 2):
        distance = ((b[0] - a[0]) * width) ** 2 + ((b[1] - a[1]) * height) ** 2
        if distance > best:
            best, ends = distance, (a, b)
    return float(np.sqrt(best)), *ends


def _longest_chord_across(
    hull: list[Point], a: Point, b: Point, pixel: tuple[float, float]
) -> float:
    """Return the longest chord of a convex hull that is perpendicular to the line from a to b.

    Seen along that line the hull lies between an upper and a lower boundary, both made of straight
    pieces, so that their distance is largest at a corner.
    """
    if a == b:
        return 0.0
    scale = np.array([pixel[1], pixel[0]])
    points = np.array(hull, float) * scale
    start, end = np.array(a, float) * scale, np.array(b, float) * scale
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([-along[1], along[0]])
    t, u = (points - start) @ along, (points - start) @ across
    corners = np.unique(t)
    return float((_boundary(t, u, corners) + _boundary(t, -u, corners)).max())


def _boundary(t: Array, u: Array, corners: Array) -> Array:
    """Return how far a convex polygon with corners (t, u) reaches above u = 0, at `corners` of t.

    Its first and its last corner along t are at u = 0.
    """
    above = sorted((float(x), float(y)) for x, y in zip(t, u, strict=True) if y > 0)
    chain: list[tuple[float, float]] = []
    for x, y in [(float(t.min()), 0.0), *above, (float(t.max()), 0.0)]:
        while len(chain) > 1:
            (x1, y1), (x2, y2) = chain[-2:]
            if (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) < 0:
                break
            chain.pop()
        chain.append((x, y))
    xs, ys = zip(*chain, strict=True)
    heights: Array = np.interp(corners, xs, ys)
    return heights
