"""Means and deviations of an image's values inside structures."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.imaging.memory_order import laid
from benchsmith.measurements.grouped_runs import GroupedRuns

CHUNK = 1 << 17
"""Voxels that are gathered at a time: they stay in the processor's cache."""


class RunValues(NamedTuple):
    """Sums over the values of each run, in float64."""

    total: Array
    squares: Array
    """Of the distances from the run's mean."""

    def of(self, runs: Ints) -> RunValues:
        """Return the sums of some runs, by their indices."""
        return RunValues(self.total[runs], self.squares[runs])


def run_values(runs: GroupedRuns, voxels: Array) -> RunValues:
    """Add up the values of each run, once for all groupings of the runs.

    `voxels` is (z, y, x) of any real dtype, in any order of memory; no copy of it is made if it is dense.
    """
    found = RunValues(np.zeros(runs.start.size), np.zeros(runs.start.size))
    flat, begin, step = _in_memory(runs, voxels)
    # in memory order, regardless of the group
    order = np.argsort(begin, kind="stable")
    before = np.cumsum(runs.length[order]) - runs.length[order]
    for some in np.split(order, np.flatnonzero(np.diff(before // CHUNK)) + 1):
        length = runs.length[some]
        edges = np.cumsum(length) - length
        places = np.repeat(begin[some] - edges * step, length)
        places += np.arange(places.size) * step
        values = flat.take(places).astype(np.float64)
        found.total[some] = np.add.reduceat(values, edges)
        values -= np.repeat(found.total[some] / length, length)
        values *= values
        found.squares[some] = np.add.reduceat(values, edges)
    return found


def mean_and_deviation(runs: GroupedRuns, values: RunValues) -> tuple[Array, Array]:
    """Return the mean and the standard deviation (divisor n) of each group's voxels, in float64.

    Values that are not finite make both NaN. Runs are combined by the rule of Chan, Golub and LeVeque
    (Am Stat 1983;37:242), so that a large mean does not swallow a small deviation.
    """
    count = runs.total(runs.length)
    with np.errstate(invalid="ignore"):
        mean = runs.total(values.total) / count
        between = runs.length * (values.total / runs.length - mean[runs.group]) ** 2
        deviation = np.sqrt(runs.total(values.squares + between) / count)
    return mean, deviation


def _in_memory(runs: GroupedRuns, voxels: Array) -> tuple[Array, Ints, int]:
    """Return the values in memory order, each run's first place there, and the step to its next value."""
    found = laid(voxels)
    begin = np.zeros(runs.start.size, np.int64)
    steps = [0, 0, 0]
    step = voxels.size
    for axis in found.order:
        step //= voxels.shape[axis]
        steps[axis] = -step if axis in found.turned else step
        begin += (voxels.shape[axis] - 1) * step if axis in found.turned else 0
    for axis, place in enumerate(runs.places):
        begin += place * steps[axis]
    return found.values.ravel(), begin, steps[2]
