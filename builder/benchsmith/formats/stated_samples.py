"""What a picture's file states about its samples: sign, bits, largest value and direction."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import PIL.Image
from PIL.ImageFile import ImageFile

from benchsmith.core.contracts import Array, DataFault

_FEW_BITS = re.compile(r"L;([24])\b")
"""How Pillow names grey of few bits in a PNG or TIFF."""
PHOTOMETRIC, BITS_PER_SAMPLE = 262, 258
"""TIFF tags."""
SAMPLE_FORMAT, SIGNED = 339, 2
"""Another TIFF tag, and its value for signed integers; unsigned ones are the default."""


def is_deep_colour(picture: PIL.Image.Image) -> bool:
    """Return whether a PNG or TIFF in colour has 16 bits a sample; called before it is loaded."""
    if picture.mode not in ("RGB", "RGBA") or not isinstance(picture, ImageFile):
        return False
    if picture.format == "TIFF":
        return first_value(picture, BITS_PER_SAMPLE) > 8
    return picture.format == "PNG" and any(";16" in str(tile.args) for tile in picture.tile)


def grey_maximum(picture: PIL.Image.Image) -> int:
    """Return the largest value of grey of 2 or 4 bits, which Pillow scales to 255; 0 for any other."""
    if picture.mode != "L" or not isinstance(picture, ImageFile):
        return 0
    found = [_FEW_BITS.search(str(tile.args)) for tile in picture.tile]
    bits = {int(one.group(1)) for one in found if one}
    return (1 << bits.pop()) - 1 if len(bits) == 1 else 0


def pnm_maximum(picture: PIL.Image.Image, path: Path) -> int:
    """Return the largest value that a PNM file states, which Pillow scales to 255 or 65535.

    0 if nothing is scaled. Raises DataFault for a larger sample, which Pillow would show as white.
    """
    if not isinstance(picture, ImageFile) or picture.format != "PPM" or not picture.tile:
        return 0
    tile = picture.tile[0]
    if tile.codec_name != "ppm" or not isinstance(tile.args, tuple) or picture.fp is None:
        return 0
    most = int(tile.args[1])
    before = picture.fp.tell()
    picture.fp.seek(tile.offset)
    kind = np.dtype("u1" if most < 256 else ">u2")
    size = picture.width * picture.height * len(picture.getbands()) * kind.itemsize
    data = picture.fp.read(size)
    picture.fp.seek(before)
    highest = int(
        np.frombuffer(data[: len(data) // kind.itemsize * kind.itemsize], kind).max(initial=0)
    )
    if highest > most:
        raise DataFault("header", path, f"states {most} as its largest value and has {highest}")
    return most


def as_written(scaled: Array, most: int) -> Array:
    """Return the labels of a PNM mask as stored in the file."""
    largest = 255 if most <= 255 else 65535
    return np.rint(scaled * (most / largest)).astype(scaled.dtype)


def first_value(picture: PIL.Image.Image, tag: int) -> int:
    """Return the first value of a TIFF tag; -1 where it is not stated."""
    value = picture.tag_v2.get(tag, -1)  # type: ignore[attr-defined]
    return int(value[0] if isinstance(value, tuple) else value)


def as_sampled(pixels: Array, picture: PIL.Image.Image) -> Array:
    """Return pixels with the sign that a TIFF states; Pillow has one type for each size."""
    signed = first_value(picture, SAMPLE_FORMAT) == SIGNED
    bits, name = first_value(picture, BITS_PER_SAMPLE), pixels.dtype.name
    if signed and bits == 8 and name == "uint8" and pixels.ndim == 2:
        return pixels.view(np.int8)
    if not signed and bits == 32 and name == "int32":
        return pixels.view(np.uint32)
    return pixels


def inverted(pixels: Array, bits: int, path: Path) -> Array:
    """Return the pixels of a WhiteIsZero TIFF with higher values brighter (TIFF 6.0, section 8)."""
    if pixels.dtype.kind == "f" or pixels.ndim != 2:
        raise DataFault("dimensions", path, "is WhiteIsZero and has pixels that are not integers")
    if pixels.dtype.kind == "i" and pixels.min(initial=0) < 0:
        return -1 - pixels
    highest = (1 << min(max(bits, 1), pixels.dtype.itemsize * 8)) - 1
    return (highest - pixels.astype(np.int64)).astype(pixels.dtype)
