"""Checks of a polygon's corners: whether its edges cross, and whether it is a rectangle."""

from __future__ import annotations

from collections.abc import Sequence
from math import dist

import numpy as np

MAX_CORNERS = 2_000
"""Polygons of more corners are not compared edge by edge."""


def crosses_itself(numbers: Sequence[float]) -> bool:
    """Return whether two edges of a closed polygon x, y, x, y, ... cross in the interior of both.

    Edges that only touch do not count, so keyholes and repeated corners are valid.

    >>> crosses_itself([0, 0, 1, 1, 1, 0, 0, 1]), crosses_itself([0, 0, 1, 0, 1, 1, 0, 1])
    (True, False)
    """
    points = np.asarray(numbers, float).reshape(-1, 2)
    if len(points) > MAX_CORNERS:
        return False
    a, b = points[:, None], np.roll(points, -1, axis=0)[:, None]
    c, d = a.swapaxes(0, 1), b.swapaxes(0, 1)
    sides_of_cd = _side(a, b, c) * _side(a, b, d) < 0
    sides_of_ab = _side(c, d, a) * _side(c, d, b) < 0
    return bool((sides_of_cd & sides_of_ab).any())


def _side(start: np.ndarray, end: np.ndarray, point: np.ndarray) -> np.ndarray:
    """Return on which side of a line each point lies: the sign of the cross product."""
    along, to = end - start, point - start
    return np.asarray(along[..., 0] * to[..., 1] - along[..., 1] * to[..., 0])


def is_rectangle(ring: Sequence[float]) -> bool:
    """Return whether four corners x, y, x, y, ... in pixels are those of a box, rotated or not.

    Opposite sides are equal, and so are both diagonals, each to within two pixels: writers round.
    """
    if len(ring) != 2 * 4:
        return False
    a, b, c, d = ((ring[i], ring[i + 1]) for i in range(0, 8, 2))
    pairs = ((dist(a, b), dist(c, d)), (dist(b, c), dist(d, a)), (dist(a, c), dist(b, d)))
    return all(abs(one - other) <= 2 for one, other in pairs)
