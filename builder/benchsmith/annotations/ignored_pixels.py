"""Pixels in which nothing was looked for: they are no label, and make no label absent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.contracts import Array, Fault


def set_apart(voxels: Array, ignore: Sequence[int]) -> tuple[Array, Array]:
    """Return labels with 0 for every ignored value, and where that was, as bool of their shape."""
    if not ignore:
        return voxels, np.zeros(voxels.shape, bool)
    ignored: Array = np.isin(voxels, ignore)
    return (np.where(ignored, 0, voxels) if ignored.any() else voxels), ignored


def beside(voxels: Array, ignored: Array) -> frozenset[int]:
    """Return the labels (z, y, x) that border on an ignored voxel, so that their extent is unknown."""
    found: set[int] = set()
    for axis in range(3) if ignored.any() else ():
        values, hidden = np.moveaxis(voxels, axis, 0), np.moveaxis(ignored, axis, 0)
        found.update(np.unique(values[1:][hidden[:-1]]).tolist())
        found.update(np.unique(values[:-1][hidden[1:]]).tolist())
    return frozenset(found - {0})


def extent_unknown(raw: str, at: str) -> Fault:
    """Return the fault of a structure that borders on an ignored voxel: it may go on there."""
    return Fault("extent-unknown", at, f"{raw} borders on what was not annotated", raw)


def not_looked_for(names: frozenset[str], ignored: Array) -> frozenset[str]:
    """Return the labels that may be in the image unmarked: all, if any pixel is ignored."""
    return names if ignored.any() else frozenset()


def note(ignored: Array) -> str:
    """Return a note on the ignored pixels; empty without any."""
    count = int(np.count_nonzero(ignored))
    return f"nothing was looked for in {count} pixels, so no label is absent" if count else ""
