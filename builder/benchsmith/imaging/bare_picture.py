"""A PNG or JPEG file without everything around its pixels: comments, EXIF, XMP, thumbnails, trailing bytes.

Pixels, colours and orientation are unchanged; nothing is decoded or recompressed.
"""

from __future__ import annotations

import io
import struct
import zlib

import PIL.Image

from benchsmith.imaging.picture_segments import JPEG, PNG, after_scan
from benchsmith.imaging.picture_turns import STORED, TURNS

ORIENTATION = 0x0112
"""EXIF tag."""
KEPT_CHUNKS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB iCCP cICP sBIT bKGD pHYs hIST acTL fcTL fdAT".split()
)
"""Chunks that tell how pixels are shown."""
SCAN, END, JFIF, PROFILE, ADOBE = 0xDA, 0xD9, 0xE0, 0xE2, 0xEE
APPLICATION, COMMENT = range(0xE0, 0xF0), 0xFE


def bare(data: bytes) -> bytes:
    """Return the bytes of a PNG or JPEG picture without metadata; the same bytes if it has none.

    A picture whose EXIF turns it keeps an EXIF with only the orientation.
    """
    if data.startswith(PNG):
        return _png(data)
    return _jpeg(data) if data.startswith(JPEG) else data


def _turned(data: bytes) -> bytes:
    """Return an EXIF with only a picture's orientation; empty if the picture is not turned."""
    with PIL.Image.open(io.BytesIO(data)) as picture:
        code = picture.getexif().get(ORIENTATION, STORED)
    if code == STORED or code not in TURNS:
        return b""
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = code
    return exif.tobytes()


def _png(data: bytes) -> bytes:
    kept, at = [], len(PNG)
    while at + 12 <= len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        kind = data[at + 4 : at + 8]
        if kind in KEPT_CHUNKS:
            kept.append(data[at : at + 12 + size])
        at += 12 + size
        if kind == b"IEND":
            break
    found = PNG + b"".join(kept)
    if len(found) == len(data):
        return data
    if exif := _turned(data):
        body = b"eXIf" + exif.removeprefix(b"Exif\0\0")
        kept.insert(
            1, struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
        )
    return PNG + b"".join(kept)


def _jpeg(data: bytes) -> bytes:
    kept, at = [data[:2]], 2
    while at + 2 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # a byte that fills up
            at += 1
            continue
        if marker == END:
            kept.append(data[at : at + 2])
            break
        if marker == 1 or 0xD0 <= marker < 0xD8:  # without a length
            kept.append(data[at : at + 2])
            at += 2
            continue
        end = at + 2 + max(int.from_bytes(data[at + 2 : at + 4], "big"), 2)
        if marker == SCAN:
            end = after_scan(data, end)
        if _is_kept(marker, data[at + 4 : at + 16]):
            kept.append(data[at:end])
        at = end
    found = b"".join(kept)
    if len(found) == len(data):
        return data
    if exif := _turned(data):
        kept.insert(1, b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif)
    return b"".join(kept)


def _is_kept(marker: int, body: bytes) -> bool:
    if marker == PROFILE:
        return body.startswith(b"ICC_PROFILE\0")
    if marker in APPLICATION:
        return marker in (JFIF, ADOBE) and not body.startswith(b"JFXX")
    return marker != COMMENT
