"""Bad pictures, and bad masks of a picture."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
import PIL.Image

from tests.bad_file import COLUMNS, READ, REFUSED, ROWS, BadFile


def _pixels() -> np.ndarray:
    y, x = np.indices((ROWS, COLUMNS))
    return np.stack([x * 2, y * 3, (x + y) % 251], axis=2).astype(np.uint8)


def _encoded(pixels: np.ndarray, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    PIL.Image.fromarray(pixels).save(out, kind, **more)
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def _png(width: int, height: int, rows: bytes) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = (_chunk(b"IHDR", head), _chunk(b"IDAT", zlib.compress(rows)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def pictures() -> Iterator[BadFile]:
    """Yield pictures of every kind."""
    pixels = _pixels()
    good = {
        "png": _encoded(pixels, "PNG"),
        "jpg": _encoded(pixels, "JPEG", quality=90),
        "tif": _encoded(pixels, "TIFF"),
        "bmp": _encoded(pixels, "BMP"),
    }
    for ending, data in good.items():
        yield BadFile(f"made/image/good.{ending}", READ, "sound", data)
        half = data[: len(data) // 2]
        yield BadFile(f"made/image/half.{ending}", REFUSED, "half of the bytes", half)
    for name, what, data in (
        ("nothing.png", "no bytes", b""),
        ("text.png", "a page of the web", b"<!doctype html><title>404</title>" * 9),
        ("width_zero.png", "no columns", _png(0, 8, b"")),
        ("wide.png", "4 thousand million columns", _png(2**32 - 1, 1, b"\0\0")),
        ("bomb.png", "1600 million pixels", _png(40_000, 40_000, bytes(1 << 20))),
        ("script.png", "PostScript by another name", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"),
    ):  # fmt: skip
        yield BadFile(f"made/image/{name}", REFUSED, what, data)
    yield BadFile("made/image/rows.png", REFUSED, "8 rows of 64", _png(64, 64, bytes(65 * 8)))


def masks() -> Iterator[BadFile]:
    """Yield masks of a picture of ROWS x COLUMNS."""
    mask = np.zeros((ROWS, COLUMNS), np.uint8)
    mask[10:30, 20:50] = 1
    for name, expect, what, pixels in (
        ("good.png", READ, "sound", mask),
        ("unnamed.png", REFUSED, "a value without a name", mask * 9),
        ("turned.png", REFUSED, "another shape", np.ascontiguousarray(mask.T)),
        ("narrow.png", REFUSED, "a column less", mask[:, :-1].copy()),
    ):
        yield BadFile(f"made/mask/{name}", expect, what, _encoded(pixels, "PNG"))


KINDS = (pictures, masks)
