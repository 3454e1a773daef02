"""What a picture plane looks like in a few numbers: for duplicates and for blank pictures."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from builder.ports import Array

SIDE = 32
RESIZED = (np.uint8, np.uint16, np.int16, np.float32)
"""Types that OpenCV makes smaller as they are."""


class Appearance(NamedTuple):
    """A plane's perceptual hash and how much there is to see."""

    phash: str
    """64 bits as 16 hex digits; pictures that look alike differ in few bits."""
    spread: float
    """Standard deviation of the 8-bit thumbnail, in grey levels."""


def describe(plane: Array) -> Appearance:
    """Describe a plane (rows, columns) or (rows, columns, 3).

    The thumbnail's grey levels run from the plane's 0.5th to its 99.5th percentile. The hash is
    the sign, about their median, of the 8 x 8 lowest frequencies of the thumbnail's cosine
    transform (the pHash of Zauner 2010).
    """
    if plane.dtype not in RESIZED:
        plane = plane.astype(np.float32)
    few = cv2.resize(np.ascontiguousarray(plane), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    small = (few if few.ndim == 2 else few.mean(axis=2)).astype(np.float32)
    low, high = np.percentile(small, (0.5, 99.5))
    if high > low:
        thumbnail = np.clip((small - low) / (high - low), 0, 1) * np.float32(255)
    else:
        thumbnail = np.zeros_like(small)
    waves = cv2.dct(thumbnail)[:8, :8].ravel()
    bits = np.packbits(waves > np.median(waves))
    return Appearance(bits.tobytes().hex(), float(thumbnail.std()))
