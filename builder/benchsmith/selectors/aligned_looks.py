"""Similarity of two pictures after one is cropped to fit the other, to find copies with new edges.

A look has the low frequencies of a picture (:mod:`benchsmith.imaging.appearance`). A crop of the
picture has frequencies that are linear in them: along each axis, one matrix for each pair of cut
edges. So every crop of `CUTS` is compared without opening the picture. A copy with a border added is
a picture whose crop is the original, so both directions are tried. A look is compared unchanged
and mirrored. Brightness and contrast hardly change it.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.imaging.appearance import DETAIL
from benchsmith.tables.coded_columns import Codes

Similarities = npt.NDArray[np.float64]
CUTS = (0.0, 0.025, 0.05, 0.075)
"""Shares of a side that may be cut off at each end."""
MAX_UNEVEN = 0.05
"""Largest difference between the cuts at both ends, as a share of the side."""
COMPARED = 12
"""Frequencies along each axis that are compared; finer ones move too much under a crop."""
COARSE = 8
"""Frequencies along each axis that decide which pairs are compared at all."""
MIN_COARSE = 0.35
"""Smallest cosine of the coarse frequencies, without any crop: 98 % of 5 % crops with a gamma of 1.4
have 0.44 or more."""
MIN_FIT = 0.8
"""Cosine of the coarse frequencies in the best crop, from which the finer ones are compared."""
SAMPLES = 32
"""Points along a side at which waves are summed."""
DECIMALS = 6
"""Decimals of similarities; further ones can differ between processors."""
BLOCK = 1 << 22
"""Pairs whose coarse frequencies are compared at a time."""


def shortlisted(one: Array, other: Array) -> tuple[Codes, Codes]:
    """Return the pairs (i, j) of looks that may be copies, in order; `one` and `other` are (n, WAVES)."""
    from threadpoolctl import threadpool_limits

    a, b = _unit(_grid(one)[:, :COARSE, :COARSE]), _grid(other)[:, :COARSE, :COARSE]
    mirrored = [_unit(b * sign[:COARSE, :COARSE]) for sign in mirrors()]
    a, mirrored = a.astype(np.float32), [m.astype(np.float32) for m in mirrored]
    step = max(1, BLOCK // max(len(b), 1))
    found = []
    for start in range(0, len(a), step):
        part = a[start : start + step]
        near = np.zeros((len(part), len(b)), bool)
        with threadpool_limits(1):  # threads that wait for one another cost more than they save
            for unit in mirrored:
                near |= part @ unit.T >= MIN_COARSE
        # much faster than `nonzero` in two dimensions
        i, j = np.divmod(np.flatnonzero(near), len(b))
        found.append((i + start, j))
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found])


def aligned(one: Array, other: Array, i: Codes, j: Codes) -> Similarities:
    """Return the largest cosine of the pairs `one[i]`, `other[j]` over crops and mirrors, (pairs,).

    `one` and `other` are looks (n, WAVES), signed bytes. A pair whose coarse frequencies agree in no
    crop gets their cosine.
    """
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        found = np.maximum(_fitted(one, other, i, j), _fitted(other, one, j, i))
    rounded: Similarities = np.round(found, DECIMALS).astype(np.float64)
    return rounded


def _fitted(cropped: Array, whole: Array, i: Codes, j: Codes) -> Similarities:
    """Return the largest cosine of a crop of `cropped[i]` with a mirror image of `whole[j]`."""
    found = np.zeros(len(i))
    order = np.argsort(i, kind="stable")
    starts = np.flatnonzero(np.diff(i[order], prepend=-1))
    for rows in np.split(order, starts[1:]) if len(order) else []:
        crops, views = _crops(cropped[i[rows[0]]]), _grid(whole[j[rows]])
        found[rows] = _largest(crops, views, COARSE, np.float32)
        close = rows[found[rows] >= MIN_FIT]
        if len(close):
            found[close] = _largest(crops, _grid(whole[j[close]]), COMPARED, np.float64)
    return found


def _largest(crops: Array, views: Array, frequencies: int, kind: type) -> Similarities:
    """Return the largest cosine of any crop with any mirror image of each view, (views,).

    `crops` and `views` are (n, DETAIL, DETAIL); the lowest `frequencies` along each axis count.
    """
    few = (slice(None), slice(frequencies), slice(frequencies))
    bank: Array = _unit(crops[few]).astype(kind)
    signs = mirrors()[few]
    every = [(bank @ _unit(views[few] * sign).astype(kind).T).max(axis=0) for sign in signs]
    found: Similarities = np.max(every, axis=0)
    return found


def _crops(look: Array) -> Array:
    """Return all crops of a look, whitened, (crops, DETAIL, DETAIL)."""
    cuts = _cuts()
    plain = _grid(look[None])[0] / np.maximum(_distance(), 1)
    down = cuts.reshape(-1, DETAIL) @ plain
    both = down @ cuts.reshape(-1, DETAIL).T
    count = len(cuts)
    grid = both.reshape(count, DETAIL, count, DETAIL).transpose(0, 2, 1, 3)
    found: Array = (grid * _distance()).reshape(count**2, DETAIL, DETAIL)
    return found


def _grid(looks: Array) -> Array:
    """Return the waves of looks (n, WAVES) by frequency down and across, (n, DETAIL, DETAIL)."""
    grid = np.zeros((len(looks), DETAIL * DETAIL))
    grid[:, 1:] = looks
    return grid.reshape(-1, DETAIL, DETAIL)


def _unit(grids: Array) -> Array:
    """Return waves (n, f, f) as rows of length 1 without the mean, (n, f * f); zeros stay zeros."""
    rows = grids.reshape(len(grids), grids.shape[1] * grids.shape[2]).copy()
    rows[:, 0] = 0
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))
    found: Array = rows / np.maximum(length, 1e-9)[:, None]
    return found


@cache
def mirrors() -> Array:
    """Return the signs of all frequencies as they are and mirrored either way, (3, DETAIL, DETAIL)."""
    odd = np.tile((-1.0) ** np.arange(DETAIL), (DETAIL, 1))
    return np.stack([np.ones_like(odd), odd, odd.T])


@cache
def _distance() -> Array:
    """Return each frequency's distance from zero, by which a look is whitened."""
    distance: Array = np.hypot(*np.indices((DETAIL, DETAIL)))
    return distance


@cache
def _cuts() -> Array:
    """Return for each pair of cut ends the matrix from a side's waves to the crop's, (cuts, f, f)."""
    frequency = np.arange(DETAIL)[:, None]
    place = (np.arange(SAMPLES) + 0.5) / SAMPLES

    def waves(at: Array) -> Array:
        found: Array = np.sqrt(2 / SAMPLES) * np.cos(np.pi * frequency * at)
        found[0] /= np.sqrt(2)
        return found

    ends = [(a, b) for a in CUTS for b in CUTS if abs(a - b) <= MAX_UNEVEN + 1e-9]
    return np.stack([waves(place) @ waves(a + place * (1 - a - b)).T for a, b in ends])
