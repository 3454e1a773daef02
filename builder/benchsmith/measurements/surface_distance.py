"""The shortest distance of two structures, between the voxels of their surfaces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.measurements.runs_of_one import Runs

SAMPLES = 256
"""Runs of each structure that are compared first, so that most of both need not be."""
BLOCK = 4
"""Voxels of a side of the blocks in which surfaces are looked for, at least."""
SLACK = 1 + 1e-9
"""A little more than a bound, so that rounding loses no voxel."""


def surface_distance(one: Runs, other: Runs, spacing_mm: Sequence[float], bound: float) -> float:
    """Return the shortest distance between the centres of voxels of two structures, in mm.

    They have no voxel in common, and are at most `bound` apart, which may be infinite. `spacing_mm` is
    (z, y, x). The distance is exact: voxels that are farther from the other structure's box, or from its
    blocks, than two known voxels are from each other are left out, and all other voxels of both surfaces
    are compared.
    """
    from scipy.spatial import cKDTree  # takes a while to load, and most builds need it not

    scale = np.asarray(spacing_mm, float)
    for _ in range(2):
        bound = min(bound, _sampled(one, other, scale))
        reach = np.floor(bound * SLACK / scale).astype(np.int64)
        one, other = _near(one, other, reach), _near(other, one, reach)
    side = np.maximum(reach, BLOCK)
    a, b = _surface(one), _surface(other)
    few, many = sorted((a[_beside(a, b, side)], b[_beside(b, a, side)]), key=len)
    found, partner = cKDTree(few * scale).query(many * scale, distance_upper_bound=bound * SLACK)
    nearest = int(found.argmin())
    # from integers, so that places far from the first voxel lose no digits
    return float(np.linalg.norm((many[nearest] - few[partner[nearest]]) * scale))


def _sampled(one: Runs, other: Runs, scale: Array) -> float:
    """Return the shortest distance of some voxels of two structures."""
    from scipy.spatial.distance import cdist

    return float(cdist(*(_ends(runs) * scale for runs in (one, other))).min())


def _ends(runs: Runs) -> Ints:
    """Return the first and the last voxel (n, 3) of some runs."""
    some = np.unique(np.linspace(0, runs.start.size - 1, SAMPLES).astype(np.int64))
    first = np.stack(runs.places, axis=1)[some]
    last = first.copy()
    last[:, 2] += (runs.stop - runs.start)[some] - 1
    return np.concatenate([first, last])


def _near(one: Runs, other: Runs, reach: Ints) -> Runs:
    """Return the runs of one structure within a distance of the other's box, in voxels along each axis."""
    low, high = other.box
    return one.within(low - reach, high + reach)


def _surface(runs: Runs) -> Ints:
    """Return the places (n, 3) as (z, y, x) of voxels with one of 6 neighbours outside."""
    mask, low = runs.voxels()
    inside = mask.copy()
    for axis in range(3):
        own, held = np.moveaxis(mask, axis, 0), np.moveaxis(inside, axis, 0)
        held[1:] &= own[:-1]
        held[:-1] &= own[1:]
        held[[0, -1]] = False
    places: Ints = np.argwhere(mask & ~inside) + np.array(low)
    return places


def _beside(some: Ints, others: Ints, side: Ints) -> Array:
    """Return whether each of some voxels lies in a block (sides in voxels) of others or in one beside it."""
    low = np.minimum(some.min(axis=0), others.min(axis=0)) // side
    high = np.maximum(some.max(axis=0), others.max(axis=0)) // side
    taken = np.zeros(high - low + 3, bool)
    taken[tuple((others // side - low + 1).T)] = True
    for axis in range(3):
        moved = np.moveaxis(taken, axis, 0)
        moved[1:-1] |= moved[:-2] | moved[2:]
    found: Array = taken[tuple((some // side - low + 1).T)]
    return found
