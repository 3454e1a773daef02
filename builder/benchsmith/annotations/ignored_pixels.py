"""Pixels in which nothing was looked for: they are not a label, and no label is known to be absent there."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.contracts import Array, Fault


def set_apart(voxels: Array, ignore: Sequence[int]) -> tuple[Array, Array | None]:
    """Return labels with 0 for every ignored value, and the ignored pixels as bool of the same shape.

    None if no value is ignored, which saves passes over a volume.
    """
    ignored: Array | None = np.isin(voxels, ignore) if ignore else None
    if ignored is None or not ignored.any():
        return voxels, None
    return np.where(ignored, 0, voxels), ignored


def beside(voxels: Array, ignored: Array | None) -> frozenset[int]:
    """Return the labels (z, y, x) that border on an ignored voxel, so that their extent is unknown."""
    found: set[int] = set()
    if ignored is None:
        return frozenset()
    for axis in range(3):
        values, hidden = np.moveaxis(voxels, axis, 0), np.moveaxis(ignored, axis, 0)
        found.update(np.unique(values[1:][hidden[:-1]]).tolist())
        found.update(np.unique(values[:-1][hidden[1:]]).tolist())
    return frozenset(found - {0})


def extent_unknown(raw: str, at: str) -> Fault:
    """Return the fault of a structure that borders on an ignored voxel, because it may continue there."""
    return Fault("extent-unknown", at, f"{raw} touches an area that was not annotated", raw)


def not_looked_for(names: frozenset[str], ignored: Array | None) -> frozenset[str]:
    """Return the labels that may be in the image unmarked: all, if any pixel is ignored."""
    return frozenset() if ignored is None else names


def note(ignored: Array | None) -> str:
    """Return a note on the ignored pixels; empty without any."""
    if ignored is None:
        return ""
    count = int(np.count_nonzero(ignored))
    return f"{count} pixels were not annotated, so no label counts as absent"


def without(free: Array, ignored: Array | None) -> Array:
    """Return the free pixels (rows, columns) of a picture that are not ignored (1, rows, columns)."""
    return free if ignored is None else free & ~ignored[0]
