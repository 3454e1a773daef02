"""Pixels in which nothing was looked for: they are no label, and make no label absent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.contracts import Array


def set_apart(voxels: Array, ignore: Sequence[int]) -> tuple[Array, Array]:
    """Return labels with 0 for every ignored value, and where that was, as bool of their shape."""
    if not ignore:
        return voxels, np.zeros(voxels.shape, bool)
    ignored: Array = np.isin(voxels, ignore)
    return (np.where(ignored, 0, voxels) if ignored.any() else voxels), ignored


def not_looked_for(names: frozenset[str], ignored: Array) -> frozenset[str]:
    """Return the labels that may be in the image unmarked: all, if any pixel is ignored."""
    return names if ignored.any() else frozenset()


def note(ignored: Array) -> str:
    """Return a note on the ignored pixels; empty without any."""
    count = int(np.count_nonzero(ignored))
    return f"nothing was looked for in {count} pixels, so no label is absent" if count else ""
