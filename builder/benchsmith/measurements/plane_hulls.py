"""Convex hulls of structures in planes and measurements across them, for many hulls at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.measurements.counted_ranges import counted_ranges

PAIRS = 1 << 16
"""Pairs of corners that are compared at a time."""


class Hulls(NamedTuple):
    """The corners of convex hulls, in voxels; those of one hull are in order around it."""

    x: Ints
    y: Ints
    begin: Ints
    """The first corner of each hull; each has one, and the same corner may be there twice."""

    @property
    def size(self) -> Ints:
        """Return how many corners each hull has."""
        return np.diff(self.begin, append=self.x.size)

    @property
    def hull(self) -> Ints:
        """Return the number of each corner's hull."""
        return np.repeat(np.arange(self.begin.size), self.size)


def hulls_of_runs(hull: Ints, y: Ints, x: Ints, length: Ints) -> Hulls:
    """Return the convex hulls of runs of voxels, without corners that lie between others.

    `hull` is the number of each run's hull, ascending from 0; the runs of a hull are sorted by row `y`.
    The ends of its rows make a chain on the left and one on the right. A corner that is not outside the
    line between its neighbours is not a corner of the hull. Such corners are removed until none is left.
    """
    rows = np.flatnonzero((np.diff(hull, prepend=-1) != 0) | (np.diff(y, prepend=-1) != 0))
    count = int(hull[-1]) + 1
    chain = np.concatenate([hull[rows], hull[rows] + count])
    # the left chains are mirrored, so that larger numbers are outside in both
    out = np.concatenate([-np.minimum.reduceat(x, rows), np.maximum.reduceat(x + length - 1, rows)])
    down = np.tile(y[rows], 2)
    while True:
        before = (out[1:-1] - out[:-2]) * (down[2:] - down[:-2])
        after = (out[2:] - out[:-2]) * (down[1:-1] - down[:-2])
        last = (chain[1:-1] != chain[:-2]) | (chain[1:-1] != chain[2:])
        kept = np.concatenate([[True], (before > after) | last, [True]])
        if kept.all():
            break
        out, down, chain = out[kept], down[kept], chain[kept]
    left = chain < count
    own = chain % count
    order = np.lexsort((np.where(left, -down, down), left, own))
    x = np.where(left, -out, out)
    return Hulls(x[order], down[order], np.flatnonzero(np.diff(own[order], prepend=-1)))


def diameters(hulls: Hulls, pixel: tuple[float, float]) -> tuple[Array, Ints]:
    """Return the longest distance of two corners of each hull, and the corners (hulls, 4) as x, y, x, y.

    `pixel` is (height, width) of a voxel. Of equal distances the first from the top is taken.
    """
    height, width = pixel
    order = np.lexsort((hulls.x, hulls.y, hulls.hull))
    x, y = hulls.x[order], hulls.y[order]
    length = np.zeros(hulls.begin.size)
    ends = np.zeros((hulls.begin.size, 4), np.int64)
    corner = np.arange(x.size)
    partners = np.repeat(hulls.begin + hulls.size, hulls.size) - corner
    for some, corners in _blocks(hulls, partners):
        one, other = counted_ranges(corner[corners], partners[corners])
        one += corners.start
        square = ((x[other] - x[one]) * width) ** 2 + ((y[other] - y[one]) * height) ** 2
        first = np.searchsorted(one, hulls.begin[some])
        most = np.maximum.reduceat(square, first)
        equal = np.flatnonzero(square == np.repeat(most, np.diff(first, append=one.size)))
        at = equal[np.searchsorted(equal, first)]
        length[some] = np.sqrt(most)
        ends[some] = np.stack([x[one[at]], y[one[at]], x[other[at]], y[other[at]]], axis=1)
    return length, ends


def chords_across(hulls: Hulls, ends: Ints, pixel: tuple[float, float]) -> Array:
    """Return the longest chord of each hull that is perpendicular to the line between its ends.

    `ends` is (hulls, 4) as x, y, x, y. From corner to corner along that line the length of a chord
    changes evenly, so that the longest one goes through a corner. It is 0 if both ends are the same
    voxel.
    """
    height, width = pixel
    hull = hulls.hull
    line: Array = (ends[:, 2:] - ends[:, :2]).astype(np.float64) * (width, height)
    line /= np.maximum(np.linalg.norm(line, axis=1, keepdims=True), min(pixel))
    x, y = (hulls.x - ends[hull, 0]) * width, (hulls.y - ends[hull, 1]) * height
    # places of corners along the line and across, and those of the next corner
    t, u = x * line[hull, 0] + y * line[hull, 1], y * line[hull, 0] - x * line[hull, 1]
    following = np.arange(t.size) + 1
    following[hulls.begin + hulls.size - 1] = hulls.begin
    long = t[following] - t
    rise = np.divide(u[following] - u, long, out=np.zeros(t.size), where=long != 0)
    low, high = np.minimum(t, t[following]), np.maximum(t, t[following])
    longest = np.zeros(hulls.begin.size)
    sides = hulls.size[hull]
    for some, corners in _blocks(hulls, sides):
        one, edge = counted_ranges(hulls.begin[hull[corners]], sides[corners])
        at = t[corners][one]
        met = (low[edge] <= at) & (at <= high[edge])
        place = u[edge] + (at - t[edge]) * rise[edge]
        first = np.cumsum(sides[corners]) - sides[corners]
        chord = np.maximum.reduceat(np.where(met, place, -np.inf), first) - np.minimum.reduceat(
            np.where(met, place, np.inf), first
        )
        longest[some] = np.maximum.reduceat(chord, hulls.begin[some] - corners.start)
    return longest


def _blocks(hulls: Hulls, pairs: Ints) -> Iterator[tuple[slice, slice]]:
    """Yield slices of the hulls, and of their corners, with few pairs; `pairs` are those of each corner."""
    before = np.cumsum(pairs) - pairs
    block = before[hulls.begin] // PAIRS
    edges = np.append(np.flatnonzero(np.diff(block, prepend=-1)), hulls.begin.size)
    corners = np.append(hulls.begin, pairs.size)
    for low, high in pairwise(edges.tolist()):
        yield slice(low, high), slice(int(corners[low]), int(corners[high]))
