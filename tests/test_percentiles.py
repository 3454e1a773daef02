"""Percentiles by counted levels against NumPy's; contours in a window against those of the whole picture."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from benchsmith.imaging import percentiles
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
