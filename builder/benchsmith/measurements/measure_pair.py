"""Measure two structures of one image against each other: distance, contact, overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.structures import PairFacts, StructureShape
from benchsmith.measurements.runs_of_one import Runs, runs_of
from benchsmith.measurements.surface_distance import surface_distance


def measure_pair(
    one: StructureShape, other: StructureShape, spacing_mm: Sequence[float]
) -> PairFacts:
    """Return the facts of a pair of structures on one grid; `spacing_mm` is (z, y, x), or empty.

    All are exact, and measured on runs; voxels of a structure are examined only near the other one.
    Raises ValueError for structures of different grids.
    """
    if one.grid != other.grid or one.sample != other.sample:
        raise ValueError(f"{one.id} and {other.id} are not on one grid")
    first, second = sorted((one, other), key=lambda shape: shape.id)
    a, b = runs_of(first), runs_of(second)
    overlap, faces = _meeting(a, b)
    distance = contact = None
    if spacing_mm:
        z, y, x = spacing_mm
        contact = float(np.dot(faces, (y * x, z * x, z * y)))
        distance = 0.0 if overlap else _distance(a, b, faces, spacing_mm)
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


def _meeting(a: Runs, b: Runs) -> tuple[int, tuple[int, int, int]]:
    """Return the number of common voxels, and of faces between the two along z, y and x."""
    (low, high), (other_low, other_high) = a.box, b.box
    low, high = np.maximum(low, other_low) - 1, np.minimum(high, other_high) + 1
    a, b = a.within(low, high), b.within(low, high)
    overlap = a.common(b)
    only_a, only_b = (a.without(b), b.without(a)) if overlap else (a, b)
    z, y, x = (
        only_a.moved(axis).common(only_b) + only_b.moved(axis).common(only_a) for axis in range(3)
    )
    return overlap, (z, y, x)


def _distance(a: Runs, b: Runs, faces: tuple[int, int, int], spacing_mm: Sequence[float]) -> float:
    """Return the shortest distance of two structures that do not overlap; `faces` are their common faces."""
    touching = [side for side, count in zip(spacing_mm, faces, strict=True) if count]
    bound = float(min(touching, default=np.inf))
    # no two voxels are nearer to each other than the shortest side
    return bound if bound == min(spacing_mm) else surface_distance(a, b, spacing_mm, bound)
