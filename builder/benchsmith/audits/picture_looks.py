"""Measurements of pictures: the colour of a mark, and the similarity of two planes."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import PIL.Image

from benchsmith.core.contracts import Array
from benchsmith.imaging.appearance import DETAIL, LOOK, WAVES

SAMPLED = 400
"""Number of marked pictures that are opened."""
GREY_TOLERANCE = 12
"""Largest difference between the channels of a grey pixel, of 255."""
MAX_CAST = 32
"""Largest difference between the channels, of 255, of the cast of a grey picture: a scanned film may
be faintly blue. Marks differ by far more."""
MIN_AGREEMENT = 0.5
"""Share of the coloured pixels that must agree; otherwise the picture itself is coloured."""


def mark_of(png: bytes) -> tuple[int, int] | None:
    """Return the mark's colour as red minus green and green minus blue, each -255 to 255.

    None if there is no mark, or if the picture itself is coloured. On a grey picture these
    differences come from the mark alone, even if the mark is translucent. A faint cast of the whole
    picture is no mark.
    """
    pixels = np.asarray(PIL.Image.open(BytesIO(png)).convert("RGB")).astype(np.int16)
    one, other = pixels[..., 0] - pixels[..., 1], pixels[..., 1] - pixels[..., 2]
    cast = _usual(one, other)
    if max(map(abs, cast)) > MAX_CAST:
        cast = (0, 0)
    coloured = np.maximum(np.abs(one - cast[0]), np.abs(other - cast[1])) > GREY_TOLERANCE
    if not coloured.any():
        return None
    one, other = one[coloured], other[coloured]
    first, second = _usual(one, other)
    agree = np.maximum(np.abs(one - first), np.abs(other - second)) <= 2
    return (first, second) if agree.mean() >= MIN_AGREEMENT else None


def _usual(one: Array, other: Array) -> tuple[int, int]:
    """Return the most frequent pair of red minus green and green minus blue."""
    usual = int(
        np.bincount((one.ravel() + 255).astype(np.int64) * 511 + other.ravel() + 255).argmax()
    )
    return usual // 511 - 255, usual % 511 - 255


def similarity(one: bytes, other: bytes) -> float:
    """Return the cosine similarity of two descriptors, the largest over mirror images.

    The descriptors are those of :mod:`benchsmith.imaging.appearance`. The result is 1 if one is
    missing, so that the hashes alone decide.
    """
    if not len(one) == len(other) == LOOK:
        return 1.0
    a, b = (np.frombuffer(look, np.int8)[:WAVES].astype(np.float64) for look in (one, other))
    rows, columns = np.indices((DETAIL, DETAIL)).reshape(2, -1)[:, 1:]
    size = float(np.sqrt((a @ a) * (b @ b)))
    # a mirror image changes the sign of every odd frequency along its axis
    products = (float((a * sign) @ b) for sign in (1.0, (-1.0) ** columns, (-1.0) ** rows))
    return max(products) / size if size else 1.0
