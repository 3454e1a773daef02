"""What is measured in published pictures: the colour of a mark."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import PIL.Image

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
