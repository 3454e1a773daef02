"""A picture with scale, wedge, numbered boxes or tiles: :class:`benchsmith.core.model.Form`, drawn."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from benchsmith.core.contracts import Array, Shown
from benchsmith.core.model import Box, Form
from benchsmith.imaging.rendering import rulers
from benchsmith.imaging.rendering.picture import compose, scaled_size

TilePlane = Callable[[int], tuple[Array, Array | None]]
"""Return a plane in 8 bits, and the mask of the structure in it, by its index."""


def draw_form(
    form: Form,
    plane: Array,
    tile: TilePlane,
    pixel: tuple[float, float],
    long_side: int,
    shown: Shown | None,
    unit: str,
) -> Array:
    """Return the RGB picture of a form, at most `long_side` pixels wide and high.

    `plane` is the picture's plane in 8 bits, `pixel` the height and width of its pixels in mm, `unit`
    that of the image's values.
    """
    words = f"tiles {form.apart_mm:.3g} mm apart" if form.apart_mm is not None else ""
    room_x = long_side - rulers.WEDGE_PX * form.wedge
    strip = rulers.STRIP_PX * form.scale
    while True:
        picture, px_mm = _inner(form, plane, tile, pixel, (long_side - strip, room_x))
        # a narrow picture needs a higher strip, which makes it narrower still
        needed = rulers.strip_px(picture.shape[1], px_mm, words) if form.scale else 0
        if needed <= strip or strip == long_side // 2:
            break
        strip = min(needed, long_side // 2)
    if form.wedge and shown is not None:
        picture = rulers.with_wedge(picture, shown, unit)
    if form.scale:
        picture = rulers.with_bar(picture, px_mm, words)
    return picture


def _inner(
    form: Form,
    plane: Array,
    tile: TilePlane,
    pixel: tuple[float, float],
    room: tuple[int, int],
) -> tuple[Array, float]:
    """Return the picture without its strips in the room (height, width) that they leave, and a pixel's mm."""
    if form.tiles:
        return _montage(form, tile, pixel, min(room))
    rows, columns = plane.shape[:2]
    px_mm = max(rows * pixel[0] / room[0], columns * pixel[1] / room[1])
    size = max(1, round(rows * pixel[0] / px_mm)), max(1, round(columns * pixel[1] / px_mm))
    picture = compose(plane, None, "image", size)
    if form.boxes:
        scale = size[0] / rows, size[1] / columns
        picture = rulers.with_boxes(picture, [_scaled(box, scale) for box in form.boxes])
    return picture, px_mm


def _montage(
    form: Form, tile: TilePlane, pixel: tuple[float, float], room: int
) -> tuple[Array, float]:
    """Return the tiles, and the side of a pixel in mm."""
    side = room // math.ceil(math.sqrt(len(form.tiles)))
    tiles = []
    for index in form.tiles:
        grey, mask = tile(index)
        frame = form.frame or Box(x0=0, y0=0, x1=grey.shape[1], y1=grey.shape[0])
        shown = cut(grey, frame)
        own = None if mask is None or not mask.any() or not form.outlined else cut(mask, frame)
        size = scaled_size(shown.shape[0], shown.shape[1], pixel, side)
        tiles.append(compose(shown, own, "contour" if own is not None else "image", size))
    height, width = (frame.y1 - frame.y0) * pixel[0], (frame.x1 - frame.x0) * pixel[1]
    return rulers.montage(tiles, side), max(height, width) / side


def cut(plane: Array, frame: Box) -> Array:
    """Return the part of a plane inside a frame that may reach beyond it; there it is black."""
    out = np.zeros((frame.y1 - frame.y0, frame.x1 - frame.x0, *plane.shape[2:]), plane.dtype)
    y0, x0 = max(frame.y0, 0), max(frame.x0, 0)
    part = plane[y0 : frame.y1, x0 : frame.x1]
    top, left = y0 - frame.y0, x0 - frame.x0
    out[top : top + part.shape[0], left : left + part.shape[1]] = part
    return out


def _scaled(box: Box, scale: tuple[float, float]) -> Box:
    down, across = scale
    return Box(
        x0=round(box.x0 * across), y0=round(box.y0 * down),
        x1=round(box.x1 * across), y1=round(box.y1 * down),
    )  # fmt: skip
