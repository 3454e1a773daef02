"""The runs of a label volume: stretches of one label along x.

There are far fewer runs than voxels, so counting on runs is cheap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.core.image_labels import LabelRuns

Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
BLOCK = 1 << 18
"""Voxels that are compared at a time."""


def label_runs(labels: Array) -> LabelRuns:
    """Return the runs of a label volume (z, y, x) of an unsigned integer dtype.

    One comparison of neighbours finds all runs of the volume.

    >>> label_runs(np.array([[[0, 2, 2, 1]]], np.uint8)).start.tolist()
    [1, 3]
    """
    width = labels.shape[-1]
    flat = np.ascontiguousarray(labels).ravel()
    change = _changes(flat)
    start = np.concatenate([[0], change])
    stop = np.concatenate([change, [flat.size]])
    marked = flat[start] != 0
    start, stop = start[marked], stop[marked]
    # a run may continue in the next row: cut it there
    rows = (stop - 1) // width - start // width + 1
    first = np.repeat(start // width, rows)
    first += np.arange(first.size) - np.repeat(np.cumsum(rows) - rows, rows)
    value = np.repeat(flat[start], rows).astype(np.int64)
    start = np.maximum(np.repeat(start, rows), first * width)
    stop = np.minimum(np.repeat(stop, rows), (first + 1) * width)
    return LabelRuns(start, stop, value)


def _changes(flat: Array) -> Ints:
    """Return the indices of a flat array whose value differs from the previous one."""
    found = []
    # comparing the whole volume at once would pass through memory three times
    unlike = np.empty(BLOCK, bool)
    for start in range(0, flat.size - 1, BLOCK):
        some = flat[start : start + BLOCK + 1]
        here = np.not_equal(some[1:], some[:-1], out=unlike[: some.size - 1])
        found.append(np.flatnonzero(here) + (start + 1))
    return np.concatenate(found) if found else np.empty(0, np.int64)


def areas_of_runs(runs: LabelRuns, shape: Sequence[int], highest: int) -> dict[str, Ints]:
    """Count each label's pixels in every plane of the three axes of a volume of `shape` (z, y, x).

    Returns, for each axis, an array (planes, highest + 1) in which value 0 is not counted.
    """
    depth, height, width = shape
    count = highest + 1
    row = runs.start // width
    z, y, x0 = row // height, row % height, runs.start - row * width
    length = runs.stop - runs.start
    x1 = x0 + length

    def table(place: Array, planes: int, weights: Array | None = None) -> Ints:
        flat = np.bincount(place * count + runs.value, weights, planes * count)
        return flat.astype(np.int64).reshape(planes, count)

    begun = table(x0, width + 1) - table(x1, width + 1)
    return {
        "axial": table(z, depth, length),
        "coronal": table(y, height, length),
        "sagittal": np.cumsum(begun, axis=0)[:width],
    }


def boxes_of_areas(areas: Mapping[str, Ints]) -> Ints:
    """Return the first and one past the last plane of each label on each axis, from its areas.

    `areas` is what `areas_of_runs` returns. The result is (3, 2, values): z, y and x; a label without
    voxels has 0 and 0.
    """
    found = []
    for axis in ("axial", "coronal", "sagittal"):
        there = areas[axis] > 0
        stop = (len(there) - there[::-1].argmax(axis=0)) * there.any(axis=0)
        found.append(np.stack([there.argmax(axis=0), stop]))
    return np.stack(found)


def voxel_counts(runs: LabelRuns) -> dict[int, int]:
    """Return the number of voxels of each label that is there."""
    total = np.bincount(runs.value, runs.stop - runs.start)
    return {int(v): int(total[v]) for v in np.flatnonzero(total)}


__all__ = ["LabelRuns", "areas_of_runs", "boxes_of_areas", "label_runs", "voxel_counts"]
