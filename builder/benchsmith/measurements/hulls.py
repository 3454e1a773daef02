"""Convex hulls of structures in planes, of many planes at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchsmith.imaging.label_runs import Array, Ints


class Hulls(NamedTuple):
    """The corners of convex hulls, in two chains from top to bottom: the left one, then the right one."""

    x: Ints
    y: Ints
    """Of each corner, in voxels. A hull's chains may have an end in common, which is there twice."""
    chain: Ints
    """Ascending: 2 * hull for its left chain, and 1 more for its right one; each has a corner."""

    @property
    def hull(self) -> Ints:
        """Return the number of each corner's hull, ascending."""
        return self.chain // 2


def hulls_of_runs(hull: Ints, y: Ints, x: Ints, length: Ints) -> Hulls:
    """Return the convex hulls of runs of voxels, without corners that lie between others.

    `hull` numbers the hull that each run belongs to, ascending from 0 without gaps; the runs of one are sorted by
    row `y`. Of a chain a corner that is not outside of the line between those beside it is none of the
    hull. All such corners are left out at once, until none is left.
    """
    rows = np.flatnonzero((np.diff(hull, prepend=-1) != 0) | (np.diff(y, prepend=-1) != 0))
    left = np.minimum.reduceat(x, rows)
    right = np.maximum.reduceat(x + length - 1, rows)
    # to the left is outside of a left chain: there x is turned around
    side = np.tile([-1, 1], rows.size)
    order = np.argsort(np.stack([2 * hull[rows], 2 * hull[rows] + 1], axis=1), axis=None, kind="stable")
    chain = 2 * np.repeat(hull[rows], 2)[order] + (order % 2)
    out = (np.stack([-left, right], axis=1).ravel())[order]
    down = np.repeat(y[rows], 2)[order]
    while True:
        bent = np.ones(chain.size, bool)
        across = (out[1:-1] - out[:-2]) * (down[2:] - down[:-2])
        bent[1:-1] = across > (out[2:] - out[:-2]) * (down[1:-1] - down[:-2])
        bent[1:-1] |= (chain[1:-1] != chain[:-2]) | (chain[1:-1] != chain[2:])
        if bent.all():
            return Hulls(np.where(chain % 2, out, -out), down, chain)
        out, down, chain = out[bent], down[bent], chain[bent]
