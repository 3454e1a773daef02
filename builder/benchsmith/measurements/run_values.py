"""Means and deviations of an image's values inside structures."""

from __future__ import annotations

import numpy as np

from benchsmith.imaging.label_runs import Array
from benchsmith.measurements.grouped_runs import GroupedRuns

CHUNK = 1 << 21
"""Voxels that are gathered at a time, so that no copy of the volume is made."""


def mean_and_deviation(runs: GroupedRuns, voxels: Array) -> tuple[Array, Array]:
    """Return the mean and the standard deviation (divisor n) of each group's voxels, in float64.

    `voxels` is (z, y, x) of any real dtype. Values that are not finite make both NaN. Runs are
    summed one by one and put together by the rule of Chan, Golub and LeVeque (Am Stat 1983;37:242),
    so that a large mean does not swallow a small deviation.
    """
    sums, squares = np.zeros(runs.start.size), np.zeros(runs.start.size)
    depth, height, width = runs.shape
    order = np.argsort(runs.start, kind="stable")
    plane = runs.start[order] // (height * width)
    step = max(1, CHUNK // (height * width))
    for z in range(0, depth, step):
        begin, end = np.searchsorted(plane, [z, z + step])
        if begin == end:
            continue
        flat = np.ascontiguousarray(voxels[z : z + step]).ravel()
        for some in np.array_split(order[begin:end], _pieces(runs.length[order[begin:end]])):
            start, length = runs.start[some] - z * height * width, runs.length[some]
            edges = np.cumsum(length) - length
            within = np.arange(int(length.sum())) - np.repeat(edges - start, length)
            values = flat[within].astype(np.float64)
            sums[some] = np.add.reduceat(values, edges)
            values -= np.repeat(sums[some] / length, length)
            values *= values
            squares[some] = np.add.reduceat(values, edges)
    count = runs.total(runs.length)
    with np.errstate(invalid="ignore"):
        mean = runs.total(sums) / count
        between = runs.length * (sums / runs.length - mean[runs.group]) ** 2
        deviation = np.sqrt(runs.total(squares + between) / count)
    return mean, deviation


def _pieces(lengths: Array) -> int:
    """Return into how many pieces runs are divided: overlapping marks have more pixels than a plane."""
    return min(lengths.size, 1 + int(lengths.sum()) // CHUNK)
