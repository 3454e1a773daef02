"""Connected parts of structures, found on their runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.measurements.counted_ranges import counted_ranges
from benchsmith.measurements.grouped_runs import GroupedRuns

FEW = 4
"""In rows of so many runs each run is compared with each; in others they are searched."""


def connected_parts(runs: GroupedRuns) -> Ints:
    """Return the number of each run's part, from 0; each part belongs to one group.

    Voxels are connected with their 26 neighbours, which are 8 in a volume of one plane. Two runs
    are connected if they belong to one group, lie in neighbouring rows, and come within one voxel
    of each other along x.
    """
    part = np.arange(runs.start.size)
    for later, earlier in _neighbours(runs):
        part = _joined(part, part[later], part[earlier])
    return part


def _joined(part: Ints, one: Ints, other: Ints) -> Ints:
    """Return the part of each run, after joining the parts whose runs in the first list touch runs in the second."""
    # a build that has nothing to do imports this module too, and needs no graph
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    apart = one != other
    if not apart.any():
        return part
    ends, count = (one[apart], other[apart]), int(part.max()) + 1
    graph = coo_array((np.ones(ends[0].size, bool), ends), shape=(count, count))
    joined: Ints = connected_components(graph, directed=False)[1].astype(np.int64)
    return joined[part]


class _Rows(NamedTuple):
    """The rows that hold runs of one group, ascending by group and place."""

    shape: tuple[int, int, int]
    """(z, y, x) of the volume."""
    line: Ints
    """Their places on one number line, on which groups cannot meet: group * rows of the volume + row."""
    begin: Ints
    """Their first runs."""
    size: Array
    """How many runs they have."""
    start: Array
    """Of each run its first voxel along x."""
    stop: Array
    """Of each run one past its last voxel along x."""

    def touch(self, one: Ints, other: Ints) -> Ints:
        """Return the indices at which a run touches another run in a neighbouring row."""
        near = (self.start[one] <= self.stop[other]) & (self.start[other] <= self.stop[one])
        return np.flatnonzero(near)


def _neighbours(runs: GroupedRuns) -> Iterator[tuple[Ints, Ints]]:
    """Yield connected runs, later ones with earlier ones, for four of the eight rows around a row.

    The others follow from them. Rows with a face in common come first, since they join most.
    """
    rows = _rows_of(runs)
    own = np.arange(rows.line.size)
    yield from _touching(rows, *_beside(rows, own - 1, 0, -1))
    height = rows.shape[1]
    below = np.searchsorted(rows.line, rows.line - height)
    yield from _touching(rows, *_beside(rows, below, -1, 0))
    yield from _touching(rows, *_beside(rows, below - 1, -1, -1))
    below += rows.line[below] == rows.line - height
    yield from _touching(rows, *_beside(rows, below, -1, 1))


def _rows_of(runs: GroupedRuns) -> _Rows:
    depth, height, width = runs.shape
    line = runs.row
    start = (runs.start - line * width).astype(np.int32)
    line += runs.group * (depth * height)
    begin = np.flatnonzero(np.diff(line, prepend=-1))
    count = np.diff(begin, append=line.size).astype(np.int32)
    return _Rows(runs.shape, line[begin], begin, count, start, start + runs.length.astype(np.int32))


def _beside(rows: _Rows, candidate: Ints, dz: int, dy: int) -> tuple[Ints, Ints]:
    """Return the rows that have a row beside them at (dz, dy), and that row: `candidate` if it exists."""
    depth, height, _ = rows.shape
    found = np.flatnonzero(rows.line[candidate] == rows.line + (dz * height + dy))
    # numbers of the rows of the next plane, or of the next group, follow on those of the last one
    z, y = np.divmod(rows.line[found], height)
    inside = (y + dy >= 0) & (y + dy < height) & (z % depth + dz >= 0)
    found = found[inside]
    return found, candidate[found]


def _touching(rows: _Rows, later: Ints, earlier: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Yield runs of some rows with runs of the rows beside them that they touch."""
    few = np.maximum(rows.size[later], rows.size[earlier]) <= FEW
    yield _searched(rows, later[~few], earlier[~few])
    later, earlier = later[few], earlier[few]
    one, other = [], []
    for i in range(FEW):
        more = rows.size[later] > i
        later, earlier = later[more], earlier[more]
        a, b = later, earlier
        for j in range(FEW):
            more = rows.size[b] > j
            a, b = a[more], b[more]
            runs, beside = rows.begin[a] + i, rows.begin[b] + j
            near = rows.touch(runs, beside)
            one.append(runs[near])
            other.append(beside[near])
    yield np.concatenate(one), np.concatenate(other)


def _searched(rows: _Rows, later: Ints, earlier: Ints) -> tuple[Ints, Ints]:
    """Return the runs of rows with many runs, with the runs of neighbouring rows that they touch."""
    row, run = counted_ranges(rows.begin[later], rows.size[later])
    there, candidates = counted_ranges(rows.begin[earlier], rows.size[earlier])
    # pairs of rows are consecutive, so a run meets only candidates of its own pair
    stretch = rows.shape[2] + 1
    at, beside = row * stretch, there * stretch
    low = np.searchsorted(beside + rows.stop[candidates], at + rows.start[run])
    high = np.searchsorted(beside + rows.start[candidates], at + rows.stop[run], side="right")
    some, place = counted_ranges(low, np.maximum(high - low, 0))
    return run[some], candidates[place]
