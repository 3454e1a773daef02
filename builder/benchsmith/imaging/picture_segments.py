"""The parts of a picture file that hold no pixels: PNG chunks, JPEG segments, WebP chunks, and what follows.

They are found by their lengths, wherever they are; nothing is decoded.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from mmap import mmap

PNG, JPEG, RIFF, GIF = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF", b"GIF8"
MAX_TEXT_BYTES = 1 << 24
"""Bytes of one part that are read, and that a compressed one may inflate to."""
_PNG_PIXELS = (b"IHDR", b"IEND", b"PLTE", b"IDAT", b"tRNS", b"fdAT")
_WEBP_PIXELS = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANMF", b"ANIM")
_STANDALONE = (0x01, *range(0xD0, 0xD8))
"""JPEG markers without a length."""
_SCAN, _END = 0xDA, 0xD9
_APPLICATION, _COMMENT = range(0xE0, 0xF0), 0xFE


Bytes = bytes | mmap
"""A file in memory, or mapped into it."""


def segments(data: Bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each part of a PNG, JPEG, WebP or GIF file without pixels.

    What follows the picture is named ``after the picture``. A file of another kind yields nothing; a
    rest that cannot be divided is yielded as one part.
    """
    head = data[:12]
    if head.startswith(PNG):
        yield from _of_png(data)
    elif head.startswith(JPEG):
        yield from _of_jpeg(data)
    elif head.startswith(RIFF) and head[8:12] == b"WEBP":
        yield from _of_webp(data)
    elif head.startswith(GIF):
        # blocks of pixels hold text by chance only
        yield "GIF", data[:MAX_TEXT_BYTES]


def is_picture(data: Bytes) -> bool:
    """Return whether `segments` knows a file of this kind."""
    head = data[:12]
    webp = head.startswith(RIFF) and head[8:12] == b"WEBP"
    return head.startswith((PNG, JPEG, GIF)) or webp


def _of_png(data: Bytes) -> Iterator[tuple[str, bytes]]:
    at = len(PNG)
    while at + 12 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8]
        if at + 12 + size > len(data) or not kind.isalpha():
            break
        if kind not in _PNG_PIXELS:
            body = data[at + 8 : at + 8 + min(size, MAX_TEXT_BYTES)]
            yield kind.decode("latin-1"), _inflated(kind, body)
        at += 12 + size
        if kind == b"IEND":
            break
    yield from _rest(data, at)


def _inflated(kind: bytes, body: bytes) -> bytes:
    """Return a chunk's bytes with its compressed content inflated."""
    name, _, rest = body.partition(b"\0")
    if kind in (b"zTXt", b"iCCP"):
        return name + b"\0" + _inflate(rest[1:])
    if kind == b"iTXt" and rest[:1] == b"\1":
        language, _, behind = rest[2:].partition(b"\0")
        translated, _, text = behind.partition(b"\0")
        return b"\0".join((name, language, translated, _inflate(text)))
    return body


def _inflate(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MAX_TEXT_BYTES)
    except zlib.error:
        return data


def _of_jpeg(data: Bytes) -> Iterator[tuple[str, bytes]]:
    at = 2
    while at + 4 <= len(data):
        if data[at : at + 1] != b"\xff":
            break
        marker = data[at + 1 : at + 2][0]
        if marker == 0xFF:
            at += 1
            continue
        if marker in _STANDALONE:
            at += 2
            continue
        if marker == _END:
            break
        (size,) = struct.unpack(">H", data[at + 2 : at + 4])
        if marker in _APPLICATION or marker == _COMMENT:
            name = "COM" if marker == _COMMENT else f"APP{marker - _APPLICATION.start}"
            yield name, data[at + 4 : at + 2 + size]
        at += 2 + max(size, 2)
        if marker == _SCAN:
            at = after_scan(data, at)
    yield from _rest(data, at + 2 if data[at : at + 2] == b"\xff\xd9" else at)


def after_scan(data: Bytes, at: int) -> int:
    """Return the place of the marker after a scan's pixels; inside pixels, 255 is followed by 0 or a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            return len(data)
        following = data[at + 1 : at + 2]
        if following and following not in (b"\0", b"\xff") and following[0] not in _STANDALONE:
            return at
        at += 1 if following == b"\xff" else 2


def _of_webp(data: Bytes) -> Iterator[tuple[str, bytes]]:
    (stated,) = struct.unpack("<I", data[4:8])
    at, end = 12, min(8 + stated, len(data))
    while at + 8 <= end:
        kind = data[at : at + 4]
        (size,) = struct.unpack("<I", data[at + 4 : at + 8])
        if kind not in _WEBP_PIXELS:
            body = data[at + 8 : at + 8 + min(size, MAX_TEXT_BYTES)]
            yield kind.decode("latin-1").strip(), body
        at += 8 + size + size % 2
    yield from _rest(data, end)


def _rest(data: Bytes, at: int) -> Iterator[tuple[str, bytes]]:
    if at < len(data):
        yield "after the picture", data[at : at + MAX_TEXT_BYTES]
