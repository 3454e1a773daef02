"""The eight ways to turn or mirror a picture, by the codes of EXIF's tag Orientation (0x0112)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.imaging.geometry import Affine


class Turn(NamedTuple):
    """The steps applied to a stored picture, in this order."""

    transposed: bool
    mirrored: bool
    """Left to right, after the transposition."""
    flipped: bool
    """Top to bottom, after the transposition."""


TURNS = {
    1: Turn(False, False, False),
    2: Turn(False, True, False),
    3: Turn(False, True, True),
    4: Turn(False, False, True),
    5: Turn(True, False, False),
    6: Turn(True, True, False),
    7: Turn(True, True, True),
    8: Turn(True, False, True),
}
"""What brings a stored picture into the shown frame (CIPA DC-008, 4.6.4)."""
CODES = {turn: code for code, turn in TURNS.items()}
STORED = 1
"""The code of a picture that is shown as it is stored."""


def turn(stored: Array, code: int) -> Array:
    """Return a picture (planes, rows, columns, ...) in its shown frame.

    >>> turn(np.array([[[1, 2]]]), 6).tolist()
    [[[1], [2]]]
    """
    how = TURNS[code]
    shown = stored.swapaxes(1, 2) if how.transposed else stored
    return _flip(shown, how)


def undo(shown: Array, code: int) -> Array:
    """Return a picture (planes, rows, columns, ...) in its stored frame."""
    how = TURNS[code]
    stored = _flip(shown, how)
    return stored.swapaxes(1, 2) if how.transposed else stored


def turn_box(
    box: tuple[int, int, int, int], code: int, width: int, height: int
) -> tuple[int, int, int, int]:
    """Return a box x0, y0, x1, y1 (half open) of the stored frame in the shown frame.

    `width` and `height` are the shown picture's, in pixels.

    >>> turn_box((0, 0, 2, 1), 2, 10, 5)
    (8, 0, 10, 1)
    """
    how = TURNS[code]
    x0, y0, x1, y1 = (box[1], box[0], box[3], box[2]) if how.transposed else box
    if how.mirrored:
        x0, x1 = width - x1, width - x0
    if how.flipped:
        y0, y1 = height - y1, height - y0
    return x0, y0, x1, y1


def to_stored(code: int, width: int, height: int) -> Affine:
    """Return the 4x4 matrix from shown to stored pixels (x, y, 0, 1); sides are the shown ones."""
    how = TURNS[code]
    matrix = np.eye(4)
    if how.mirrored:
        matrix[0, 0], matrix[0, 3] = -1, width - 1
    if how.flipped:
        matrix[1, 1], matrix[1, 3] = -1, height - 1
    return matrix[[1, 0, 2, 3]] if how.transposed else matrix


def _flip(picture: Array, how: Turn) -> Array:
    picture = picture[:, :, ::-1] if how.mirrored else picture
    return picture[:, ::-1] if how.flipped else picture
