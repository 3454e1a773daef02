"""Compare two pictures pixel by pixel after one was turned, mirrored, inverted or cropped to fit the other.

Pictures are compared as thumbnails of `SIDE` x `SIDE` pixels, by their frequencies: a crop of a picture has
frequencies that are linear in those of the whole picture, so that every turn and crop is tried without
interpolation. Fine frequencies, in which look-alikes differ, weigh as much as coarse ones.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import NamedTuple, cast

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array

SIDE = 64
"""Rows and columns of a thumbnail."""
READ = 40
"""Frequencies along each axis that a thumbnail keeps."""
COMPARED = 24
"""Frequencies along each axis that are compared; fewer of a picture with fewer than 48 rows or columns."""
COARSE = 8
"""Frequencies along each axis by which the turn and the first crop are found."""
LARGEST_CUT = 0.09
"""Largest share of a side that may be cut off at an end."""
FIRST_CUTS = (0.0, 0.03, 0.06)
STEPS = (0.015, 0.0075, 0.00375, 0.0019)
"""Shares of a side by which the cuts are moved, the largest first."""
ROUNDING = 1e-4
"""Range of grey levels of a blank plane, as a share of their size."""
DECIMALS = 4
"""Decimals of a likeness; further ones can differ between processors."""

Cuts = tuple[float, float, float, float]
"""Shares cut off at the top, the bottom, the left and the right."""


class Thumbnail(NamedTuple):
    """What is compared of a picture."""

    waves: npt.NDArray[np.float64]
    """(READ, READ): the cosine transform of its grey levels."""
    compared: int
    """Frequencies along each axis that its own pixels have."""


def thumbnail(plane: Array) -> Thumbnail:
    """Return the thumbnail of a plane (rows, columns) or (rows, columns, 3).

    Grey levels run from its 0.5th to its 99.5th percentile, so that brightness and contrast do not count.
    """
    import cv2

    grey = (plane if plane.ndim == 2 else plane.mean(axis=2)).astype(np.float32)
    few = grey
    for axis in (0, 1):
        if few.shape[axis] < SIDE:
            few = np.repeat(few, -(-SIDE // few.shape[axis]), axis=axis)
    few = cv2.resize(np.ascontiguousarray(few), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    low, high = np.percentile(few, (0.5, 99.5)).tolist()
    # resizing rounds, so a blank plane is not exactly blank
    blank = high - low <= ROUNDING * max(abs(low), abs(high))
    level = np.zeros_like(few) if blank else np.clip((few - low) / (high - low), 0, 1)
    waves = cv2.dct(level.astype(np.float32))[:READ, :READ].astype(np.float64)
    return Thumbnail(waves, min(COMPARED, min(grey.shape) // 2))


def likeness(one: Thumbnail, other: Thumbnail) -> float:
    """Return the cosine of two pictures' frequencies, -1 to 1, for the turn and crop in which it is largest.

    The turns are the eight of a square, each also with black and white exchanged. It is 0 if a picture has
    fewer than four rows or columns: too few frequencies are left to compare.
    """
    if min(one.compared, other.compared) < 2:
        return 0.0
    found = max(_cropped(one, other), _cropped(other, one))
    return round(found, DECIMALS)


def _cropped(whole: Thumbnail, part: Thumbnail) -> float:
    """Return the largest cosine of a crop of `whole` with a turn of `part`."""
    count = min(whole.compared, part.compared)
    few = min(COARSE, count)
    firsts = cast("list[Cuts]", list(product(FIRST_CUTS, repeat=4)))
    crops = np.stack([_unit(_crop(whole.waves, cuts, few)) for cuts in firsts])
    views = [_turned(part.waves, turn) for turn in range(8)]
    alike = np.abs(crops @ np.stack([_unit(v[:few, :few]) for v in views]).T)
    best = 0.0
    for turn in np.argsort(-alike.max(axis=0), kind="stable")[:2].tolist():
        view = views[turn]
        cuts = firsts[int(alike[:, turn].argmax())]
        for number in sorted({few, min(16, count), count}):
            cuts, cosine = _moved(whole.waves, cuts, _unit(view[:number, :number]), number)
        best = max(best, cosine)
    return best


def _moved(waves: Array, cuts: Cuts, view: Array, count: int) -> tuple[Cuts, float]:
    """Move each cut while the similarity grows; return the cuts and the cosine."""

    def alike(at: Cuts) -> float:
        return abs(float(_unit(_crop(waves, at, count)) @ view))

    best = alike(cuts)
    for step in STEPS:
        moving = True
        while moving:
            moving = False
            for end, sign in product(range(4), (1, -1)):
                moved = list(cuts)
                moved[end] = min(max(moved[end] + sign * step, 0.0), LARGEST_CUT)
                at = (moved[0], moved[1], moved[2], moved[3])
                if at != cuts and (found := alike(at)) > best + 1e-6:
                    cuts, best, moving = at, found, True
    return cuts, best


def _turned(waves: Array, turn: int) -> Array:
    """Return the frequencies of a turned picture, `turn` 0 to 7: mirrored either way, and transposed."""
    signs = (-1.0) ** np.arange(len(waves))
    found: Array = waves.T if turn & 4 else waves
    if turn & 1:
        found = found * signs
    if turn & 2:
        found = found * signs[:, None]
    return found


def _crop(waves: Array, cuts: Cuts, count: int) -> Array:
    """Return the lowest frequencies of a crop, (count, count)."""
    top, bottom, left, right = (round(cut, 6) for cut in cuts)
    found: Array = _axis(top, bottom, count) @ waves @ _axis(left, right, count).T
    return found


@lru_cache(maxsize=1 << 14)
def _axis(start: float, end: float, count: int) -> Array:
    """Return the matrix from a side's frequencies to those of the side without both ends, (count, READ)."""
    place = (np.arange(SIDE) + 0.5) / SIDE
    found: Array = _waves(place, count) @ _waves(start + place * (1 - start - end), READ).T
    return found


def _waves(place: Array, count: int) -> Array:
    """Return the cosine waves at some places of a side, (count, places)."""
    found: Array = np.sqrt(2 / SIDE) * np.cos(np.pi * np.arange(count)[:, None] * place)
    found[0] /= np.sqrt(2)
    return found


def _unit(waves: Array) -> Array:
    """Return frequencies, each times its distance from zero, as a row of length 1 without the mean."""
    row = (waves * _distances(waves.shape)).ravel()[1:]
    found: Array = row / max(float(np.linalg.norm(row)), 1e-9)
    return found


@lru_cache(maxsize=64)
def _distances(shape: tuple[int, int]) -> Array:
    """Return the distance of each frequency from zero."""
    found: Array = np.hypot(*np.indices(shape))
    return found
