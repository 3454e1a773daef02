"""What a mask file marks: its values above 0, or those from a threshold on."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault
from benchsmith.imaging.file_signature import lossy_kind


def binary(voxels: Array, path: Path, threshold: int | None) -> Array:
    """Return what a mask marks, bool; without a threshold it has one value beside 0. Raises DataFault."""
    if threshold is not None:
        inside: Array = voxels >= threshold
        if not inside.any():
            _check_empty(voxels, path, threshold)
        return inside
    mask: Array = voxels != 0
    marked = voxels[mask]
    if marked.size and marked.min() < 0:
        what = (
            "a mask must mark with a value above 0, but this one has "
            f"{marked.min():g}; save 0 where nothing is marked"
        )
        raise DataFault("value-without-name", path, what)
    if marked.size and marked.min() != marked.max():
        raise DataFault(
            "value-without-name",
            path,
            f"a mask must have one value besides 0, but this one has "
            f"{np.unique(marked)[:5].tolist()}; "
            "set `threshold` if its edges are grey",
        )
    return mask


def _check_empty(voxels: Array, path: Path, threshold: int) -> None:
    """Refuse a mask that seems to mark something below the threshold. Raises DataFault.

    It has one value beside 0, or one next to the threshold. A JPEG has a little noise where nothing is
    marked.
    """
    above = np.unique(voxels[voxels > 0])
    one = len(above) == 1 and not lossy_kind(path)
    if len(above) and (one or above[-1] > threshold / 2):
        what = f"its largest value, {above[-1]}, is below the `threshold`, {threshold}"
        raise DataFault("value-without-name", path, what)
