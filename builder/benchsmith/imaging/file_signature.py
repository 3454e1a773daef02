"""The kind of a file by its first bytes."""

from __future__ import annotations

from pathlib import Path

PREAMBLE_BYTES = 128
HEAD_BYTES = 12
WEBP_BYTES = 1 << 20
"""Bytes of a WebP in which its pixels begin: before them are only a colour profile and alpha."""


def is_dicom(path: Path) -> bool:
    """Return whether a file begins as PS3.10 section 7.1 demands: 128 bytes, then ``DICM``."""
    return _beginning(path, PREAMBLE_BYTES + 4)[PREAMBLE_BYTES:] == b"DICM"


def lossy_kind(path: Path) -> str:
    """Return the lossy format in which a picture is stored, whatever its name; empty if none is recognised.

    A JPEG, or a WebP whose first chunk of pixels is of the lossy kind (RFC 9649).
    """
    start = _beginning(path, HEAD_BYTES)
    if start[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if start[:4] == b"RIFF":
        start = _beginning(path, WEBP_BYTES)
    place = 12
    while start[:4] == b"RIFF" and start[8:12] == b"WEBP" and place + 8 <= len(start):
        if start[place : place + 4] in (b"VP8 ", b"VP8L"):
            return "lossy WebP" if start[place : place + 4] == b"VP8 " else ""
        size = int.from_bytes(start[place + 4 : place + 8], "little")
        place += 8 + size + size % 2
    return ""


def _beginning(path: Path, count: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""
