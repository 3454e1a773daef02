"""Measurements of published pictures that are unrelated to their content."""

from __future__ import annotations

import struct
from io import BytesIO
from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Array

MEASURED = 2_000
"""Number of pictures that are opened and measured, chosen by hash."""
JPEG_BLOCK = 8
"""Side of the blocks that JPEG compresses on their own, in pixels."""
FRAME_SHARE = 0.03
"""Width of the frame that is measured, as a share of the short side."""
CORNER_SHARE = 0.15
"""Side of the corners that are measured, as a share of each side."""
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GREY = (np.arange(3 * 255 + 1) / 3).astype(np.float32)
"""Grey level for each sum of red, green and blue."""


class PictureMeasures(NamedTuple):
    """The measurements of one published picture; grey levels are 0 to 255."""

    form: str
    """How the file is written: depth, colour type, interlacing, chunks, and the compressor's header."""
    tone: tuple[float, ...]
    """Mean, deviation, five percentiles (5 to 95), and means of red - green and green - blue."""
    blocks: float
    """How much larger steps between neighbouring pixels are at every eighth row and column, 1 for
    none: traces of JPEG."""
    frame: tuple[float, ...]
    """Mean and deviation of the four sides of the frame, and mean step in the four corners."""


def pixels_of(png: bytes) -> Array | None:
    """Return a picture as (rows, columns, 3), uint8; None if it cannot be opened."""
    import PIL.Image  # a build that has nothing to do imports this module too

    try:
        return np.asarray(PIL.Image.open(BytesIO(png)).convert("RGB"))
    except (OSError, ValueError, SyntaxError):
        return None


def measures_of(png: bytes, pixels: Array) -> PictureMeasures:
    """Return the measurements of a PNG whose `pixels` are those of :func:`pixels_of`."""
    grey: Array = _GREY[pixels[..., 0].astype(np.intp) + pixels[..., 1] + pixels[..., 2]]
    return PictureMeasures(_form(png), _tone(pixels, grey), _blocks(grey), _frame(grey))


def _form(png: bytes) -> str:
    """Return depth, colour type, interlacing, names of chunks and the two bytes of the zlib header."""
    if not png.startswith(PNG_SIGNATURE):
        return f"no PNG: {png[:4].hex()}"
    names: list[str] = []
    header, place = "", len(PNG_SIGNATURE)
    while place + 8 <= len(png):
        size, kind = struct.unpack(">I4s", png[place : place + 8])
        name = kind.decode("latin-1")
        if name == "IDAT" and "IDAT" not in names:
            header = png[place + 8 : place + 10].hex()
        if not names or names[-1] != name:
            names.append(name)
        place += size + 12
    return f"{png[24]}/{png[25]}/{png[28]} {'+'.join(names)} {header}"


def _tone(pixels: Array, grey: Array) -> tuple[float, ...]:
    import cv2

    levels = np.percentile(grey, (5, 25, 50, 75, 95))
    red, green, blue = (np.float32(mean) for mean in cv2.mean(pixels)[:3])
    return (
        float(grey.mean()), float(grey.std()), *map(float, levels),
        float(red - green), float(green - blue),
    )  # fmt: skip


def _blocks(grey: Array) -> float:
    """Return the mean step at the most conspicuous of 8 offsets, divided by the mean step at the others."""
    ratios = []
    for steps in (
        np.abs(np.diff(grey, axis=0)).mean(axis=1),
        np.abs(np.diff(grey, axis=1)).mean(axis=0),
    ):
        whole = len(steps) // JPEG_BLOCK * JPEG_BLOCK
        by_offset = steps[:whole].reshape(-1, JPEG_BLOCK).mean(axis=0) if whole else np.ones(2)
        at = int(by_offset.argmax())
        ratios.append(float(by_offset[at] + 0.05) / float(np.delete(by_offset, at).mean() + 0.05))
    return min(ratios)


def _frame(grey: Array) -> tuple[float, ...]:
    import cv2

    rows, columns = grey.shape
    wide = max(1, round(min(rows, columns) * FRAME_SHARE))
    sides = (grey[:wide], grey[-wide:], grey[:, :wide], grey[:, -wide:])
    edges = cv2.Laplacian(grey, cv2.CV_32F)
    down, across = (max(2, round(n * CORNER_SHARE)) for n in (rows, columns))
    corners = (
        edges[:down, :across], edges[:down, -across:], edges[-down:, :across], edges[-down:, -across:],
    )  # fmt: skip
    return (
        *(float(s.mean()) for s in sides), *(float(s.std()) for s in sides),
        *(float(np.abs(c).mean()) for c in corners),
    )  # fmt: skip
