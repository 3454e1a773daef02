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
LEAST_WIDTH = 0.3
"""Share of the picture's width that a body has at least; a smaller one is not found reliably."""


class Shown(NamedTuple):
    """The patient's directions at two edges of a picture; empty if they are unknown."""

    left: str
    """``right`` in a picture in radiological convention; ``front`` in a sagittal one."""
    top: str


NOT_KNOWN = Shown("", "")
HUNG = {
    "axial": Shown("right", "front"),
    "coronal": Shown("right", "head"),
    "sagittal": Shown("front", "head"),
}
"""Of a plane as :func:`benchsmith.imaging.geometry.plane` returns it."""


def directions(image: Image, axis: str) -> Shown:
    """Return the directions of a plane across an axis; of a planar picture for ``PLANAR``.

    They are known only where the file states them: not where a reader assumed them, where two common
    readers differ, or where the picture has no place in the patient, as most radiographs.
    """
    if image.other_affine is not None or not image.sided:
        return NOT_KNOWN
    if axis != PLANAR:
        return HUNG[axis] if image.oriented and image.affine is not None else NOT_KNOWN
    if image.place is None:
        return NOT_KNOWN
    return Shown(_begins(image.place[:3, 0]), _begins(image.place[:3, 1]))


def _begins(side: Array) -> str:
    """Return the direction from which a side of a picture comes, in LPS; empty if it is oblique."""
    length = float(np.linalg.norm(side))
    if not length:
        return ""
    axis = int(np.abs(side).argmax())
    cosine = float(side[axis]) / length
    return "" if abs(cosine) < MOST_OBLIQUE else DIRECTIONS[axis][0 if cosine > 0 else 1]


def body_middle(grey: Array) -> float | None:
    """Return the column in the middle of the body, in pixels from the left edge of the picture.

    `grey` is (rows, columns), 8-bit. The body is the largest 4-connected part that is not dark. None
    for colours, for a body that is cut at a side, and for one that is narrow.
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
    return low + width / 2
