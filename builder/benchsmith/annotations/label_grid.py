"""Bring a label volume onto its image's grid, or say why it cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image
from benchsmith.imaging.geometry import corner_distance_mm, resample_nearest

SAME = 0.5
"""Corners may lie apart by this share of the smallest voxel side: headers round."""


class OnGrid(NamedTuple):
    """Labels on the image's grid, and what was done to bring them there."""

    voxels: Array
    note: str


def onto(image: Image, labels: Image, path: Path, grid: str) -> OnGrid:
    """Return `labels` on the grid of `image`, both (z, y, x) in LPS.

    With `grid` ``same`` a label volume of another shape, or with a corner more than half a
    voxel away, is refused. With ``resample`` it is taken by nearest neighbour in world space.
    """
    shape = image.voxels.shape[:3]
    here = labels.voxels.shape
    if image.affine is None or labels.affine is None or image.planar:
        if here != shape:
            raise DataFault(
                "shape-mismatch", path, f"labels {_size(here)}, image {_size(shape)} pixels"
            )
        return OnGrid(labels.voxels, "")
    smallest = min(image.spacing_mm)
    if here == shape:
        away = corner_distance_mm(shape, image.affine, labels.affine)
        if away <= SAME * smallest:
            return OnGrid(labels.voxels, "")
        fault = DataFault(
            "grid-mismatch", path, f"its corners lie up to {away:.2f} mm away from the image's"
        )
    else:
        fault = DataFault(
            "shape-mismatch", path, f"labels {_size(here)}, image {_size(shape)} voxels"
        )
    if grid != "resample":
        raise fault
    moved = resample_nearest(labels.voxels, labels.affine, shape, image.affine)
    if labels.voxels.any() and not moved.any():
        raise DataFault("grid-mismatch", path, "no label lies inside the image")
    kept = np.count_nonzero(moved)
    return OnGrid(
        moved,
        f"labels resampled by nearest neighbour from {_size(here)} to {_size(shape)} "
        f"voxels ({kept} labelled)",
    )


def _size(shape: tuple[int, ...]) -> str:
    return " x ".join(str(n) for n in shape)
