"""References for measuring: a bar with its length, a grey wedge with values, numbers on boxes and tiles.

Bar and wedge are drawn on black strips below and beside a picture, so that they hide none of it. All text is in
OpenCV's own font, which is the same on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np

from benchsmith.core.contracts import Array, Shown
from benchsmith.core.model import Box
from benchsmith.imaging.rendering.marks import COLOUR, EDGE, EDGE_PX, LINE_PX

INK = (232, 232, 232)
STRIP_PX = 40
"""Height of the strip below a picture."""
STRIP_LINE_PX = 20
"""How much higher it is for each line of text below the bar."""
WEDGE_PX = 84
"""Width of the strip beside a picture."""
BAR_SHARE = 0.3
"""Largest share of a picture's width that its bar takes."""
BAR_STEPS = (1, 2, 5)
"""First digits of a bar's length."""
TICKS = 5
"""Values written at a wedge."""
FONT, FONT_SIZE, FONT_LINE = cv2.FONT_HERSHEY_SIMPLEX, 0.5, 1
PAD_PX = 12


def bar_length(width_px: int, px_mm: float) -> float:
    """Return the length in mm of the bar for a picture: 1, 2 or 5 times a power of ten.

    >>> bar_length(500, 0.8)
    100.0
    """
    most = BAR_SHARE * width_px * px_mm
    power = 10.0 ** math.floor(math.log10(most))
    return max(step * power for step in BAR_STEPS if step * power <= most)


def with_bar(picture: Array, px_mm: float, words: str = "") -> Array:
    """Return an RGB picture with a strip below: a bar with its length, and further words.

    `px_mm` is the side of a pixel of the picture in millimetres. What does not fit beside the bar is written
    below it.
    """
    height, width = picture.shape[:2]
    out = np.zeros((height + strip_px(width, px_mm, words), width, 3), np.uint8)
    out[:height] = picture
    length = bar_length(width, px_mm)
    x, y = PAD_PX, height + STRIP_PX // 2
    end = x + round(length / px_mm)
    # pixel by pixel: the bar is exactly as long as it says, its ends included
    out[y - 1 : y + 1, x:end] = INK
    out[y - 6 : y + 6, x : x + 2] = out[y - 6 : y + 6, end - 2 : end] = INK
    for text, left, line in _beside_bar(width, px_mm, words):
        _text(out, text, (left, y + 5 + line * STRIP_LINE_PX))
    return out


def strip_px(width_px: int, px_mm: float, words: str = "") -> int:
    """Return the height of the strip with the bar below a picture of this width."""
    return STRIP_PX + STRIP_LINE_PX * max(
        line for _, _, line in _beside_bar(width_px, px_mm, words)
    )


def _beside_bar(width: int, px_mm: float, words: str) -> list[tuple[str, int, int]]:
    """Return the bar's length in words, and further words at the right; each with its x and its line."""
    length = bar_length(width, px_mm)
    said, left = f"{length:g} mm", PAD_PX + round(length / px_mm) + 10
    line = int(left + _wide(said) > width)
    found = [(said, PAD_PX if line else left, line)]
    if words:
        right, used = width - PAD_PX - _wide(words), found[0][1] + _wide(said)
        line += right < used + PAD_PX
        found.append((words, max(right, 0), line))
    return found


def _wide(text: str) -> int:
    return int(cv2.getTextSize(text, FONT, FONT_SIZE, FONT_LINE)[0][0])


def with_wedge(picture: Array, shown: Shown, unit: str) -> Array:
    """Return an RGB picture with a strip on its right: black to white, with the values in the image.

    Black is `shown.low` and less, white `shown.high` and more, as in the picture.
    """
    height, width = picture.shape[:2]
    out = np.zeros((height, width + WEDGE_PX, 3), np.uint8)
    out[:, :width] = picture
    top, bottom = PAD_PX + 16, height - PAD_PX
    share = 1 - np.arange(bottom - top) / max(1, bottom - top - 1)
    grey = np.rint(255 * (np.sqrt(share) if shown.root else share)).astype(np.uint8)
    left = width + PAD_PX
    out[top:bottom, left : left + 18] = grey[:, None, None]
    cv2.rectangle(out, (left - 1, top - 1), (left + 18, bottom), INK, 1, cv2.LINE_8)
    for i in range(TICKS):
        y = round(bottom - 1 - (bottom - 1 - top) * i / (TICKS - 1))
        value = shown.low + (shown.high - shown.low) * i / (TICKS - 1)
        cv2.line(out, (left + 18, y), (left + 23, y), INK, 1, cv2.LINE_8)
        _text(out, f"{value:.0f}", (left + 26, min(y + 5, height - 2)))
    _text(out, unit, (left - 2, PAD_PX + 4))
    return out


def with_boxes(picture: Array, boxes: Sequence[Box]) -> Array:
    """Return a copy of an RGB picture with boxes numbered from 1, in pixels of the picture."""
    out = picture.copy()
    height, width = out.shape[:2]
    for number, box in enumerate(boxes, start=1):
        first = (max(box.x0, 1), max(box.y0, 1))
        last = (min(box.x1 - 1, width - 2), min(box.y1 - 1, height - 2))
        cv2.rectangle(out, first, last, EDGE, EDGE_PX, cv2.LINE_8)
        cv2.rectangle(out, first, last, COLOUR, LINE_PX, cv2.LINE_8)
    for number, box in enumerate(boxes, start=1):
        # above the box's corner, or inside it at the edge of the picture
        y = box.y0 - 6 if box.y0 >= 24 else box.y0 + 20
        _plate(out, str(number), (max(box.x0, 2), y))
    return out


def montage(tiles: Sequence[Array], side: int) -> Array:
    """Return RGB tiles, each at most `side` pixels wide and high, in rows, numbered from 1."""
    columns = math.ceil(math.sqrt(len(tiles)))
    rows = math.ceil(len(tiles) / columns)
    out = np.zeros((rows * side, columns * side, 3), np.uint8)
    for i, tile in enumerate(tiles):
        y, x = i // columns * side, i % columns * side
        out[y : y + tile.shape[0], x : x + tile.shape[1]] = tile
        _plate(out, str(i + 1), (x + 5, y + 18))
        cv2.rectangle(out, (x, y), (x + side - 1, y + side - 1), (96, 96, 96), 1, cv2.LINE_8)
    return out


def _plate(picture: Array, text: str, at: tuple[int, int]) -> None:
    """Write a number on a dark plate, its lower left corner at (x, y)."""
    (wide, high), _ = cv2.getTextSize(text, FONT, FONT_SIZE + 0.1, FONT_LINE)
    x, y = min(at[0], picture.shape[1] - wide - 4), at[1]
    cv2.rectangle(picture, (x - 3, y - high - 4), (x + wide + 3, y + 4), EDGE, -1, cv2.LINE_8)
    cv2.putText(picture, text, (x, y), FONT, FONT_SIZE + 0.1, COLOUR, FONT_LINE, cv2.LINE_AA)


def _text(picture: Array, text: str, at: tuple[int, int]) -> None:
    cv2.putText(picture, text, at, FONT, FONT_SIZE, INK, FONT_LINE, cv2.LINE_AA)
