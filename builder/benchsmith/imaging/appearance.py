"""A picture plane's appearance in a few numbers, to find copies and bad pictures."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Array

SIDE = 32
HASHED = 8
"""Frequencies along each side in the perceptual hash."""
DETAIL = 16
"""Frequencies along each side in the look."""
WAVES = DETAIL * DETAIL - 1
"""Signed numbers at the start of a look: all frequencies except the mean."""
GREYS = 16
"""Bins of a look's histogram, which follows the waves."""
COLOURS = 3
"""Means of red, green and blue at a look's end; zeros for a grey picture."""
LOOK = WAVES + GREYS + COLOURS
"""Bytes of a look."""
MIN_LEVEL_ABOVE_MEDIAN = 4.0
"""Least height of a frequency above the median, in grey levels: a symmetric picture has no odd
frequencies, so that half of its hash would be noise."""
WAVE_SCALE = 512.0
SAMPLED_SIDE = 64
"""Rows and columns of the grid on which shares of grey levels are counted."""
DARK, BRIGHT = 0.05, 0.98
"""Grey levels, 0 to 1, up to which a pixel is near black, and from which it is saturated."""
MIDDLE_LEVELS = (0.1, 0.9)
"""Range of grey levels that a two-valued picture lacks."""
RESIZABLE_TYPES = (np.uint8, np.uint16, np.int16, np.float32)
"""Types that OpenCV resizes without conversion."""


class Appearance(NamedTuple):
    """A plane's perceptual hash, its look, and statistics of its grey levels."""

    phash: str
    """64 bits as 16 hex digits; pictures that look alike differ in few bits."""
    mirrors: str
    """Hashes of the plane mirrored left to right and top to bottom, 16 hex digits each."""
    look: bytes
    """`WAVES` signed bytes, `GREYS` and `COLOURS` unsigned ones; see :func:`describe`."""
    spread: float
    """Standard deviation of the 8-bit thumbnail, in grey levels."""
    dark: float
    """Share of pixels that are near black."""
    bright: float
    """Share of pixels that are saturated."""
    middle: float
    """Share of pixels that are neither at the dark nor at the bright end."""


def describe(plane: Array) -> Appearance:
    """Describe a plane (rows, columns) or (rows, columns, 3).

    The thumbnail's grey levels run from the plane's 0.5th to its 99.5th percentile. The hash has the signs,
    about their median, of the 8 x 8 lowest frequencies of the thumbnail's cosine
    transform (the pHash of Zauner 2010). Mirroring changes the sign of every odd frequency, so
    that the mirror images' hashes need no second transform. The look holds the 16 x 16 lowest
    frequencies without the first, each times its distance from zero, since natural pictures fall
    off as 1/f, all made of one length; then a histogram of the thumbnail, and mean colours.

    A colour picture whose grey is even is described by the channel that varies most.

    Shares of grey levels are counted on a grid of pixels: of 8-bit pictures as they are shown, of
    others between the two percentiles.
    """
    if plane.dtype not in RESIZABLE_TYPES:
        plane = plane.astype(np.float32)
    few = _thumbnail(plane)
    small = (few if few.ndim == 2 else few.mean(axis=2)).astype(np.float32)
    low, high = ends = _ends(small)
    thumbnail = _stretched(small, ends)
    if few.ndim == 3 and not thumbnail.any():
        deviations = few.std(axis=(0, 1))
        strongest = few[:, :, int(deviations.argmax())].astype(np.float32)
        thumbnail = _stretched(strongest, _ends(strongest))
    waves = _cosines(thumbnail)
    phash, sideways, upwards = _hashes(waves[:HASHED, :HASHED] * _signs())
    return Appearance(
        phash,
        sideways + upwards,
        _look(waves[:DETAIL, :DETAIL], thumbnail, few),
        float(thumbnail.std()),
        *_shares(plane, low, high),
    )


def _cosines(thumbnail: Array) -> Array:
    import cv2  # a build that has nothing to do imports this module too

    waves: Array = cv2.dct(thumbnail)
    return waves


def _thumbnail(plane: Array) -> Array:
    """Return a plane averaged over the areas of a grid of `SIDE` x `SIDE`.

    OpenCV does not average if one side must grow, so that side is repeated first.
    """
    import cv2

    for axis in (0, 1):
        if plane.shape[axis] < SIDE:
            plane = np.repeat(plane, -(-SIDE // plane.shape[axis]), axis=axis)
    few: Array = cv2.resize(np.ascontiguousarray(plane), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    return few


def _ends(small: Array) -> tuple[float, float]:
    """Return the 0.5th and the 99.5th percentile, linearly interpolated."""
    levels = np.sort(small, axis=None).astype(np.float64)
    place = 0.005 * (levels.size - 1)
    below = int(place)
    part = place - below
    low = levels[below] * (1 - part) + levels[below + 1] * part
    high = levels[-1 - below] * (1 - part) + levels[-2 - below] * part
    return float(low), float(high)


def _hashes(waves: Array) -> list[str]:
    """Return the hex digits of the frequencies that lie above their median by more than noise, for each of (n, 8, 8)."""
    flat = waves.reshape(len(waves), -1)
    half = flat.shape[1] // 2
    levels = np.partition(flat, (half - 1, half), axis=1)
    middle = (levels[:, half - 1] + levels[:, half]) / 2
    above = flat > middle[:, None] + MIN_LEVEL_ABOVE_MEDIAN
    return [each.tobytes().hex() for each in np.packbits(above, axis=1)]


def _stretched(small: Array, ends: tuple[float, float]) -> Array:
    """Return values between two ends as 0 to 255; zeros where the ends are equal."""
    low, high = ends
    if high <= low:
        return np.zeros_like(small)
    stretched: Array = np.clip((small - low) / (high - low), 0, 1) * np.float32(255)
    return stretched


@cache
def _signs() -> Array:
    """Return the signs of frequencies as they are, in the mirror along x, and in that along y."""
    odd = np.tile(np.array([1, -1], np.float32), (HASHED, HASHED // 2))
    return np.stack([np.ones_like(odd), odd, odd.T])


@cache
def _distance() -> Array:
    """Return each frequency's distance from zero."""
    rows, columns = np.indices((DETAIL, DETAIL))
    distance: Array = np.hypot(rows, columns).astype(np.float32)
    return distance


def _look(waves: Array, thumbnail: Array, few: Array) -> bytes:
    whitened = (waves * _distance()).ravel()[1:]
    length = float(np.linalg.norm(whitened))
    steps = np.rint(whitened * (WAVE_SCALE / length)) if length > 0 else whitened
    counts = np.bincount((thumbnail.ravel() * (GREYS / 256)).astype(np.intp), minlength=GREYS)
    histogram = np.minimum(counts // (SIDE * SIDE // 256), 255)
    means = np.clip(few.mean(axis=(0, 1)), 0, 255) if few.ndim == 3 else np.zeros(COLOURS)
    return (
        np.clip(steps, -127, 127).astype(np.int8).tobytes()
        + histogram.astype(np.uint8).tobytes()
        + np.rint(means).astype(np.uint8).tobytes()
    )


@lru_cache(maxsize=16)
def _grid(size: int) -> Array:
    """Return the evenly spaced places of at most `SAMPLED_SIDE` rows or columns."""
    return np.linspace(0, size - 1, min(size, SAMPLED_SIDE)).astype(np.intp)


def _shares(plane: Array, low: float, high: float) -> tuple[float, float, float]:
    """Return the shares of near-black, saturated and middle pixels."""
    some = plane[_grid(plane.shape[0])[:, None], _grid(plane.shape[1])].astype(np.float32)
    if some.ndim == 3:
        some = some.mean(axis=2)
    if plane.dtype == np.uint8:
        low, high = 0.0, 255.0
    level = (some - low) / max(high - low, 1e-9)
    count = level.size
    return (
        float(np.count_nonzero(level <= DARK) / count),
        float(np.count_nonzero(level >= BRIGHT) / count),
        float(np.count_nonzero((level > MIDDLE_LEVELS[0]) & (level < MIDDLE_LEVELS[1])) / count),
    )
