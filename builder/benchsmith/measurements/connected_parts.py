"""Connected parts of structures, found on their runs."""

from __future__ import annotations

import numpy as np

from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.measurements.grouped_runs import GroupedRuns

EARLIER_ROWS = ((0, -1), (-1, -1), (-1, 0), (-1, 1))
"""Offsets (z, y) of the rows that hold half of a voxel's 26 neighbours; the others follow from them."""


def connected_parts(runs: GroupedRuns) -> Ints:
    """Return the part of each run: numbers from 0, each of one group.

    Voxels are connected with their 26 neighbours, which are 8 in a volume of one plane. Two runs
    are connected if they belong to one group, lie in neighbouring rows, and come within one voxel
    of each other along x.
    """
    # a build that has nothing to do imports this module too, and needs no graph
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    depth, height, width = runs.shape
    rows = depth * height
    # one number line for all groups: groups cannot meet on it, and each row has its own stretch
    line = runs.group * rows + runs.row
    x0 = runs.start - runs.row * width
    first = line * width + x0
    last = first + runs.length
    z, y, _ = runs.places
    one: list[Array] = []
    other: list[Array] = []
    for dz, dy in EARLIER_ROWS:
        there = np.flatnonzero((z + dz >= 0) & (y + dy >= 0) & (y + dy < height))
        base = (line[there] + dz * height + dy) * width
        left = base + np.maximum(x0[there] - 1, 0)
        right = base + np.minimum(x0[there] + runs.length[there] + 1, width)
        low = np.searchsorted(last, left, side="right")
        found = np.maximum(np.searchsorted(first, right, side="left") - low, 0)
        one.append(np.repeat(there, found))
        within = np.arange(int(found.sum())) - np.repeat(np.cumsum(found) - found, found)
        other.append(np.repeat(low, found) + within)
    a, b = np.concatenate(one), np.concatenate(other)
    graph = coo_array((np.ones(a.size, bool), (a, b)), shape=(line.size, line.size))
    part: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return part
