"""Measurements of the mark in a published picture: its colour and its thickness."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from benchsmith.core.contracts import Array

GREY_TOLERANCE = 12
"""Largest difference between the channels of a grey pixel, of 255."""
MAX_CAST = 32
"""Largest difference between the channels, of 255, of the cast of a grey picture: a scanned film may
be faintly blue. Marks differ by far more."""
MIN_AGREEMENT = 0.5
"""Share of the coloured pixels that must agree; otherwise the picture itself is coloured."""


class MarkLook(NamedTuple):
    """What a mark looks like on a grey picture."""

    colour: tuple[int, int]
    """Red minus green and green minus blue, each -255 to 255."""
    thickness: float
    """Median thickness of the line in pixels; of a filled region, that of the region."""


def mark_of(picture: Array) -> MarkLook | None:
    """Return what the mark in a picture (rows, columns, 3), uint8, looks like.

    None if there is no mark, or if the picture itself is coloured. On a grey picture the differences
    between channels come only from the mark, even if the mark is translucent. A faint cast of the
    whole picture is not a mark.
    """
    pixels = picture.astype(np.int16)
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
    if agree.mean() < MIN_AGREEMENT:
        return None
    return MarkLook((first, second), _thickness(coloured))


def _usual(one: Array, other: Array) -> tuple[int, int]:
    """Return the most frequent pair of red minus green and green minus blue."""
    pairs = (one.ravel() + 255).astype(np.int64) * 511 + other.ravel() + 255
    usual = int(np.bincount(pairs).argmax())
    return usual // 511 - 255, usual % 511 - 255


def _thickness(drawn: Array) -> float:
    """Return twice the median distance of the ridge of drawn pixels (rows, columns) to the ground."""
    padded = np.pad(drawn.astype(np.uint8), 1)
    distance = cv2.distanceTransform(padded, cv2.DIST_L2, cv2.DIST_MASK_PRECISE)
    ridge = (distance > 0) & (distance >= cv2.dilate(distance, np.ones((3, 3), np.uint8)))
    return 2 * float(np.median(distance[ridge]))
