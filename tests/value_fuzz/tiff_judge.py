"""Reads TIFF pictures with tifffile, and applies what it leaves to its users."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import tifffile

from tests.tiff_pages import REVERSED
from tests.value_fuzz.mutants import Refused, noted
from tests.value_fuzz.raster import ORIENTATION
from tests.value_fuzz.values import Values

WHITE_IS_ZERO, RGB, PALETTE = 0, 2, 3
NO_ALPHA, PREMULTIPLIED = 0, 1


def by_tifffile(path: Path) -> Values:
    """Read with tifffile, and apply what it leaves to its users.

    WhiteIsZero is inverted, colour maps are looked up (TIFF 6.0, sections 4 and 5), alpha is laid
    over black (section 18), and the orientation is applied (section 8).
    """
    with tifffile.TiffFile(path) as file:
        part = noted(path).get("part", "")
        if not part and len(file.pages) > 1:
            raise Refused("several pages")
        page: Any = file.pages[int(part or 0)]
        few = page.bitspersample in (2, 4)
        pixels = _few_bits(page, path) if few else page.asarray()
        if page.planarconfig == 2 and pixels.ndim == 3:
            pixels = pixels.transpose(1, 2, 0)
        if not {279, 325} & set(page.tags.keys()):
            raise Refused("no counts of bytes")
        code = int(page.tags[ORIENTATION].value) if ORIENTATION in page.tags else 1
        return {"pixels": turned_by(_shown(pixels, page, few=few), code)}


def _shown(pixels: Any, page: Any, *, few: bool) -> Any:
    """Return samples as brightness or colours."""
    top = (1 << page.bitspersample) - 1
    if pixels.dtype == bool:
        return (pixels != (page.photometric == WHITE_IS_ZERO)).astype(np.uint8) * 255
    if page.photometric == PALETTE:
        return (page.colormap[:, pixels] >> 8).transpose(1, 2, 0).astype(np.uint8)
    if page.photometric == WHITE_IS_ZERO:
        if pixels.dtype.kind == "i":
            raise Refused("what is white in signed numbers is not defined")
        pixels = (top - pixels.astype(np.uint64)).astype(pixels.dtype)
    if few:
        return pixels * np.uint8(255 // top)
    colours = 3 if page.photometric == RGB else 1
    extra = next(iter(page.extrasamples), NO_ALPHA)
    if pixels.dtype == np.uint16 and (colours == 3 or extra != NO_ALPHA):
        pixels = (pixels >> 8).astype(np.uint8)
    if pixels.ndim == 3 and pixels.shape[2] > colours:
        alpha = pixels[..., colours : colours + 1] / 255
        pixels = pixels[..., :colours]
        if extra not in (NO_ALPHA, PREMULTIPLIED):
            pixels = np.rint(pixels * alpha).astype(np.uint8)
    if pixels.dtype.kind == "f" and not np.isfinite(pixels).all():
        raise Refused("not finite")
    return pixels


def _few_bits(page: Any, path: Path) -> Any:
    """Return samples of 2 or 4 bits, for which tifffile needs another package.

    Only its directory and its decoder of PackBits are used.
    """
    if page.samplesperpixel != 1 or page.predictor != 1 or page.sampleformat != 1:
        raise Refused("an arrangement of few bits that nobody writes")
    data = path.read_bytes()
    down, across = (
        (page.tilelength, page.tilewidth) if page.is_tiled else (page.rowsperstrip, page.imagewidth)
    )
    stride = -(-across * page.bitspersample // 8)
    found = np.zeros((page.imagelength, page.imagewidth), np.uint8)
    at = iter(zip(page.dataoffsets, page.databytecounts, strict=True))
    for top in range(0, page.imagelength, down):
        rows = down if page.is_tiled else min(down, page.imagelength - top)
        for left in range(0, page.imagewidth, across):
            place, count = next(at)
            coded = data[place : place + count]
            coded = coded.translate(REVERSED) if page.fillorder == 2 else coded
            decode = {1: bytes, 8: zlib.decompress, 32773: tifffile.TIFF.DECOMPRESSORS[32773]}
            values = np.frombuffer(decode[int(page.compression)](coded), np.uint8)
            values = values[: rows * stride].reshape(rows, stride)
            single = np.unpackbits(values, axis=1)
            single = single[:, : across * page.bitspersample].reshape(rows, across, -1)
            levels = np.zeros((rows, across), np.uint8)
            for bit in range(page.bitspersample):
                levels = levels * 2 + single[..., bit]
            part = found[top : top + rows, left : left + across]
            part[:] = levels[: part.shape[0], : part.shape[1]]
    return found


def turned_by(pixels: Any, code: int) -> Any:
    """Return a picture turned as a TIFF orientation says: its first row and column lie where."""
    if code >= 5 and code <= 8:
        pixels = pixels.swapaxes(0, 1)
    if code in (2, 3, 6, 7):
        pixels = pixels[:, ::-1]
    if code in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels
