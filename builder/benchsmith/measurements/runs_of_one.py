"""The runs of one structure in its volume, and what they share with those of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchsmith.core.structures import StructureShape
from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.measurements.packed_runs import unpack

Place = tuple[int, int, int]


class Voxels(NamedTuple):
    """A structure cut out of its volume."""

    mask: Array
    """(z, y, x) of bool: the smallest box around the structure."""
    low: Place
    """The voxel (z, y, x) of the volume at which the box begins."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of one structure, ascending by place; none continues in the next row, and no two overlap."""

    grid: Place
    """(z, y, x) of the volume."""
    start: Ints
    """First voxel of each, as a place in the flat volume."""
    stop: Ints
    """One past its last voxel."""

    @property
    def places(self) -> tuple[Ints, Ints, Ints]:
        """Return z, y and x of each run's first voxel."""
        _, height, width = self.grid
        row = self.start // width
        return row // height, row % height, self.start - row * width

    @property
    def box(self) -> tuple[Ints, Ints]:
        """Return the lowest voxel (z, y, x) of the box around the runs, and one past the highest."""
        z, y, x = self.places
        last = x + self.stop - self.start - 1
        low = np.array([z.min(), y.min(), x.min()])
        return low, np.array([z.max(), y.max(), last.max()]) + 1

    def within(self, low: Ints, high: Ints) -> Runs:
        """Return the runs that have a voxel in the box from `low` to `high` (z, y, x), half open."""
        z, y, x = self.places
        kept = (z >= low[0]) & (z < high[0]) & (y >= low[1]) & (y < high[1])
        kept &= (x + (self.stop - self.start) > low[2]) & (x < high[2])
        return Runs(self.grid, self.start[kept], self.stop[kept])

    def moved(self, axis: int) -> Runs:
        """Return the runs moved up by one voxel along an axis, cut off at the volume's end."""
        depth, height, width = self.grid
        z, y, x = self.places
        step = (height * width, width, 1)[axis]
        start, stop = self.start + step, self.stop + step
        if axis == 2:
            stop = np.minimum(stop, self.start - x + width)
        kept = (z < depth - 1, y < height - 1, start < stop)[axis]
        return Runs(self.grid, start[kept], stop[kept])

    def before(self, place: Ints) -> Ints:
        """Return how many voxels are before each of some places in the flat volume."""
        length = self.stop - self.start
        sums = np.concatenate([[0], np.cumsum(length)])
        run = np.searchsorted(self.start, place, side="right")
        # the last run that begins before a place may extend beyond it: that rest is not counted
        last = np.maximum(run - 1, 0)
        after = np.where(run > 0, np.maximum(self.stop[last] - place, 0), 0)
        return sums[run] - after

    def common(self, other: Runs) -> int:
        """Return the number of voxels that also belong to another structure."""
        if not (self.start.size and other.start.size):
            return 0
        return int((self.before(other.stop) - self.before(other.start)).sum())

    def without(self, other: Runs) -> Runs:
        """Return the voxels that do not belong to another structure, as runs that may touch."""
        edges = np.unique(np.concatenate([self.start, self.stop, other.start, other.stop]))
        own = np.diff(self.before(edges)) > 0
        kept = own & (np.diff(other.before(edges)) == 0)
        return Runs(self.grid, edges[:-1][kept], edges[1:][kept])

    def voxels(self) -> Voxels:
        """Return the voxels in the smallest box around them; there must be one."""
        low, high = self.box
        z, y, x = (place - first for place, first in zip(self.places, low, strict=True))
        size = high - low
        # a run begins with a step up and ends with a step down; each row has one more cell for the latter
        steps = np.zeros((size[0], size[1], size[2] + 1), np.int8)
        steps[z, y, x] += 1
        steps[z, y, x + self.stop - self.start] -= 1
        mask = np.cumsum(steps, axis=2, dtype=np.int8)[:, :, :-1].view(bool)
        return Voxels(mask, (int(low[0]), int(low[1]), int(low[2])))


def runs_of(shape: StructureShape) -> Runs:
    """Return the runs of a structure."""
    start, length = unpack(shape.runs)
    depth, height, width = shape.grid
    return Runs((depth, height, width), start, start + length)
