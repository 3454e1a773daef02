"""A single slice as a radiologist sees it, by the affine of its header."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.model import AXES
from benchsmith.imaging.geometry import Affine, canonical, pixel_mm, plane
from benchsmith.imaging.picture_turns import TURNS, to_stored, turn


@dataclass(frozen=True, slots=True)
class HungSlice:
    """A slice that was turned, and where it lies."""

    voxels: Array
    """(1, rows, columns, ...)"""
    scale: Affine
    """4x4, pixel (x, y, 0, 1) to mm, without a place."""
    place: Affine
    """4x4, pixel (x, y, 0, 1) to LPS mm; the third column is that of the stored slice."""
    code: int
    """How the stored slice was turned, as an EXIF orientation code."""


def hang(stored: Array, affine: Affine) -> HungSlice:
    """Turn a slice (rows, columns, ...) as its plane is seen.

    `affine` is 4x4, stored column, row and slice to LPS mm. Raises ValueError if it has no inverse,
    or its axes are not at right angles.
    """
    _, turned = canonical(_as_volume(stored), affine)
    spacing = tuple(float(s) for s in np.linalg.norm(turned[:3, :3], axis=0)[::-1])
    code = turn_of(affine)
    seen = np.ascontiguousarray(turn(stored[None], code))
    height_mm, width_mm = pixel_mm(spacing, _axis(affine))
    return HungSlice(
        seen,
        np.diag([width_mm, height_mm, 1.0, 1.0]),
        affine @ to_stored(code, seen.shape[2], seen.shape[1]),
        code,
    )


def turn_of(affine: Affine) -> int:
    """Return how a slice with an affine is turned for display, as an EXIF orientation code."""
    probe = np.arange(6).reshape(2, 3)
    voxels, _ = canonical(_as_volume(probe), affine)
    seen = plane(voxels, _axis(affine), 0)
    return next(code for code in TURNS if np.array_equal(turn(probe[None], code)[0], seen))


def _axis(affine: Affine) -> str:
    """Return the axis that a slice is cut across."""
    voxels, _ = canonical(np.empty((2, 3, 1)), affine)
    return AXES[voxels.shape.index(1)]


def _as_volume(stored: Array) -> Array:
    """Return a slice (rows, columns, ...) indexed (x, y, z, ...)."""
    return np.swapaxes(stored, 0, 1)[:, :, None]
