"""What shapes in a mask suggest: many pieces may be objects, and a value around another its shell."""

from __future__ import annotations

import cv2
import numpy as np
from scipy import ndimage

from benchsmith.core.contracts import Array

MANY_PIECES = 8
"""Pieces from which on they may be objects of one kind."""
LARGEST = 0.5
"""Largest share of the marked pixels that one of many objects has."""
MIN_PIECE = 4
"""Pixels of a piece; smaller ones are noise."""
MOST_VALUES = 40
"""Values of a mask up to which they are compared with each other."""
ENCLOSED = 0.6
"""Share of a value's outline that touches the value around it."""
FIELD = 0.4
"""Least share of the picture that a field of view covers."""
CONVEX = 0.97
"""Least share of its convex hull that a field of view covers."""


def is_field(marked: Array) -> bool:
    """Return whether marked pixels, (1, y, x) of bool, may be a field of view.

    It is one disc, also one cut off at the sides, or a rectangle, over most of the picture.
    """
    if marked.shape[0] != 1 or not FIELD <= marked.mean() < 1:
        return False
    rows, columns = np.nonzero(marked[0])
    hull = cv2.convexHull(np.stack([columns, rows], axis=1).astype(np.int32))
    filled = np.zeros(marked.shape[1:], np.uint8)
    cv2.fillConvexPoly(filled, hull, 1)
    return bool(marked.sum() >= CONVEX * filled.sum())


def has_many_pieces(marked: Array) -> bool:
    """Return whether marked pixels, (z, y, x) of bool, consist of many pieces without a main one."""
    numbered, count = ndimage.label(marked, np.ones((3, 3, 3), bool))
    sizes = np.bincount(numbered.ravel(), minlength=count + 1)[1:]
    sizes = sizes[sizes >= MIN_PIECE]
    return len(sizes) >= MANY_PIECES and bool(sizes.max() <= LARGEST * sizes.sum())


def are_whole(values: Array, background: int) -> bool:
    """Return whether every value is one piece; `values` is (z, y, x) of integers of at least 0."""
    if values.shape[0] > 1:
        return False
    own = np.where(values == background, 0, values)
    for value, place in enumerate(ndimage.find_objects(own.astype(np.int64)), start=1):
        if place is not None:
            _, count = ndimage.label(own[place] == value, np.ones((3, 3, 3), bool))
            if count > 1:
                return False
    return True


def around(values: Array, background: int) -> list[tuple[int, int]]:
    """Return pairs of values of which the first lies around the second; `values` is (z, y, x)."""
    known, index = np.unique(values, return_inverse=True)
    if not 2 < len(known) <= MOST_VALUES:
        return []
    index = index.reshape(values.shape)
    touching = np.zeros((len(known), len(known)), np.int64)
    for axis in range(values.ndim):
        ends = np.moveaxis(index, axis, 0)
        pairs = ends[:-1].astype(np.int64) * len(known) + ends[1:]
        touching += np.bincount(pairs.ravel(), minlength=len(known) ** 2).reshape(touching.shape)
    touching += touching.T.copy()
    np.fill_diagonal(touching, 0)
    outline = touching.sum(axis=1)
    return [
        (int(known[outer]), int(known[inner]))
        for inner in range(len(known))
        for outer in range(len(known))
        if background not in (known[outer], known[inner])
        and touching[inner, outer] >= ENCLOSED * outline[inner] > 0
    ]
