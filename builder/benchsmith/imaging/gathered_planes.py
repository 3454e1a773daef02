"""Planes of a volume in the order of memory, those that lie across it gathered several at a time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.model import AXES
from benchsmith.imaging.geometry import plane

BATCH = 16
"""Planes that are gathered at once."""


class GatheredPlanes:
    """Cuts planes as :func:`benchsmith.imaging.geometry.plane` does, each in memory of its own order.

    Where neighbouring pixels of a plane lie a row of the volume apart, each of them takes a line of the
    processor's cache, and planes that are gathered together share it.
    """

    def __init__(self, voxels: Array, wanted: Iterable[tuple[str, int]] = ()) -> None:
        """Expect the planes `wanted`, by axis and index, in about this order."""
        self._voxels = voxels
        self._across = _across(voxels)
        # each index once, in the order of its first use
        self._wanted = list(dict.fromkeys(i for axis, i in wanted if axis == self._across))
        self._place = {index: n for n, index in enumerate(self._wanted)}
        self._gathered: dict[int, Array] = {}

    def get(self, axis: str, index: int) -> Array:
        """Return a plane, (rows, columns) or (rows, columns, 3), C-contiguous."""
        if axis != self._across or index not in self._place:
            return np.ascontiguousarray(plane(self._voxels, axis, index))
        if index not in self._gathered:
            start = self._place[index]
            batch = self._wanted[start : start + BATCH]
            self._gathered = dict(zip(batch, self._gather(batch), strict=True))
        return self._gathered[index]

    def _gather(self, batch: list[int]) -> Array:
        """Return planes across memory, (planes, rows, columns)."""
        number = AXES.index(self._across)
        turned = np.moveaxis(self._voxels, number, 2)
        found = np.empty((len(batch), *turned.shape[:2]), turned.dtype)
        # the head is at the top of coronal and sagittal planes
        rows = found if number == 0 else found[:, ::-1]
        for place, row in enumerate(turned):
            rows[:, place] = row[:, batch].T
        return found


def _across(voxels: Array) -> str:
    """Return the axis along which the voxels of a volume are neighbours in memory; empty for colours."""
    if voxels.ndim != len(AXES):
        return ""
    return AXES[int(np.argmin(np.abs(voxels.strides)))]
