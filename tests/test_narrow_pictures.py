"""Pictures with so few rows or columns that too few frequencies are left to compare them by."""

from __future__ import annotations

import numpy as np
import pytest

from benchsmith.imaging.matched_pictures import likeness, thumbnail


def _noise(rows: int, columns: int, *channels: int) -> np.ndarray:
    shape = (rows, columns, *channels)
    return (np.arange(np.prod(shape)) ** 2 * 7919 % 251).astype(np.uint8).reshape(shape)


@pytest.mark.parametrize("shape", [(1, 1), (1, 128), (128, 1), (2, 90), (90, 3), (1, 128, 3)])
def test_a_narrow_picture_is_like_no_other(shape: tuple[int, ...]) -> None:
    narrow, wide = thumbnail(_noise(*shape)), thumbnail(_noise(128, 128))
    assert likeness(narrow, narrow) == likeness(narrow, wide) == likeness(wide, narrow) == 0.0


@pytest.mark.parametrize("shape", [(4, 128), (128, 5), (64, 64)])
def test_a_wider_picture_is_like_itself_mirrored(shape: tuple[int, ...]) -> None:
    plane = _noise(*shape)
    assert likeness(thumbnail(plane), thumbnail(plane[:, ::-1])) == pytest.approx(1, abs=2e-3)
