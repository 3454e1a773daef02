"""How well a region is seen: figures by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchsmith.imaging.geometry import box_of
from benchsmith.stages import visibility


def look(
    mask: np.ndarray, plane: np.ndarray | None = None, mm: tuple[float, float] = (1.0, 1.0)
) -> visibility.Region:
    plane = np.zeros(mask.shape, np.uint8) if plane is None else plane
    return visibility.of(mask, box_of(mask), plane, mm, drawn=False)


def test_parts_sides_and_shares_are_measured_in_millimetres() -> None:
    mask = np.zeros((40, 100), bool)
    mask[10:20, 10:40] = True
    mask[30:32, 10:15] = True
    found = look(mask, mm=(2.0, 1.0))
    assert found.parts == 2
    assert found.whole == pytest.approx(300 / 310)
    assert found.aspect == pytest.approx(80 / 100)
    assert found.side == pytest.approx(30 / 100)


@pytest.mark.parametrize(("left", "cut"), [(5, 0.0), (0, 10 / 36)])
def test_the_cut_share_is_of_the_outline(left: int, cut: float) -> None:
    """A square of 10 pixels has an outline of 36, of which one side may lie on the border."""
    mask = np.zeros((40, 40), bool)
    mask[10:20, left : left + 10] = True
    assert look(mask).cut == pytest.approx(cut)


def test_a_region_beyond_the_brain_lies_on_empty_ground_and_gas_does_not() -> None:
    """A body of 1 on a ground of 0, with a hole of 0 in it: only the ground counts."""
    plane = np.zeros((60, 60), np.int16)
    plane[20:50, 20:50] = 1
    plane[30:40, 30:40] = 0
    half, inside, gas = (np.zeros(plane.shape, bool) for _ in range(3))
    half[15:25, 25:35] = True
    inside[42:48, 25:35] = True
    gas[28:42, 28:42] = True
    assert look(half, plane).empty == pytest.approx(0.5)
    assert look(inside, plane).empty == 0
    assert look(gas, plane).empty == 0
    noisy = plane + (np.indices(plane.shape).sum(axis=0) % 3 * 5).astype(np.int16)
    assert look(half, noisy).empty == 0, "a ground with noise is a picture of air"


def test_contrast_is_in_median_deviations_and_needs_a_ring() -> None:
    mask = np.zeros((60, 60), bool)
    mask[20:40, 20:40] = True
    noise = (np.indices(mask.shape).sum(axis=0) % 5 * 2).astype(np.uint8)
    same = look(mask, noise + np.uint8(50)).contrast
    assert same is not None and same < 0.5
    apart = look(mask, noise + np.where(mask, 70, 50).astype(np.uint8)).contrast
    assert apart == pytest.approx(20 / 2, rel=0.3)
    flat = look(mask, np.where(mask, 9, 5).astype(np.uint8)).contrast
    assert flat == pytest.approx(visibility.MAX_CONTRAST)
    assert look(np.ones((20, 20), bool)).contrast is None


def test_a_long_region_is_compared_on_fewer_pixels_to_the_same_end() -> None:
    mask = np.zeros((400, 400), bool)
    mask[50:350, 60:340] = True
    plane = np.where(mask, 120, 100).astype(np.uint8)
    plane += (np.indices(mask.shape).sum(axis=0) % 7).astype(np.uint8)
    found = look(mask, plane).contrast
    assert found == pytest.approx(20 / 2, rel=0.3)
