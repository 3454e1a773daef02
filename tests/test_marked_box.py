"""Boxes around marks, in volumes that lie in memory in every order; layers laid down by boxes."""

from __future__ import annotations

import hashlib
from itertools import permutations, product

import numpy as np
import pytest

from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.core.contracts import Layer, Structure
from benchsmith.imaging.geometry import plane, plane_box
from benchsmith.imaging.label_runs import areas_of_runs, boxes_of_areas, label_runs
from benchsmith.imaging.marked_box import marked_box
from benchsmith.stages.visibility import _median

AXES = ("axial", "coronal", "sagittal")


def drawn(name: str, count: int) -> np.ndarray:
    """Return whole numbers from 0 to 65535 that depend on a name alone."""
    return np.frombuffer(hashlib.shake_128(name.encode()).digest(2 * count), "<u2").astype(int)


def by_nonzero(voxels: np.ndarray) -> tuple[slice, ...]:
    """Return the box as NumPy's nonzero places give it."""
    return tuple(slice(int(p.min()), int(p.max()) + 1) for p in np.nonzero(voxels))


@pytest.mark.parametrize("kind", [bool, np.uint8, np.int16, np.uint32, np.int64])
def test_the_box_is_that_of_all_marks_in_any_order_of_memory(kind: type) -> None:
    for order, turned in product(permutations(range(3)), ((), (0,), (1, 2), (0, 1, 2))):
        stored = np.zeros((5, 7, 11), kind)
        places = drawn(f"{order} {turned}", 9).reshape(3, 3) % [5, 7, 11]
        stored[tuple(places.T)] = -1 if np.dtype(kind).kind == "i" else 1
        shown = np.flip(stored.transpose(order), turned)
        assert marked_box(shown) == by_nonzero(shown)
        # every second voxel of a larger volume: no order of memory is dense
        wide = np.zeros([2 * n for n in shown.shape], kind)
        wide[::2, ::2, ::2] = shown
        assert marked_box(wide[::2, ::2, ::2]) == by_nonzero(shown)


def test_a_volume_without_marks_has_no_box() -> None:
    assert marked_box(np.zeros((2, 3, 4), np.uint8)) is None
    assert marked_box(np.zeros((0, 3, 4), bool)) is None


def test_masks_are_laid_down_by_their_boxes_as_whole_ones_would_be() -> None:
    stack, whole = LayerStack((6, 9, 10)), [np.zeros((6, 9, 10), np.uint16)]
    numbers = [0]
    for k in range(400):
        z, y, x, *more = drawn(f"mask {k}", 6) % [5, 8, 9, 2, 2, 2]
        mask = np.zeros((2, 2, 2), bool)
        mask[tuple(more)] = True
        full = np.zeros((6, 9, 10), bool)
        full[z : z + 2, y : y + 2, x : x + 2] = mask
        free = [n for n, layer in enumerate(whole) if not layer[full].any()]
        if not free:
            whole.append(np.zeros((6, 9, 10), np.uint16))
            numbers.append(0)
        number = free[0] if free else len(whole) - 1
        numbers[number] += 1
        whole[number][full] = numbers[number]
        stack.add(mask, Structure(f"m{k}", ""), (int(z), int(y), int(x)))
    found = stack.layers()
    assert len(found) == len(whole)
    assert numbers[0] > 255
    for layer, expected, count in zip(found, whole, numbers, strict=True):
        assert isinstance(layer, Layer)
        assert layer.voxels.dtype == (np.uint8 if count < 256 else np.uint16)
        assert (layer.voxels == expected).all()


def test_boxes_of_values_are_those_of_their_voxels_in_every_plane() -> None:
    numbers = drawn("labels", 6 * 7 * 8).reshape(6, 7, 8)
    labels = np.where(numbers % 20 == 0, 1 + numbers // 20 % 4, 0).astype(np.uint8)
    boxes = boxes_of_areas(areas_of_runs(label_runs(labels), labels.shape, 5))
    assert not boxes[:, :, 5].any()
    for value in range(1, 5):
        expected = by_nonzero(labels == value)
        assert [slice(*ends) for ends in boxes[:, :, value].tolist()] == list(expected)
        inside = np.zeros(labels.shape, bool)
        inside[expected] = True
        for axis in AXES:
            shown = plane_box(boxes[:, :, value], labels.shape, axis)
            for index in range(labels.shape[AXES.index(axis)]):
                marked = np.argwhere(plane(inside, axis, index))
                if marked.size:
                    ends = (*marked.min(axis=0), *(marked.max(axis=0) + 1))
                    assert ends == (shown.y0, shown.x0, shown.y1, shown.x1)


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.float32, np.float64])
def test_the_median_is_numpys(kind: type) -> None:
    for size in (1, 2, 3, 8, 9, 100):
        values = (drawn(f"values {size}", size) / 300 - 100).astype(kind)
        assert _median(values) == float(np.median(values))
