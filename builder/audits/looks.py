"""What is measured in pictures: the colour of a mark, and how alike two of them are."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import numpy.typing as npt
import PIL.Image

SAMPLED = 400
"""Marked pictures that are opened."""
FAINT = 12
"""Difference between channels below which a pixel counts as grey."""
SIDE = 64
CLEAR = 0.5
"""Share of the coloured pixels that must agree; else the picture itself is in colours."""


def mark_of(png: bytes) -> tuple[int, int] | None:
    """Return a mark's red less green and green less blue; None where the picture has its own colours.

    On a grey picture these differences are the mark's alone, also where it is translucent.
    """
    pixels = np.asarray(PIL.Image.open(BytesIO(png)).convert("RGB")).astype(np.int16)
    apart = np.stack([pixels[..., 0] - pixels[..., 1], pixels[..., 1] - pixels[..., 2]], axis=-1)
    coloured = apart[np.abs(apart).max(axis=-1) > FAINT]
    if not len(coloured):
        return None
    values, counts = np.unique(coloured, axis=0, return_counts=True)
    usual = values[counts.argmax()]
    agree = (np.abs(coloured - usual).max(axis=1) <= 2).mean()
    return (int(usual[0]), int(usual[1])) if agree >= CLEAR else None


def likeness(one: bytes, other: bytes) -> float:
    """Return the correlation of two pictures as grey ones of 64 x 64 pixels, or of one mirrored."""
    a, b = (_small(png) for png in (one, other))
    return max(_correlation(a, b), _correlation(a[:, ::-1], b))


def _small(png: bytes) -> npt.NDArray[np.float64]:
    picture = PIL.Image.open(BytesIO(png)).convert("L")
    small = picture.resize((SIDE, SIDE), PIL.Image.Resampling.BOX)
    return np.asarray(small).astype(np.float64)


def _correlation(a: npt.NDArray[np.float64], b: npt.NDArray[np.float64]) -> float:
    a, b = a - a.mean(), b - b.mean()
    size = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / size if size else 1.0
