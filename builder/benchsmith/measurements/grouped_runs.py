"""Runs of voxels with the structure, or part of a structure, of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from benchsmith.core.picture_marks import Mark
from benchsmith.imaging.label_runs import Array, Ints, LabelRuns


@dataclass(frozen=True, slots=True)
class GroupedRuns:
    """Runs sorted by group, then by place. Runs of one group do not overlap; groups may."""

    shape: tuple[int, int, int]
    """(z, y, x) of the volume."""
    start: Ints
    """First voxel of each run, as a place in the flat volume."""
    length: Ints
    group: Ints
    """0 to `count` - 1, ascending; each group has a run."""
    count: int

    @property
    def row(self) -> Ints:
        """Return the row of each run, z * height + y."""
        rows: Ints = self.start // self.shape[2]
        return rows

    @property
    def places(self) -> tuple[Ints, Ints, Ints]:
        """Return z, y and x of each run's first voxel."""
        _, height, width = self.shape
        row = self.row
        return row // height, row % height, self.start - row * width

    def first_runs(self) -> Ints:
        """Return the index of each group's first run."""
        return np.searchsorted(self.group, np.arange(self.count))

    def total(self, weights: Array) -> Array:
        """Return the sum over the runs of each group of a number per run."""
        return np.bincount(self.group, weights, self.count)

    def regrouped(self, group: Ints, count: int) -> tuple[GroupedRuns, Ints]:
        """Return the runs under other groups, and their indices here; those with a negative group are left out.

        Runs of a new group must be in the order of their places, as runs of one group are.
        """
        kept = np.flatnonzero(group >= 0)
        # numbers of 16 bits are sorted several times faster
        small = group[kept].astype(np.int64 if count > 1 << 16 else np.uint16)
        order = kept[np.argsort(small, kind="stable")]
        runs = GroupedRuns(self.shape, self.start[order], self.length[order], group[order], count)
        return runs, order


def of_labels(runs: LabelRuns, shape: Sequence[int], values: Sequence[int]) -> GroupedRuns:
    """Group the runs of a label volume by label: group i is `values[i]`, which must occur."""
    group_of = np.full(max(int(runs.value.max(initial=0)), *values, 0) + 1, -1, np.int64)
    group_of[list(values)] = np.arange(len(values))
    plain = GroupedRuns(_shape(shape), runs.start, runs.stop - runs.start, runs.value, 0)
    return plain.regrouped(group_of[runs.value], len(values))[0]


def of_marks(marks: Mapping[int, Mark], height: int, width: int) -> GroupedRuns:
    """Group the runs of a picture's marks: group i is the i-th mark of `marks`."""
    pairs = [mark.runs() for mark in marks.values()]
    start = np.concatenate([np.asarray(p[0], np.int64) for p in pairs])
    stop = np.concatenate([np.asarray(p[1], np.int64) for p in pairs])
    group = np.repeat(np.arange(len(pairs)), [len(p[0]) for p in pairs])
    return GroupedRuns((1, height, width), start, stop - start, group, len(pairs))


def _shape(shape: Sequence[int]) -> tuple[int, int, int]:
    depth, height, width = shape
    return int(depth), int(height), int(width)
