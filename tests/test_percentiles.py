"""Percentiles by counted levels against NumPy's; contours in a window against those of the whole picture."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from benchsmith.imaging import ordered_floats, percentiles
from benchsmith.imaging.rendering import mask_to_contour

WANTED = (0, 0.5, 25, 50, 75, 98, 99.5, 100)


def drawn(name: str, shape: tuple[int, ...], kind: type) -> np.ndarray:
    """Return numbers of a dtype over all of its range that depend on a name alone."""
    count = int(np.prod(shape)) * np.dtype(kind).itemsize
    return np.frombuffer(hashlib.shake_128(name.encode()).digest(count), kind).reshape(shape)


def by_numpy(voxels: np.ndarray) -> list[float]:
    """Return the percentiles of the foreground as the definition says, of 64-bit floats."""
    values = voxels.astype(np.float64)
    bottom, top = np.percentile(values, (2, 98))
    inside = values[values > bottom + 0.1 * (top - bottom)]
    return [float(p) for p in np.percentile(inside if inside.size else values, WANTED)]


@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.uint16, np.int16])
def test_counted_levels_give_the_percentiles_of_all_values(
    kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(percentiles, "MIN_COUNTED", 1)
    # so few at a time that a volume is counted in several parts
    monkeypatch.setattr(percentiles, "MAX_COUNTED", 1000)
    wide = drawn("wide", (11, 13, 17), kind)
    flat = np.full((3, 4, 5), 7, kind)
    two = np.where(wide > 5, kind(9), kind(3))
    some = (wide // 8).astype(kind)
    for voxels in (
        wide,
        wide[::-1, :, ::-1],
        wide.transpose(2, 0, 1),
        wide[:, ::2],
        flat,
        two,
        some,
    ):
        assert percentiles.foreground_percentiles(voxels, WANTED) == by_numpy(voxels)


def test_ordered_floats_give_the_percentiles_of_all_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(percentiles, "MIN_COUNTED", 1)
    monkeypatch.setattr(ordered_floats, "BLOCK", 500)
    whole = drawn("floats", (11, 13, 17), np.int16).astype(np.float32)
    fine = (whole / 7 + 3.14).astype(np.float32)
    steep = np.float32(1.1) ** (whole / 300) * np.sign(whole)
    two = np.where(whole > 5, np.float32(0.1), np.float32(-0.0))
    mostly = np.where(whole > 30000, whole, np.float32(0))
    flat = np.full((3, 4, 5), 0.3, np.float32)
    for voxels in (whole, fine, fine[::-1, :, ::-1], steep.astype(np.float32), two, mostly, flat):
        found = percentiles.foreground_percentiles(voxels, WANTED)
        bottom, top = np.percentile(voxels, (2, 98))
        inside = voxels[voxels > bottom + 0.1 * (top - bottom)]
        expected = np.percentile(inside if inside.size else voxels, WANTED)
        assert found == [float(one) for one in expected]


def test_floats_are_found_by_rank_and_counted_up_to_a_limit() -> None:
    values = drawn("ranks", (4000,), np.int16).astype(np.float32) / np.float32(3)
    ordered, found = np.sort(values), ordered_floats.OrderedFloats(values)
    ranks = [0, 1, 7, 1999, 2000, 3998, 3999]
    assert found.of_ranks(ranks) == [ordered[rank] for rank in ranks]
    for limit in (-1e9, -3.3, float(ordered[5]), float(ordered[5]) + 1e-9, 0.0, 77.123456789, 1e9):
        assert found.count_up_to(limit) == int((values <= limit).sum())


def test_each_level_is_counted_as_often_as_it_is_there() -> None:
    voxels = drawn("levels", (9, 30, 30), np.int16) // 4096
    levels, counts = percentiles.level_counts(voxels)
    found, expected = np.unique(voxels, return_counts=True)
    assert levels[counts > 0].tolist() == found.tolist()
    assert counts[counts > 0].tolist() == expected.tolist()


@pytest.mark.parametrize("voxel_px", [1.0, 2.5, 10.0])
def test_contours_in_a_window_are_those_of_the_whole_picture(
    voxel_px: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, columns = np.indices((300, 280))
    ring = np.abs(np.hypot(rows - 150, columns - 140) - 60) < 22
    for mask in (
        ring,
        np.roll(ring, (-85, 70), (0, 1)),  # out at the top and at the right, in at the other side
        (np.hypot(rows - 4, columns - 2) < 9) | (np.hypot(rows - 200, columns - 270) < 15),
        (rows == 120) & (columns == 130),
    ):
        found = mask_to_contour.contour_lines(mask, voxel_px)
        with monkeypatch.context() as whole:
            whole.setattr(mask_to_contour, "_around", lambda *_: (slice(0, 300), slice(0, 280)))
            expected = mask_to_contour.contour_lines(mask, voxel_px)
        assert [line.tolist() for line in found] == [line.tolist() for line in expected]
        assert found
    assert not mask_to_contour.contour_lines(np.zeros((30, 30), bool))
