"""The smallest box around what is marked in a volume, found in one pass over its bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.imaging.memory_order import laid

Array = npt.NDArray[Any]
Box3D = tuple[slice, slice, slice]


def marked_box(voxels: Array) -> Box3D | None:
    """Return the slices of the smallest box with every value of a volume that is not 0.

    `voxels` has three axes of whole numbers or bool, in any order in memory, turned or not. None where
    all are 0. The volume is read in memory order, as bytes, and only planes with a mark are read
    again.

    >>> marked_box(np.eye(4, dtype=np.uint8)[None, 1:3])
    (slice(0, 1, None), slice(0, 2, None), slice(1, 3, None))
    """
    if not voxels.size:
        return None
    values, order, turned = laid(voxels)
    planes = np.flatnonzero(values.view(np.uint8).reshape(len(values), -1).max(axis=1))
    if not planes.size:
        return None
    some = values[planes[0] : planes[-1] + 1]
    flat = np.bitwise_or.reduce(some, axis=0) != 0
    ends = [_ends(planes), *(_ends(np.flatnonzero(flat.any(axis=a))) for a in (1, 0))]
    found = [slice(0)] * 3
    for axis, (low, high) in zip(order, ends, strict=True):
        size = voxels.shape[axis]
        found[axis] = slice(size - high, size - low) if axis in turned else slice(low, high)
    return found[0], found[1], found[2]


def _ends(places: npt.NDArray[np.intp]) -> tuple[int, int]:
    return int(places[0]), int(places[-1]) + 1
