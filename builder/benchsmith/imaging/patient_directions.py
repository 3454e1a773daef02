"""The patient's directions at a picture's left edge and top, and the middle of the body."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np

from benchsmith.core.contracts import Array, Image
from benchsmith.core.model import PLANAR

DIRECTIONS = (("right", "left"), ("front", "back"), ("foot", "head"))
"""The patient's low and high end of x, y and z of the LPS frame (DICOM PS3.3 C.7.6.2.1.1)."""
MOST_OBLIQUE = 0.9
"""Least cosine of a picture's side with an axis of the patient; below it no side has a name."""
DARK = 20
"""Grey levels up to this are not body: air under the usual windows, noise around a head in MRI."""
LEAST_LEAN = 1e-3
"""Smaller leans are rounding: a tenth of a millimetre in the width of a body."""
LEAST_WIDTH = 0.3
"""Share of the picture's width that a body has at least; a smaller one is not found reliably."""


class Shown(NamedTuple):
    """The patient's directions at two edges of a picture; empty if they are unknown."""

    left: str
    """``right`` in a picture in radiological convention; ``front`` in a sagittal one."""
    top: str


NOT_KNOWN = Shown("", "")
EDGES = {"axial": ((0, 1), (1, 1)), "coronal": ((0, 1), (2, -1)), "sagittal": ((1, 1), (2, -1))}
"""Which axis (x, y, z) of a volume runs along the rows and down the columns of a plane as
:func:`benchsmith.imaging.geometry.plane` returns it, and which way."""


def directions(image: Image, axis: str) -> Shown:
    """Return the directions of a plane across an axis; of a planar picture for ``PLANAR``.

    They are known only where the file states them: not where a reader assumed them, where two common
    readers differ, or where the picture has no place in the patient, as most radiographs. Nor are they
    where an edge is far from the patient's axes, as in short-axis planes of the heart.
    """
    edges = _edges(image, axis)
    return NOT_KNOWN if edges is None else Shown(_begins(edges[0]), _begins(edges[1]))


def leans(image: Image, axis: str) -> tuple[float, float]:
    """Return how far the patient's two axes in a plane are turned from its rows and its columns.

    The first is by how many millimetres a place further down is further along the axis of the left
    edge, by millimetre; the second is that of a place further right and the axis of the top. Both are
    0 where the plane is straight, or an edge has no direction.
    """
    edges = _edges(image, axis)
    if edges is None:
        return 0.0, 0.0
    return _lean(*edges), _lean(*edges[::-1])


def _edges(image: Image, axis: str) -> tuple[Array, Array] | None:
    """Return the unit vectors (x, y, z) in LPS along a plane's rows and columns; None if not stated."""
    if image.other_affine is not None or not image.sided:
        return None
    if axis == PLANAR:
        ways = None if image.place is None else (image.place[:3, 0], image.place[:3, 1])
    elif image.oriented and image.affine is not None:
        along, down = ((image.affine[:3, column] * way) for column, way in EDGES[axis])
        ways = along, down
    else:
        ways = None
    if ways is None or not all(np.linalg.norm(way) for way in ways):
        return None
    return ways[0] / np.linalg.norm(ways[0]), ways[1] / np.linalg.norm(ways[1])


def _begins(side: Array) -> str:
    """Return the direction from which a unit vector comes, in LPS; empty if it is oblique."""
    axis = int(np.abs(side).argmax())
    cosine = float(side[axis])
    return "" if abs(cosine) < MOST_OBLIQUE else DIRECTIONS[axis][0 if cosine > 0 else 1]


def _lean(side: Array, other: Array) -> float:
    """Return the part of a unit vector along the patient's axis nearest to another, by that of the other."""
    if not _begins(side):
        return 0.0
    axis = int(np.abs(side).argmax())
    lean = float(other[axis] / side[axis])
    return lean if abs(lean) >= LEAST_LEAN else 0.0


def body_centre(grey: Array) -> tuple[float, float | None] | None:
    """Return the column and the row in the middle of the body, in pixels from the left and from the top.

    `grey` is (rows, columns), 8-bit. The body is the largest 4-connected part that is not dark. None
    for colours, for a body that is cut at a side, and for one that is narrow; no row for one that is
    cut at the top or at the bottom.
    """
    if grey.ndim != 2:
        return None
    light = (grey > DARK).astype(np.uint8)
    count, _, found, _ = cv2.connectedComponentsWithStats(light, connectivity=4)
    if count < 2:
        return None
    body = found[1 + int(found[1:, cv2.CC_STAT_AREA].argmax())]
    low, width = int(body[cv2.CC_STAT_LEFT]), int(body[cv2.CC_STAT_WIDTH])
    columns = grey.shape[1]
    if low == 0 or low + width == columns or width < LEAST_WIDTH * columns:
        return None
    top, height = int(body[cv2.CC_STAT_TOP]), int(body[cv2.CC_STAT_HEIGHT])
    cut = top == 0 or top + height == grey.shape[0]
    return low + width / 2, None if cut else top + height / 2
