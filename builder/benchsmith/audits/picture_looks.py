"""What pictures look like: the colour of a mark, and how alike two planes are."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import PIL.Image

from benchsmith.imaging.appearance import DETAIL, LOOK, WAVES

SAMPLED = 400
"""Marked pictures that are opened."""
FAINT = 12
"""Difference between channels below which a pixel counts as grey."""
CLEAR = 0.5
"""Share of the coloured pixels that must agree; else the picture itself is in colours."""


def mark_of(png: bytes) -> tuple[int, int] | None:
    """Return a mark's red less green and green less blue; None where the picture has its own colours.

    On a grey picture these differences are the mark's alone, also where it is translucent.
    """
    pixels = np.asarray(PIL.Image.open(BytesIO(png)).convert("RGB")).astype(np.int16)
    one, other = pixels[..., 0] - pixels[..., 1], pixels[..., 1] - pixels[..., 2]
    coloured = np.maximum(np.abs(one), np.abs(other)) > FAINT
    if not coloured.any():
        return None
    one, other = one[coloured], other[coloured]
    usual = int(np.bincount((one + 255).astype(np.int64) * 511 + other + 255).argmax())
    first, second = usual // 511 - 255, usual % 511 - 255
    agree = np.maximum(np.abs(one - first), np.abs(other - second)) <= 2
    return (first, second) if agree.mean() >= CLEAR else None


def likeness(one: bytes, other: bytes) -> float:
    """Return the cosine between two looks, of the mirror images that are nearest.

    1 where a look is not known: then the hashes alone decide.
    """
    if not len(one) == len(other) == LOOK:
        return 1.0
    a, b = (np.frombuffer(look, np.int8)[:WAVES].astype(np.float64) for look in (one, other))
    rows, columns = np.indices((DETAIL, DETAIL)).reshape(2, -1)[:, 1:]
    size = float(np.sqrt((a @ a) * (b @ b)))
    # a mirror image changes the sign of every odd frequency along its axis
    products = (float((a * sign) @ b) for sign in (1.0, (-1.0) ** columns, (-1.0) ** rows))
    return max(products) / size if size else 1.0
