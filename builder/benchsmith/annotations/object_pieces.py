"""Objects of an instance mask whose value stands in several pieces: one object, or several of one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from benchsmith.annotations.components import CORNERS, MAX_OBJECTS
from benchsmith.core.image import Array

MIN_PIECE = 0.1
"""Smallest share of the largest piece's pixels that another piece of an object has."""
NEAR_PX = 2
"""Distance within which an object lies over another one, rims between them included."""


class Numbered(NamedTuple):
    """Objects of a mask, each with a value of its own."""

    voxels: Array
    """(z, y, x) of the smallest unsigned type."""
    names: Mapping[int, str]
    """What the source calls each value of `voxels`: ``value 7``."""


def apart(voxels: Array) -> dict[int, int]:
    """Return the values of (z, y, x) that mark several pieces, with their number.

    Pieces with less than `MIN_PIECE` of the largest one's pixels do not count. Pieces are of one object if another
    object lies between them: each of them is near one that is also near another piece.
    """
    found = {}
    for value, place in _boxes(voxels):
        numbered, _ = ndimage.label(voxels[place] == value, CORNERS)
        sizes = np.bincount(numbered.ravel())[1:]
        large = np.flatnonzero(sizes >= MIN_PIECE * sizes.max()) + 1
        if len(large) > 1 and (count := _unlinked(voxels, value, place, numbered, large)) > 1:
            found[value] = count
    return found


def each_piece(voxels: Array, names: Mapping[int, str]) -> Numbered:
    """Return a mask in which each connected piece of a value has a value of its own.

    `names` has every value of `voxels`. Raises ValueError for more than `MAX_OBJECTS` pieces.
    """
    out = np.zeros(voxels.shape, np.uint16)
    found: dict[int, str] = {}
    for value, place in _boxes(voxels):
        numbered, count = ndimage.label(voxels[place] == value, CORNERS)
        if len(found) + count > MAX_OBJECTS:
            raise ValueError(f"consists of more than {MAX_OBJECTS} objects")
        here = numbered > 0
        out[place][here] = numbered[here] + len(found)
        for piece in range(1, count + 1):
            more = f" object {piece}" if count > 1 else ""
            found[len(found) + 1] = f"{names[value]}{more}"
    return Numbered(out.astype(np.min_scalar_type(len(found))), found)


def _boxes(voxels: Array) -> Iterator[tuple[int, tuple[slice, ...]]]:
    """Yield each value but 0 with the smallest box around its voxels."""
    for value, place in enumerate(ndimage.find_objects(voxels), start=1):
        if place is not None:
            yield value, place


def _unlinked(
    voxels: Array, value: int, place: tuple[slice, ...], numbered: Array, large: Array
) -> int:
    """Return how many groups the large pieces of a value form that no other object links."""
    wide = tuple(
        slice(max(0, s.start - NEAR_PX), min(n, s.stop + NEAR_PX))
        for s, n in zip(place, voxels.shape, strict=True)
    )
    inner = tuple(
        slice(s.start - w.start, s.stop - w.start) for s, w in zip(place, wide, strict=True)
    )
    around = voxels[wide]
    groups: list[set[int]] = []
    for piece in large.tolist():
        mask = np.zeros(around.shape, bool)
        mask[inner] = numbered == piece
        near = ndimage.binary_dilation(mask, CORNERS, NEAR_PX)
        others = set(np.unique(around[near]).tolist()) - {0, value}
        linked = [group for group in groups if group & others]
        groups = [group for group in groups if not group & others]
        groups.append(others.union(*linked))
    return len(groups)
