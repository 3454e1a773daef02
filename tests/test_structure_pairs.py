"""Facts of pairs of structures, judged by all pairs of voxels, by all faces, and by a distance map."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage
from scipy.spatial.distance import cdist

from benchsmith.measurements.measure_pair import measure_pair
from tests.test_structure_facts import SPACING, Volume, blobs, shape_of, small_volumes


@settings(max_examples=60, deadline=None)
@given(small_volumes.filter(lambda volume: len(np.unique(volume[volume > 0])) == 2))
def test_a_pair_of_any_volume_agrees_with_all_voxels(labels: Volume) -> None:
    pair = measure_pair(shape_of(labels, 2), shape_of(labels, 1), SPACING)
    one, other = (np.argwhere(labels == v) * SPACING for v in (1, 2))
    assert pair.distance_mm == pytest.approx(float(cdist(one, other).min()))
    faces = 0.0
    for axis, area in enumerate((0.8 * 0.7, 2.5 * 0.7, 2.5 * 0.8)):
        moved = np.moveaxis(labels, axis, 0).astype(int)
        faces += area * int(
            (moved[1:] + moved[:-1] == 3).sum() - ((moved[1:] == 3) | (moved[:-1] == 3)).sum()
        )
    assert pair.contact_mm2 == pytest.approx(faces)
    assert (pair.id, pair.first, pair.second) == ("s/a#v1|v2", "v1", "v2")


@settings(max_examples=60, deadline=None)
@given(small_volumes, st.integers(0, 3))
def test_a_pair_that_may_overlap_has_its_common_voxels_and_faces(labels: Volume, by: int) -> None:
    one, other = labels > 0, np.roll(labels == 1, by, 2)
    if not other.any():
        return
    pair = measure_pair(
        shape_of(one.astype(np.uint8), 1), shape_of(2 * other.astype(np.uint8), 2), SPACING
    )
    assert pair.overlap_voxels == (one & other).sum()
    a, b, faces = one & ~other, other & ~one, 0.0
    for axis, area in enumerate((0.8 * 0.7, 2.5 * 0.7, 2.5 * 0.8)):
        p, q = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)
        faces += area * int((p[1:] & q[:-1]).sum() + (q[1:] & p[:-1]).sum())
    assert pair.contact_mm2 == pytest.approx(faces)


@pytest.mark.parametrize("spacing", [(2.5, 0.8, 0.7), (1, 1, 1), (0.4, 3, 3)])
def test_distances_are_those_of_a_distance_map(spacing: tuple[float, float, float]) -> None:
    """Structures beside one another, around one another, and far from one another."""
    labels = np.concatenate([blobs(3), np.zeros((30, 40, 44), np.uint8), blobs(5) * 4])
    labels[50, 35:, 2:4] = 7
    shapes = {int(v): shape_of(labels, int(v)) for v in np.unique(labels[labels > 0])}
    for a, b in combinations(shapes, 2):
        far = ndimage.distance_transform_edt(labels != a, sampling=spacing)[labels == b].min()
        pair = measure_pair(shapes[a], shapes[b], spacing)
        assert pair.distance_mm == pytest.approx(far), (a, b)


def test_overlapping_structures_have_no_distance() -> None:
    a = np.zeros((4, 9, 9), np.uint8)
    b = np.zeros((4, 9, 9), np.uint8)
    a[1:3, 2:6, 2:6] = 1
    b[1:3, 4:8, 5:9] = 2
    pair = measure_pair(shape_of(a, 1), shape_of(b, 2), SPACING)
    assert pair.distance_mm == 0
    assert pair.overlap_voxels == 4
    apart = measure_pair(shape_of(a, 1), shape_of(b, 2), ())
    assert apart.distance_mm is apart.contact_mm2 is None
