"""Where things are: orientation, planes, areas, boxes, resampling."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from benchsmith.annotations.moved_labels import nearest
from benchsmith.core.model import AXES, Box
from benchsmith.imaging.geometry import (
    box_of,
    canonical,
    corner_distance_mm,
    far_apart,
    pixel_mm,
    plane,
)
from benchsmith.imaging.label_runs import areas_of_runs, label_runs

ORIENTATIONS = [
    (order, signs)
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]
SPACING = (1.0, 2.0, 3.0)


def stored(
    order: tuple[int, ...], signs: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return one anatomy stored in some orientation: voxels, affine, and the (z, y, x) truth."""
    truth_xyz = np.arange(4 * 5 * 6).reshape(4, 5, 6)
    affine = np.diag([*SPACING, 1.0])
    affine[:3, 3] = (-7, 11, 5)
    voxels = truth_xyz
    for axis, sign in enumerate(signs):
        if sign < 0:
            voxels = np.flip(voxels, axis)
            flip = np.eye(4)
            flip[axis, axis], flip[axis, 3] = -1, truth_xyz.shape[axis] - 1
            affine = affine @ flip
    return np.transpose(voxels, order), affine[:, [*order, 3]], truth_xyz.transpose(2, 1, 0)


@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS)
def test_all_48_orientations_give_the_same_voxels(
    order: tuple[int, ...], signs: tuple[int, ...]
) -> None:
    voxels, affine, truth = stored(order, signs)
    turned, where = canonical(voxels, affine)
    assert np.array_equal(turned, truth)
    assert np.allclose(where, [[1, 0, 0, -7], [0, 2, 0, 11], [0, 0, 3, 5], [0, 0, 0, 1]])


def test_an_affine_without_inverse_is_refused() -> None:
    with pytest.raises(ValueError, match="inverse"):
        canonical(np.zeros((2, 2, 2)), np.diag([1.0, 0.0, 1.0, 1.0]))


def test_planes_hang_as_a_radiologist_sees_them() -> None:
    """In LPS a bright voxel at the head, front, right side must come up at the top and left."""
    volume = np.zeros((4, 5, 6), int)
    volume[3, 0, 0] = 1  # most superior, most anterior, most right
    assert plane(volume, "axial", 3)[0, 0] == 1
    assert plane(volume, "coronal", 0)[0, 0] == 1
    assert plane(volume, "sagittal", 0)[0, 0] == 1
    assert plane(volume, "coronal", 0).shape == (4, 6)
    assert plane(volume, "sagittal", 0).shape == (4, 5)


def test_pixel_sizes_go_with_their_planes() -> None:
    zyx = (5.0, 0.7, 0.6)
    assert pixel_mm(zyx, "axial") == (0.7, 0.6)
    assert pixel_mm(zyx, "coronal") == (5.0, 0.6)
    assert pixel_mm(zyx, "sagittal") == (5.0, 0.7)
    assert pixel_mm((), "planar") == (1.0, 1.0)


@given(hnp.arrays(np.uint8, st.tuples(*[st.integers(1, 7)] * 3), elements=st.integers(0, 4)))
def test_areas_agree_with_counting_by_hand(labels: np.ndarray) -> None:
    found = areas_of_runs(label_runs(labels), labels.shape, 4)
    for axis in AXES:
        for index, row in enumerate(found[axis]):
            cut = plane(labels, axis, index)
            assert row.tolist() == [0, *((cut == v).sum() for v in range(1, 5))]


@given(hnp.arrays(bool, st.tuples(st.integers(1, 9), st.integers(1, 9))))
def test_a_box_holds_its_mask_and_no_less(mask: np.ndarray) -> None:
    if not mask.any():
        with pytest.raises(ValueError, match="empty"):
            box_of(mask)
        return
    box = box_of(mask)
    inside = mask[box.y0 : box.y1, box.x0 : box.x1]
    assert inside.sum() == mask.sum()
    assert inside[0].any() and inside[-1].any() and inside[:, 0].any() and inside[:, -1].any()


def test_far_apart_takes_the_largest_then_the_farthest() -> None:
    area = np.array([0, 5, 9, 10, 9, 6, 0])
    assert far_apart(area, 1, 1) == [3]
    assert far_apart(area, 3, 1) == [3, 5, 1]
    assert far_apart(area, 3, 7) == [3, 2, 4]
    assert far_apart(area, 9, 11) == []


def test_far_apart_never_takes_a_plane_twice() -> None:
    assert far_apart(np.array([4]), 3, 1) == [0]


def nearest_by_numpy(
    labels: np.ndarray, source: np.ndarray, shape: tuple[int, ...], target: np.ndarray
) -> np.ndarray:
    """Return labels on another grid, computed without SimpleITK: halves go to the upper voxel.

    A half is one also if it is rounded down by a millionth.
    """
    mapping = np.linalg.inv(source) @ target
    z, y, x = np.indices(shape)
    places = np.einsum("ij,j...->i...", mapping[:3, :3], np.stack([x, y, z]))
    near = np.floor(places + mapping[:3, 3][:, None, None, None] + 0.5 + 1e-6).astype(int)
    size = np.array(labels.shape[::-1])[:, None, None, None]
    inside = ((near >= 0) & (near < size)).all(axis=0)
    px, py, pz = np.clip(near, 0, size - 1)
    return np.where(inside, labels[pz, py, px], 0).astype(labels.dtype)


def turn(around_z: float, around_x: float) -> np.ndarray:
    """Return the matrix of a turn around two axes, angles in radians."""
    c, s, d, t = np.cos(around_z), np.sin(around_z), np.cos(around_x), np.sin(around_x)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array(
        [[1, 0, 0], [0, d, -t], [0, t, d]]
    )


ANGLES = st.sampled_from([0.0, 0.1, -0.4, np.pi / 4, 1.2])
SIDES = st.sampled_from([0.5, 0.73, 1.0, 1.5, 2.0])


@given(
    hnp.arrays(np.uint8, st.tuples(*[st.integers(1, 9)] * 3), elements=st.integers(0, 4)),
    st.tuples(*[st.integers(1, 9)] * 3),
    st.tuples(ANGLES, ANGLES, SIDES, SIDES, SIDES),
    st.tuples(ANGLES, ANGLES, SIDES, SIDES, SIDES),
    st.tuples(*[st.sampled_from([0.0, 0.5, -3.0, 2.25])] * 3),
)
def test_labels_of_oblique_grids_are_in_the_right_voxels(
    labels: np.ndarray, shape: tuple[int, ...], source: tuple[float, ...],
    target: tuple[float, ...], origin: tuple[float, ...],
) -> None:  # fmt: skip
    """Grids at any angle, also those whose voxels meet in the middle between two others."""
    affines = []
    for a, b, *sides in (source, target):
        affine = np.eye(4)
        affine[:3, :3] = turn(a, b) @ np.diag(sides)
        affines.append(affine)
    affines[1][:3, 3] = origin
    moved = nearest(labels, affines[0], shape, affines[1])
    assert moved.dtype == labels.dtype
    assert np.array_equal(moved, nearest_by_numpy(labels, affines[0], shape, affines[1]))


def test_resampling_finds_each_voxel_s_nearest_label() -> None:
    """Labels of 2 mm on a grid of 1 mm that begins 1 mm further in."""
    labels = np.zeros((3, 3, 3), np.uint8)
    labels[1, 1, 1] = 5
    coarse, fine = np.diag([2.0, 2, 2, 1]), np.eye(4)
    fine[:3, 3] = 1
    moved = nearest(labels, coarse, (3, 3, 3), fine)
    # world x of fine voxel i is 1 + i; label 5 covers world 1 to 3, its upper end open
    assert moved[:2, :2, :2].min() == 5
    assert moved[2].max() == 0 and moved[:, 2].max() == 0 and moved[:, :, 2].max() == 0


def test_corner_distance_is_in_millimetres() -> None:
    a, b = np.eye(4), np.eye(4)
    b[0, 3] = 0.25
    assert corner_distance_mm((4, 5, 6), a, b) == pytest.approx(0.25)
    b = np.diag([1.1, 1, 1, 1])
    assert corner_distance_mm((4, 5, 6), a, b) == pytest.approx(0.5)


def test_a_box_counts_its_pixels() -> None:
    assert Box(x0=2, y0=3, x1=5, y1=7).area == 12
