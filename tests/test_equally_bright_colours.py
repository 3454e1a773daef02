"""A picture of colours that are equally bright is not blank, and has a look of its own."""

from __future__ import annotations

import numpy as np
import pytest

from benchsmith.imaging.appearance import describe
from benchsmith.stages.measure import MIN_SPREAD


def stripes(*colours: tuple[int, int, int], down: bool = False) -> np.ndarray:
    """Return a picture of 96 x 96 pixels with stripes of equal width."""
    line = np.repeat(np.array(colours, np.uint8), 96 // len(colours), axis=0)
    picture = np.broadcast_to(line, (96, 96, 3))
    return np.ascontiguousarray(picture.swapaxes(0, 1) if down else picture)


RED, GREEN, BLUE = (240, 0, 0), (0, 240, 0), (0, 0, 240)


def test_stripes_of_pure_colours_are_not_blank() -> None:
    found = describe(stripes(RED, GREEN, BLUE))
    expected = np.repeat([255.0, 0.0, 0.0], 32).std()
    assert found.spread == pytest.approx(expected, rel=0.05)


def test_different_pictures_differ() -> None:
    pictures = [
        stripes(RED, GREEN),
        stripes(RED, GREEN, RED, GREEN),
        stripes(RED, GREEN, down=True),
    ]
    assert len({describe(p).look for p in pictures}) == 3
    assert len({describe(p).phash for p in pictures}) == 3


@pytest.mark.parametrize("level", [0, 90, 255])
def test_one_colour_is_blank(level: int) -> None:
    even = np.full((96, 96, 3), (level, level, level // 2), np.uint8)
    assert describe(even).spread < MIN_SPREAD


def test_a_picture_that_varies_in_grey_is_described_by_its_grey() -> None:
    """Its channels do not matter: a grey picture stored as colours has the look of the grey one."""
    grey = np.add.outer(np.arange(96), np.arange(96) * 1.6).astype(np.uint8)
    one, three = describe(grey), describe(np.stack([grey] * 3, axis=2))
    assert (one.phash, one.mirrors, one.spread) == (three.phash, three.mirrors, three.spread)
