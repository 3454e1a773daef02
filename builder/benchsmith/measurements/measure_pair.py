"""Measure two structures of one image against each other: distance, contact, overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.structures import PairFacts, StructureShape
from benchsmith.imaging.label_runs import Array
from benchsmith.measurements.packed_runs import Voxels, voxels_of


def measure_pair(
    one: StructureShape, other: StructureShape, spacing_mm: Sequence[float]
) -> PairFacts:
    """Return the facts of a pair of structures on one grid; `spacing_mm` is (z, y, x), or empty.

    The distance is exact: two structures that do not overlap are nearest at their surfaces, and
    all voxels of both surfaces are compared. Raises ValueError for structures of different grids.
    """
    if one.grid != other.grid or one.sample != other.sample:
        raise ValueError(f"{one.id} and {other.id} are not on one grid")
    first, second = sorted((one, other), key=lambda shape: shape.id)
    a, b = voxels_of(first), voxels_of(second)
    overlap, faces = _meeting(a, b)
    distance = contact = None
    if spacing_mm:
        z, y, x = spacing_mm
        contact = float(np.dot(faces, (y * x, z * x, z * y)))
        distance = 0.0 if overlap else _distance(a, b, spacing_mm)
    name, partner = (shape.id.removeprefix(f"{shape.sample}#") for shape in (first, second))
    return PairFacts(
        id=f"{first.sample}#{name}|{partner}",
        sample=first.sample,
        first=name,
        second=partner,
        distance_mm=distance,
        contact_mm2=contact,
        overlap_voxels=overlap,
    )


def _meeting(a: Voxels, b: Voxels) -> tuple[int, tuple[int, int, int]]:
    """Return the voxels of both, and the faces between one and the other along z, y and x."""
    low = np.maximum(a.low, b.low) - 1
    high = np.minimum(np.add(a.low, a.mask.shape), np.add(b.low, b.mask.shape)) + 1
    if (high - low < 2).any():
        return 0, (0, 0, 0)
    p, q = _window(a, low, high), _window(b, low, high)
    faces = []
    for axis in range(3):
        before = [slice(None)] * 3
        after = [slice(None)] * 3
        before[axis], after[axis] = slice(None, -1), slice(1, None)
        i, j = tuple(before), tuple(after)
        only_p, only_q = p & ~q, q & ~p
        faces.append(int((only_p[i] & only_q[j]).sum() + (only_q[i] & only_p[j]).sum()))
    return int((p & q).sum()), (faces[0], faces[1], faces[2])


def _window(voxels: Voxels, low: Array, high: Array) -> Array:
    """Return the part of a structure in the box from `low` to `high` (z, y, x), half open."""
    out = np.zeros(high - low, bool)
    start = np.maximum(low, voxels.low)
    stop = np.minimum(high, np.add(voxels.low, voxels.mask.shape))
    here = tuple(slice(s, e) for s, e in zip(start - low, stop - low, strict=True))
    there = tuple(slice(s, e) for s, e in zip(start - voxels.low, stop - voxels.low, strict=True))
    out[here] = voxels.mask[there]
    return out


def _distance(a: Voxels, b: Voxels, spacing_mm: Sequence[float]) -> float:
    """Return the shortest distance between the centres of voxels of two structures."""
    near, far = sorted((_surface(a), _surface(b)), key=len)
    scale = np.asarray(spacing_mm, float)
    from scipy.spatial import cKDTree  # takes a while to load, and most builds need it not

    found, _ = cKDTree(near * scale).query(far * scale)
    return float(found.min())


def _surface(voxels: Voxels) -> Array:
    """Return the places (n, 3) as (z, y, x) of voxels with one of 6 neighbours outside."""
    mask = voxels.mask
    padded = np.pad(mask, 1)
    inside = mask.copy()
    for axis in range(3):
        for shift in (-1, 1):
            inside &= np.roll(padded, shift, axis)[1:-1, 1:-1, 1:-1]
    places: Array = np.argwhere(mask & ~inside) + np.array(voxels.low)
    return places
