"""Pictures of an adopted benchmark, as stored: PNG or JPEG of any size, grey or in colour."""

from __future__ import annotations

import warnings
from io import BytesIO
from typing import NamedTuple

import numpy as np
import PIL.Image

from benchsmith.imaging.appearance import describe

EIGHT_BITS = ("1", "L", "P", "RGB", "RGBA", "LA")
"""Pillow's modes of pictures with at most 8 bits in a channel, in grey levels or in RGB."""


class Seen(NamedTuple):
    """The description of a picture; one that cannot be opened has no sides and no hash."""

    width: int = 0
    """Pixels."""
    height: int = 0
    """Pixels."""
    sound: bool = False
    """Whether it can be opened and has 8 bits in grey or RGB."""
    phash: str | None = None
    mirrors: str | None = None
    spread: float | None = None
    look: bytes = b""


def see(data: bytes) -> Seen:
    """Open a picture and describe it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", PIL.Image.DecompressionBombWarning)
            with PIL.Image.open(BytesIO(data), formats=("PNG", "JPEG")) as picture:
                sound = picture.mode in EIGHT_BITS
                pixels = np.asarray(picture if picture.mode == "L" else picture.convert("RGB"))
    except Exception:  # noqa: BLE001  Pillow's readers raise any exception that a damaged file causes
        return Seen()
    look = describe(pixels)
    height, width = pixels.shape[:2]
    return Seen(width, height, sound, look.phash, look.mirrors, look.spread, look.look)
