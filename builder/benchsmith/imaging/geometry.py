"""Geometry: orientation, grids, slices, areas, boxes, polygons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

from benchsmith.core.model import PLANAR, Box

Array = npt.NDArray[Any]
Affine = npt.NDArray[np.float64]
RAS_TO_LPS: Affine = np.diag([-1.0, -1.0, 1.0, 1.0])
"""NIfTI's world frame to DICOM's: x and y change their sign (PS3.3 C.7.6.2.1.1)."""
MAX_AXIS_COSINE = 1e-2
"""Largest cosine between two axes: headers round; a tilted gantry shears more than that."""


def canonical(voxels: Array, affine: Affine) -> tuple[Array, Affine]:
    """Turn a volume into memory order (z, y, x) with axes nearest to L, P, S.

    `voxels` is indexed (x, y, z, ...) as `affine` (4x4, voxel to LPS millimetres) says. Only
    whole axes are swapped and flipped; nothing is resampled, so that each voxel keeps its value.
    Raises ValueError if the affine has no inverse, or its axes are not at right angles.
    """
    direction = affine[:3, :3]
    sides = np.linalg.norm(direction, axis=0)
    if not np.isfinite(affine).all() or abs(np.linalg.det(direction)) <= 1e-6 * np.prod(sides):
        raise ValueError("the affine has no inverse")
    cosines = direction / sides
    lean = float(np.abs(np.triu(cosines.T @ cosines, 1)).max())
    if lean > MAX_AXIS_COSINE:
        degrees = np.degrees(np.arcsin(min(lean, 1.0)))
        raise ValueError(f"the axes are sheared by {degrees:.1f} degrees")
    order = _nearest_axes(cosines)
    for world, voxel_axis in enumerate(order):
        if direction[world, voxel_axis] < 0:
            voxels = np.flip(voxels, voxel_axis)
            shift = np.eye(4)
            shift[voxel_axis, voxel_axis] = -1
            shift[voxel_axis, 3] = voxels.shape[voxel_axis] - 1
            affine = affine @ shift
    rest = tuple(range(3, voxels.ndim))
    affine = affine[:, [*order, 3]]
    return np.transpose(voxels, (*order[::-1], *rest)), affine


def _nearest_axes(cosines: npt.NDArray[np.float64]) -> tuple[int, int, int]:
    """Return the voxel axes along world x, y and z: the assignment with the largest cosines."""
    return max(
        ((0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)),
        key=lambda p: sum(abs(cosines[world, voxel]) for world, voxel in enumerate(p)),
    )


def unit_normal(affine: Affine) -> npt.NDArray[np.float64]:
    """Return the unit vector across the first two axes of an affine; zeros where these are parallel."""
    across = np.cross(affine[:3, 0], affine[:3, 1])
    length = float(np.linalg.norm(across))
    normal: npt.NDArray[np.float64] = across / length if length else across
    return normal


def corner_distance_mm(shape: Sequence[int], a: Affine, b: Affine) -> float:
    """Return the largest distance between two placements of a corner voxel, in millimetres.

    `shape` is (z, y, x); `a` and `b` are 4x4, voxel (x, y, z) to millimetres.
    """
    ends = [(0, n - 1) for n in reversed(tuple(shape)[:3])]
    corners = np.array([(*corner, 1) for corner in product(*ends)], dtype=float).T
    return float(np.linalg.norm(((a - b) @ corners)[:3], axis=0).max())


def plane(voxels: Array, axis: str, index: int) -> Array:
    """Return one plane (rows, columns) of a (z, y, x) volume, as a radiologist hangs it.

    Axial: the patient's right is at the left of the picture, the front at its top. Coronal and
    sagittal: the head is at the top; sagittal: the front is at the left.
    """
    cut: Array
    if axis in ("axial", PLANAR):
        cut = voxels[index]
    elif axis == "coronal":
        cut = voxels[::-1, index]
    else:
        cut = voxels[::-1, :, index]
    return cut


def plane_box(box: Array, shape: Sequence[int], axis: str) -> Box:
    """Return the box in a plane, as `plane` hangs it, of a box in a volume of `shape` (z, y, x).

    `box` is (3, 2): first and one past the last voxel along z, y and x.

    >>> plane_box(np.array([[0, 2], [3, 5], [6, 9]]), (10, 20, 30), "coronal")
    Box(x0=6, y0=8, x1=9, y1=10)
    """
    (z0, z1), (y0, y1), (x0, x1) = box.tolist()
    if axis in ("axial", PLANAR):
        return Box(x0=x0, y0=y0, x1=x1, y1=y1)
    top, bottom = shape[0] - z1, shape[0] - z0
    if axis == "coronal":
        return Box(x0=x0, y0=top, x1=x1, y1=bottom)
    return Box(x0=y0, y0=top, x1=y1, y1=bottom)


def plane_count(shape: Sequence[int], axis: str) -> int:
    """Return the number of planes of a (z, y, x) volume along an axis."""
    return shape[{"axial": 0, PLANAR: 0, "coronal": 1, "sagittal": 2}[axis]]


def pixel_mm(spacing_mm: Sequence[float], axis: str) -> tuple[float, float]:
    """Return the height and width of a plane's pixel in millimetres; (1, 1) where unknown."""
    if not spacing_mm:
        return (1.0, 1.0)
    z, y, x = spacing_mm
    return {"axial": (y, x), PLANAR: (y, x), "coronal": (z, x), "sagittal": (z, y)}[axis]


def box_of(mask: npt.NDArray[np.bool_]) -> Box:
    """Return the smallest box around a mask's pixels. Raises ValueError for an empty mask.

    >>> box_of(np.eye(3, dtype=bool)[1:])
    Box(x0=1, y0=0, x1=3, y1=2)
    """
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        raise ValueError("the mask is empty")
    return Box(x0=int(columns[0]), y0=int(rows[0]), x1=int(columns[-1]) + 1, y1=int(rows[-1]) + 1)


def crop(picture: Array, box: Box | None) -> Array:
    """Return the part of a picture inside a box; all of it for None."""
    return picture if box is None else picture[box.y0 : box.y1, box.x0 : box.x1]


def far_apart(area: npt.NDArray[np.int64], count: int, least: int) -> list[int]:
    """Choose up to `count` planes of a structure: the largest, then each the farthest from those chosen.

    Planes with fewer than `least` pixels, or less than half of the largest area, are skipped: the
    end of an organ is a poor picture of it. Ties go to the larger area, then the lower index.

    >>> far_apart(np.array([0, 6, 9, 10, 9, 8, 1]), 2, 1)
    [3, 5]
    """
    best = int(area.max(initial=0))
    planes = np.flatnonzero(area >= max(least, best / 2, 1))
    if not planes.size:
        return []
    chosen = [int(area.argmax())]
    while len(chosen) < min(count, planes.size):
        distance = np.abs(planes[:, None] - np.array(chosen)[None, :]).min(axis=1)
        order = np.lexsort((planes, -area[planes], -distance))
        if distance[order[0]] == 0:
            break
        chosen.append(int(planes[order[0]]))
    return chosen
