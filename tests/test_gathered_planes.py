"""Planes that are gathered together are those that are cut one by one, in any order of memory."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from benchsmith.core.model import AXES
from benchsmith.imaging.gathered_planes import BATCH, GatheredPlanes
from benchsmith.imaging.geometry import plane

SHAPE = (5, 6, 2 * BATCH + 3)


@pytest.mark.parametrize("order", list(permutations(range(3))))
@pytest.mark.parametrize("turned", [(), (0,), (1, 2), (0, 1, 2)])
def test_every_plane_in_any_order(order: tuple[int, ...], turned: tuple[int, ...]) -> None:
    stored = np.arange(np.prod(SHAPE), dtype=np.int32).reshape(SHAPE)
    voxels = np.flip(stored.transpose(order), turned)
    wanted = [(a, i) for a, n in zip(AXES, voxels.shape, strict=True) for i in range(n)]
    wanted.sort(key=lambda one: (7 * one[1] % 5, one))
    planes = GatheredPlanes(voxels, wanted)
    for axis, index in [*wanted, wanted[0]]:
        found = planes.get(axis, index)
        assert found.flags.c_contiguous
        assert np.array_equal(found, plane(voxels, axis, index))


def test_planes_that_nobody_expected_and_colours() -> None:
    voxels = np.arange(np.prod(SHAPE)).reshape(SHAPE)
    for axis in AXES:
        assert np.array_equal(GatheredPlanes(voxels).get(axis, 1), plane(voxels, axis, 1))
    colours = np.arange(24).reshape(1, 2, 4, 3)
    assert np.array_equal(GatheredPlanes(colours).get("planar", 0), colours[0])
