"""Labels moved from their own grid onto that of their image, by SimpleITK."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.imaging.geometry import Affine

NUDGE = 1e-6
"""Voxels by which every place is moved up: a place between two voxels takes the upper one, and does
not depend on how a processor rounds."""


def nearest(labels: Array, source: Affine, shape: Sequence[int], target: Affine) -> Array:
    """Return the nearest value of `labels` for each voxel of a grid; 0 outside of `labels`.

    Arrays are (z, y, x) of unsigned or signed integers; affines are 4x4, voxel (x, y, z) to LPS
    millimetres, at any angle to each other.
    """
    import SimpleITK as sitk  # most labels have their image's grid

    mapping = np.linalg.inv(source) @ target
    # both grids are indices here: a direction matrix of SimpleITK could not be sheared
    places = sitk.AffineTransform(3)
    places.SetMatrix(mapping[:3, :3].ravel().tolist())
    places.SetTranslation((mapping[:3, 3] + NUDGE).tolist())
    moving = sitk.GetImageFromArray(np.ascontiguousarray(labels))
    still = sitk.Image([int(n) for n in tuple(shape)[2::-1]], sitk.sitkUInt8)
    moved = sitk.Resample(moving, still, places, sitk.sitkNearestNeighbor, 0.0, moving.GetPixelID())
    found: Array = sitk.GetArrayFromImage(moved)
    return found
