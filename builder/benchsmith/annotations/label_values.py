"""The values of a label volume, renumbered without gaps, so that counting each takes little memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.image_labels import LabelRuns
from benchsmith.imaging.label_runs import label_runs, voxel_counts

MAX_VALUE = int(np.iinfo(np.uint16).max)
"""Largest value that is kept; ids may have 32 bits."""


class LabelValues(NamedTuple):
    """Labels with their values renumbered."""

    voxels: Array
    """(z, y, x) of the smallest unsigned type."""
    counts: Mapping[int, int]
    """Voxels of each stated value but 0."""
    numbers: Mapping[int, int]
    """The value in `voxels` of each stated value; the same one where all are small."""
    runs: LabelRuns
    """The runs of `voxels`."""


def renumbered(voxels: Array) -> LabelValues:
    """Return labels renumbered from 1 in their order if one is below 0 or above `MAX_VALUE`.

    The background stays 0. A signed file may hold a structure in a value below 0.
    """
    high = int(voxels.max(initial=0))
    if high > MAX_VALUE or (voxels.dtype.kind != "u" and int(voxels.min(initial=0)) < 0):
        values, index = np.unique(voxels, return_inverse=True)
        stated = [0, *(values[values != 0]).tolist()]
        place = np.cumsum(values != 0) * (values != 0)
        voxels = place[index].reshape(voxels.shape)
        high = int(voxels.max(initial=0))
    else:
        stated = list(range(high + 1))
    voxels = np.ascontiguousarray(voxels, np.min_scalar_type(high))
    runs = label_runs(voxels)
    counts = voxel_counts(runs)
    return LabelValues(
        voxels,
        {int(stated[v]): n for v, n in counts.items()},
        {int(stated[v]): v for v in counts},
        runs,
    )
