"""What a compressed frame states of itself: JPEG, JPEG-LS, and JPEG 2000 with or without a file around it."""

from __future__ import annotations

import struct
from typing import NamedTuple

JP2 = b"\x00\x00\x00\x0cjP  "
CODESTREAM = b"jp2c"
SIZ = b"\xff\x4f\xff\x51"
"""Start of a codestream, up to the marker of its sizes (ISO/IEC 15444-1 A.5.1)."""
START_OF_IMAGE = b"\xff\xd8"
BARE = frozenset({0x01, *range(0xD0, 0xD8)})
"""Markers of JPEG without a length (ISO/IEC 10918-1 B.1.1.3)."""
FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
"""Markers of a frame of JPEG, and of JPEG-LS (ISO/IEC 14495-1 C.1.1)."""
SCAN = frozenset({0xD9, 0xDA})
_SIGNED = 0x80


class Stream(NamedTuple):
    """What a compressed frame states."""

    columns: int
    rows: int
    components: int
    bits: int
    """Of the first component."""
    signed: bool
    """Whether the numbers of the first component are signed; JPEG and JPEG-LS do not state it."""
    codestream: bool
    """Whether it is JPEG 2000."""
    unread: str = ""
    """What of it is not read."""


def stated(frame: bytes) -> Stream | None:
    """Return what a frame states; None if it is of no such kind, or ends before it states it."""
    if frame.startswith(START_OF_IMAGE):
        return _of_jpeg(frame)
    start = _codestream(frame) if frame.startswith(JP2) else 0
    return _of_codestream(frame[start:]) if frame.startswith(SIZ, start) else None


def _codestream(frame: bytes) -> int:
    """Return where the codestream of a JP2 file begins (ISO/IEC 15444-1 I.4); its end if there is none."""
    at = 0
    while at + 8 <= len(frame):
        length = int.from_bytes(frame[at : at + 4], "big")
        wide = 8 if length == 1 else 0
        if frame[at + 4 : at + 8] == CODESTREAM:
            return at + 8 + wide
        length = int.from_bytes(frame[at + 8 : at + 16], "big") if wide else length
        if length < 8:
            break
        at += length
    return len(frame)


def _of_jpeg(frame: bytes) -> Stream | None:
    at = len(START_OF_IMAGE)
    while at + 1 < len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker == 0xFF or marker in BARE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in FRAMES and at + 10 <= len(frame):
            bits, rows, columns, components = struct.unpack(">BHHB", frame[at + 4 : at + 10])
            return Stream(columns, rows, components, bits, signed=False, codestream=False)
        if marker in SCAN:
            break
        at += 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return None


def _of_codestream(stream: bytes) -> Stream | None:
    if len(stream) < 42:
        return None
    right, bottom, left, top = struct.unpack(">4I", stream[8:24])
    count = int.from_bytes(stream[40:42], "big")
    parts = stream[42 : 42 + 3 * count]
    if not count or len(parts) < 3 * count:
        return None
    bits, across, down = parts[::3], parts[1::3], parts[2::3]
    unread = ""
    if {*across, *down} != {1}:
        steps = ", ".join(f"{x} x {y}" for x, y in zip(across, down, strict=True))
        unread = f"components of fewer pixels than the picture, with steps of {steps}"
    elif len(set(bits)) > 1:
        unread = "components of different types"
    elif count > 1 and bits[0] & _SIGNED:
        unread = "colours that are signed numbers"
    first, signed = bits[0], bool(bits[0] & _SIGNED)
    bits_used = (first & ~_SIGNED) + 1
    return Stream(
        right - left, bottom - top, count, bits_used, signed, codestream=True, unread=unread
    )
