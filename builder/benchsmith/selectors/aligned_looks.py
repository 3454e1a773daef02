"""Similarity of two pictures after one is cropped to fit the other, to find copies with new edges.

A look has the low frequencies of a picture (:mod:`benchsmith.imaging.appearance`). A crop of the
picture has frequencies that are linear in them: along each axis, one matrix for each pair of cut
edges. So every crop of `CUTS` is compared without opening the picture. A copy with a border added is
a picture whose crop is the original, so both directions are tried. A look is compared unchanged
and mirrored. Brightness and contrast hardly change it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.imaging.appearance import DETAIL
from benchsmith.selectors.one_thread import one_thread
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
PAIRS = 1 << 21
"""Pairs that may be copies which are held at a time."""
CROPPED = 32
"""Looks whose crops are made at a time."""
MIRRORS = 3
"""A look as it is, mirrored left to right, mirrored top to bottom."""


def shortlisted(one: Array, other: Array) -> Iterator[tuple[Codes, Codes]]:
    """Yield the pairs (i, j) of looks that may be copies, in order, some at a time.

    `one` and `other` are (n, WAVES). A block has hardly more than `PAIRS` pairs, whatever their number.
    """
    a, b = (_unit(_coarse(_grid(looks))).astype(np.float32) for looks in (one, other))
    # a mirror image differs in signs alone, and has the same length
    mirrored = [b * sign.reshape(-1).astype(np.float32) for sign in _coarse(mirrors())]
    step = max(1, BLOCK // max(len(b), 1))
    found: list[tuple[Codes, Codes]] = []
    for start in range(0, len(a), step):
        part = a[start : start + step]
        near = np.zeros((len(part), len(b)), bool)
        with one_thread():
            for unit in mirrored:
                near |= part @ unit.T >= MIN_COARSE
        # much faster than `nonzero` in two dimensions
        i, j = np.divmod(np.flatnonzero(near), max(len(b), 1))
        found.append((i + start, j))
        if sum(len(i) for i, _ in found) >= PAIRS:
            yield _joined(found)
            found = []
    if found:
        yield _joined(found)


def _joined(found: Sequence[tuple[Codes, Codes]]) -> tuple[Codes, Codes]:
    return np.concatenate([i for i, _ in found]), np.concatenate([j for _, j in found])


def aligned(one: Array, other: Array, i: Codes, j: Codes) -> Similarities:
    """Return the largest cosine of the pairs `one[i]`, `other[j]` over crops and mirrors, (pairs,).

    `one` and `other` are looks (n, WAVES), signed bytes. A pair whose coarse frequencies agree in no
    crop gets their cosine.
    """
    with one_thread():
        found = np.maximum(_fitted(one, other, i, j), _fitted(other, one, j, i))
    rounded: Similarities = np.round(found, DECIMALS).astype(np.float64)
    return rounded


def _fitted(cropped: Array, whole: Array, i: Codes, j: Codes) -> Similarities:
    """Return the largest cosine of a crop of `cropped[i]` with a mirror image of `whole[j]`."""
    found = np.zeros(len(i))
    if not len(i):
        return found
    order = np.argsort(i, kind="stable")
    starts = np.flatnonzero(np.diff(i[order], prepend=-1))
    groups = np.split(order, starts[1:])
    looks, place = np.unique(j, return_inverse=True)
    # each look once: it is compared with the crops of many others
    views = _unit(_coarse(_grid(whole[looks]))).astype(np.float32)
    for at in range(0, len(groups), CROPPED):
        some = groups[at : at + CROPPED]
        banks = _crops(cropped[i[order[starts[at : at + CROPPED]]]], COARSE)
        for crops, rows in zip(banks, some, strict=True):
            bank = _unit(crops).astype(np.float32)
            found[rows] = _largest(bank, views[place[rows]])
            close = rows[found[rows] >= MIN_FIT]
            if len(close):
                fine = _unit(_crops(cropped[i[close[:1]]], COMPARED)[0])
                few = _grid(whole[j[close]])[:, :COMPARED, :COMPARED]
                found[close] = _largest(fine, _unit(few))
    return found


def _largest(bank: Array, views: Array) -> Similarities:
    """Return the largest cosine of any crop with any mirror image of each view, (views,).

    `bank` and `views` are rows of :func:`_unit`; a mirror image differs in signs alone.
    """
    side = math.isqrt(views.shape[1])
    signs = mirrors()[:, :side, :side].reshape(MIRRORS, 1, -1).astype(views.dtype)
    every = (bank @ (views * signs).reshape(-1, side * side).T).max(axis=0)
    found: Similarities = every.reshape(MIRRORS, -1).max(axis=0)
    return found


def _crops(looks: Array, frequencies: int) -> Array:
    """Return all crops of some looks, whitened: the lowest `frequencies` along each axis.

    `looks` are (n, WAVES), crops are (n, crops, frequencies, frequencies).
    """
    cuts = _cuts()[:, :frequencies]
    count, few = len(cuts), cuts.reshape(-1, DETAIL)
    plain = _grid(looks) / np.maximum(_distance(), 1)
    both = few @ plain @ few.T
    grid = both.reshape(-1, count, frequencies, count, frequencies).transpose(0, 1, 3, 2, 4)
    found: Array = grid * _distance()[:frequencies, :frequencies]
    return found.reshape(len(looks), count**2, frequencies, frequencies)


def _coarse(grids: Array) -> Array:
    return grids[:, :COARSE, :COARSE]


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
