"""The explorer's copies of pictures show what the PNG files show: sizes, colours of thin marks, noise."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO

import numpy as np
import PIL.Image
import pytest

from benchsmith.core.contracts import Array
from benchsmith.gallery.picture_copies import SMALL_SIDE_PX, Copies, copies


def png_of(pixels: Array) -> bytes:
    buffer = BytesIO()
    PIL.Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


def shown(text: str) -> Array:
    """Return the pixels of a copy, as a browser decodes it: (rows, columns, 3)."""
    data = base64.b64decode(text)
    assert data.startswith(b"\xff\xd8\xff"), "the page says that it is JPEG"
    with PIL.Image.open(BytesIO(data)) as opened:
        return np.asarray(opened.convert("RGB"), float)


def copied(pixels: Array) -> Copies:
    return next(copies([png_of(pixels)]))


def grey(side: int = 240) -> Array:
    """Return a smooth picture with values from 40 to 200."""
    y, x = np.mgrid[:side, :side] / side
    plane = 120 + 50 * np.sin(4 * x) + 30 * np.cos(5 * y)
    return np.repeat(plane.astype(np.uint8)[..., None], 3, axis=2)


@pytest.mark.parametrize("shape", [(1, 1), (3, 300), (300, 7), (201, 200), (512, 398)])
def test_the_full_copy_has_every_pixel_and_the_small_one_its_sides(shape: tuple[int, int]) -> None:
    pixels = np.resize(grey(), (*shape, 3))
    found = copied(pixels)
    assert (found.height, found.width) == shape == shown(found.full).shape[:2]
    assert max(shown(found.small).shape[:2]) == min(SMALL_SIDE_PX, max(shape))
    assert found.look.shape == (256,)


def test_a_line_of_one_pixel_keeps_its_colour() -> None:
    """Where colour is stored at every second pixel, as in WebP, a thin contour turns grey."""
    pixels = grey()
    pixels[100, 20:220] = pixels[20:220, 60] = (255, 0, 0)
    full = shown(copied(pixels).full)
    line = np.concatenate([full[100, 20:220], full[20:220, 60]])
    assert np.abs(line - (255, 0, 0)).mean() < 20
    beside = np.concatenate([full[97, 70:220], full[103, 70:220]])
    assert np.ptp(beside, axis=1).mean() < 20, "grey pixels stay grey"


def test_copies_are_near_the_picture() -> None:
    pixels = grey()
    found = copied(pixels)
    assert np.abs(shown(found.full) - pixels).mean() < 1.5
    side = SMALL_SIDE_PX
    # the mean of the pixels under each small one, by sums over a finer grid
    fine = np.kron(pixels[..., 0].astype(float), np.ones((5, 5)))
    means = fine.reshape(side, 6, side, 6).mean(axis=(1, 3))
    assert np.abs(shown(found.small)[..., 0] - means).mean() < 2


def test_noise_in_all_colours_is_copied() -> None:
    """It compresses worst: JPEG with optimised tables needs more room than Pillow gives it."""
    data = hashlib.shake_128(b"noise").digest(256 * 256 * 3)
    noise = np.frombuffer(data, np.uint8).reshape(256, 256, 3)
    assert shown(copied(noise).full).shape == (256, 256, 3)
