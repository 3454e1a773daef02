"""Hashes and cosines of looks that do not change when a picture is turned, mirrored or inverted.

A look has the low frequencies of a picture (:mod:`benchsmith.imaging.appearance`). Mirroring changes the sign
of odd frequencies, a quarter turn exchanges the two axes too, and exchanging black and white changes every
sign. So the sums and differences of the magnitudes of two frequencies (u, v) and (v, u) are unchanged.
"""

from __future__ import annotations

from functools import cache
from itertools import product

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.imaging.appearance import DETAIL, HASHED, WAVE_SCALE

BLOCK = 1 << 14
"""Looks, or pairs of them, that are compared at a time."""
SAMPLES = 64
"""Points along a side at which waves are summed."""


def grids(looks: Array) -> npt.NDArray[np.float32]:
    """Return the waves of looks (n, WAVES) by frequency down and across, (n, DETAIL, DETAIL)."""
    grid = np.zeros((len(looks), DETAIL * DETAIL), np.float32)
    grid[:, 1:] = looks
    return grid.reshape(-1, DETAIL, DETAIL)


def turned_hashes(looks: Array) -> npt.NDArray[np.uint64]:
    """Return a hash (n,) of looks (n, WAVES) that is equal for all turns of a picture.

    It has 63 bits: which of the 28 sums, of the 28 differences and of the 7 sizes on the diagonal of the
    `HASHED` x `HASHED` lowest frequencies are above their median.
    """
    found = np.zeros(len(looks), np.uint64)
    down, across = np.triu_indices(HASHED, 1)
    own = np.arange(1, HASHED)
    for start in range(0, len(looks), BLOCK):
        size = np.abs(grids(looks[start : start + BLOCK])[:, :HASHED, :HASHED])
        one, other = size[:, down, across], size[:, across, down]
        parts = (one + other, np.abs(one - other), size[:, own, own])
        bits = np.concatenate([p > np.median(p, axis=1, keepdims=True) for p in parts], axis=1)
        padded = np.pad(bits, ((0, 0), (0, 64 - bits.shape[1])))
        packed = np.ascontiguousarray(np.packbits(padded, axis=1))
        found[start : start + BLOCK] = packed.view(">u8")[:, 0]
    return found


def turned_cosines(
    firsts: Array, seconds: Array, a: Array, b: Array, frequencies: int = DETAIL
) -> npt.NDArray[np.float64]:
    """Return the largest cosine of the looks `firsts[a]` with any turn of `seconds[b]`, (pairs,).

    The lowest `frequencies` along each axis count. Products of small whole numbers are exact in float32, so
    the order of summation does not matter.
    """
    found = np.zeros(len(a))
    low = slice(frequencies)
    for start in range(0, len(a), BLOCK):
        block = slice(start, start + BLOCK)
        one = np.ascontiguousarray(grids(firsts[a[block]])[:, low, low])
        other = np.ascontiguousarray(grids(seconds[b[block]])[:, low, low])
        length = np.einsum("ijk,ijk->i", one, one).astype(np.float64)
        length *= np.einsum("ijk,ijk->i", other, other)
        dots = [
            np.abs(np.einsum("ijk,ijk->i", one, view * sign[low, low]))
            for view, sign in product((other, other.transpose(0, 2, 1)), signs())
        ]
        largest = np.max(dots, axis=0).astype(np.float64)
        found[block] = largest / np.sqrt(np.maximum(length, 1.0))
    return found


def cropped_looks(looks: Array, cut: float) -> npt.NDArray[np.int8]:
    """Return the looks (n, WAVES) of pictures of which the share `cut` of each side is cut off at each end."""
    matrix, far = _cut(round(cut, 6)), distance()
    found = np.zeros(looks.shape, np.int8)
    for start in range(0, len(looks), BLOCK):
        part = matrix @ (grids(looks[start : start + BLOCK]) / np.maximum(far, 1)) @ matrix.T
        rows = (part * far).reshape(-1, DETAIL * DETAIL)[:, 1:]
        length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
        steps = np.rint(rows * (WAVE_SCALE / np.maximum(length, 1e-9)))
        found[start : start + BLOCK] = np.clip(steps, -127, 127)
    return found


@cache
def distance() -> npt.NDArray[np.float64]:
    """Return each frequency's distance from zero, by which a look is whitened, (DETAIL, DETAIL)."""
    far: npt.NDArray[np.float64] = np.hypot(*np.indices((DETAIL, DETAIL)))
    return far


@cache
def _cut(cut: float) -> npt.NDArray[np.float64]:
    """Return the matrix from a side's waves to those of the side without both ends, (DETAIL, DETAIL)."""
    place = (np.arange(SAMPLES) + 0.5) / SAMPLES

    def waves(at: Array) -> Array:
        found: Array = np.sqrt(2 / SAMPLES) * np.cos(np.pi * np.arange(DETAIL)[:, None] * at)
        found[0] /= np.sqrt(2)
        return found

    matrix: npt.NDArray[np.float64] = waves(place) @ waves(cut + place * (1 - 2 * cut)).T
    return matrix


@cache
def signs() -> npt.NDArray[np.float32]:
    """Return the signs of all frequencies as they are and mirrored, (4, DETAIL, DETAIL).

    Across, down and both; the last one is half a turn.
    """
    odd = np.tile((-1.0) ** np.arange(DETAIL), (DETAIL, 1))
    return np.stack([np.ones_like(odd), odd, odd.T, odd * odd.T]).astype(np.float32)
