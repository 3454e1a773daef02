"""Transparent pixels of pictures and masks: an alpha channel, or one transparent level or colour."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image

from benchsmith.core.contracts import Array, DataFault

KEYED = ("1", "L", "I;16", "RGB")
"""Modes of which one grey level or colour may be transparent (PNG, 11.3.2.1)."""
ALPHA = ("RGBA", "LA", "PA", "La", "RGBa")


def fit_key(picture: PIL.Image.Image, most: int, path: Path, *, deep: bool) -> None:
    """Scale the transparent level of a loaded PNG as Pillow scaled its pixels, in place.

    `most` is the largest level of a PNG of 2 or 4 bits, and `deep` says that its colours have 16 bits
    a sample, of which Pillow keeps 8. Raises DataFault if the other 8 bits decide what is transparent.
    """
    key = picture.info.get("transparency")
    if most and isinstance(key, int):
        picture.info["transparency"] = key * (255 // most)
    elif deep and isinstance(key, tuple):
        del picture.info["transparency"]
        high = np.asarray([sample >> 8 for sample in key])
        if (np.asarray(picture)[..., :3] == high).all(axis=2).any():
            what = "is in 16-bit colour with a transparent colour: save it in 8 bits, or with alpha"
            raise DataFault("dimensions", path, what)


def without_key(picture: PIL.Image.Image) -> Array:
    """Return the pixels of a picture over black, if one of its levels or colours is transparent."""
    key = picture.info["transparency"]
    pixels = np.asarray(picture)
    if picture.mode == "1":
        return np.where(pixels & (not key), np.uint8(255), np.uint8(0))
    clear = pixels == np.asarray(key)
    if pixels.ndim == 3:
        clear = clear.all(axis=2, keepdims=True)
    return np.where(clear, pixels.dtype.type(0), pixels).astype(pixels.dtype.newbyteorder("="))


def mask(picture: PIL.Image.Image, path: Path) -> Array:
    """Return a mask that has an alpha channel: its colours, or its alpha if the colours mark nothing.

    A mask drawn in black on a transparent ground is its alpha channel; any other is drawn over
    black. An alpha channel with a single value is ignored. Raises DataFault if black is drawn
    beside other colours on a transparent ground, since it could be background or not, and where one
    colour lies under a clear alpha everywhere: all is marked, or nothing.
    """
    wide = np.asarray(picture.convert("RGBA"))
    alpha, colours = wide[..., 3], wide[..., :3]
    drawn = alpha > 0
    if not drawn.any() and colours.any() and (colours == colours[0, 0]).all():
        raise DataFault("mask-alpha", path, "it has one colour and is transparent everywhere")
    if (alpha == alpha.flat[0]).all():
        kept = colours
    elif not colours[drawn].any():
        return alpha
    elif not colours[drawn].any(axis=1).all():
        what = "it draws black and other colours on a transparent background"
        raise DataFault("mask-alpha", path, what)
    else:
        over = PIL.Image.new("RGBA", picture.size, (0, 0, 0, 255))
        kept = np.asarray(PIL.Image.alpha_composite(over, PIL.Image.fromarray(wide)))[..., :3]
    grey = (kept == kept[..., :1]).all()
    return kept[..., 0] if grey else kept
