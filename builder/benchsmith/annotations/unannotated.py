"""Voxels of a label volume that nobody annotated: any label may be there."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Array


class Unannotated(NamedTuple):
    """What the voxels that were not annotated spoil."""

    beside: frozenset[int]
    """Values that border on such a voxel, so that their extent is unknown."""
    note: str
    """How many there are; empty if there are none."""


def taken_out(voxels: Array, ignored: Collection[int]) -> tuple[Array, Unannotated]:
    """Return labels (z, y, x) with 0 in place of the ignored values, and what these spoil."""
    there = np.isin(voxels, list(ignored)) if ignored else np.zeros((), bool)
    if not there.any():
        return voxels, Unannotated(frozenset(), "")
    beside: set[int] = set()
    for axis in range(3):
        one, other = (np.moveaxis(v, axis, 0) for v in (voxels, there))
        for values, hidden in ((one[1:], other[:-1]), (one[:-1], other[1:])):
            beside.update(np.unique(values[hidden]).tolist())
    kept = np.where(there, voxels.dtype.type(0), voxels)
    note = f"{int(there.sum())} voxels were not annotated: labels without marks may be there"
    return kept, Unannotated(frozenset(beside - {0} - set(ignored)), note)
