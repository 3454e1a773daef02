"""The longest axial diameter of structures, and the longest chord perpendicular to it.

RECIST 1.1 measures a lesion by its longest diameter in the plane of the pictures, and a lymph node
by the perpendicular one (Eisenhauer et al., Eur J Cancer 2009;45:228-247).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.measurements.counted_ranges import counted_ranges
from benchsmith.measurements.grouped_runs import GroupedRuns
from benchsmith.measurements.plane_hulls import Hulls, chords_across, diameters, hulls_of_runs

DIRECTIONS = 8
"""A structure's extent is taken in as many directions, to shortlist the planes that are looked at."""


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
    can hold the longest diameter, and these are measured exactly: in each structure first the plane with the
    largest bound, and then those that may still have a longer one.
    """
    planes = _planes_of(runs)
    extent = _extents(runs, planes, pixel)
    # slightly more than the bound, so that rounding loses no plane
    bound = extent / np.cos(np.pi / (2 * DIRECTIONS)) * (1 + 1e-9)
    order = np.lexsort((-extent, planes.group))
    first = order[np.searchsorted(planes.group, np.arange(runs.count))]
    length = np.zeros(bound.size)
    ends = np.zeros((bound.size, 4), np.int64)
    length[first], ends[first] = diameters(_hulls(runs, planes, first), pixel)
    rest = bound >= length[first][planes.group]
    rest[first] = False
    if rest.any():
        length[rest], ends[rest] = diameters(_hulls(runs, planes, np.flatnonzero(rest)), pixel)
    # among equals, the lowest plane
    order = np.lexsort((-length, planes.group))
    best = order[np.searchsorted(planes.group, np.arange(runs.count))]
    across = chords_across(_hulls(runs, planes, best), ends[best], pixel)
    return [
        Diameter(*found)
        for found in zip(
            length[best].tolist(),
            across.tolist(),
            planes.z[best].tolist(),
            map(tuple, ends[best].tolist()),
            strict=True,
        )
    ]


class _Planes(NamedTuple):
    """The axial planes of each group, in order."""

    group: Ints
    z: Ints
    begin: Ints
    """Index of its first run."""
    size: Ints
    """Number of its runs."""


def _planes_of(runs: GroupedRuns) -> _Planes:
    z, _, _ = runs.places
    number = runs.group * runs.shape[0] + z
    begin = np.flatnonzero(np.diff(number, prepend=-1))
    return _Planes(runs.group[begin], z[begin], begin, np.diff(begin, append=z.size))


def _extents(runs: GroupedRuns, planes: _Planes, pixel: tuple[float, float]) -> Array:
    """Return the largest extent of each plane's voxels in `DIRECTIONS` directions."""
    height, width = pixel
    _, y, x = runs.places
    largest = np.zeros(planes.begin.size)
    low, high = x * width, (x + runs.length - 1) * width
    down = y * height
    for angle in np.arange(DIRECTIONS) * np.pi / DIRECTIONS:
        cosine, sine = np.cos(angle), np.sin(angle)
        near, far = (low, high) if cosine >= 0 else (high, low)
        most = np.maximum.reduceat(far * cosine + down * sine, planes.begin)
        least = np.minimum.reduceat(near * cosine + down * sine, planes.begin)
        np.maximum(largest, most - least, out=largest)
    return largest


def _hulls(runs: GroupedRuns, planes: _Planes, some: Ints) -> Hulls:
    """Return the hulls of some planes."""
    hull, run = counted_ranges(planes.begin[some], planes.size[some])
    _, height, width = runs.shape
    row = runs.start[run] // width
    return hulls_of_runs(hull, row % height, runs.start[run] - row * width, runs.length[run])
