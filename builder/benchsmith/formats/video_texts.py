"""The texts in a video's container: titles, authors, places and days of recording. No frame is decoded."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from benchsmith.text.readable_bytes import readable

MAX_BYTES = 1 << 22
"""Bytes of one part that are searched."""
MAX_PARTS, MAX_DEPTH = 100_000, 8
"""Parts of one level, and levels of boxes in boxes."""
MP4_FOLDERS = (b"moov", b"trak", b"mdia", b"minf", b"dinf", b"edts")
"""Boxes that hold boxes (ISO/IEC 14496-12)."""
MP4_TEXTS = (b"udta", b"meta", b"uuid", b"hdlr", b"ilst")
RIFF_FRAMES = (b"movi", b"idx1", b"indx", b"JUNK")
EBML = b"\x1a\x45\xdf\xa3"
SEGMENT, CLUSTER, CUES = 0x18538067, 0x1F43B675, 0x1C53BB6B
"""Parts of Matroska (RFC 9559); clusters hold frames."""


def texts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of a part and a text of it, from an MP4, MOV, AVI or Matroska file.

    Other containers have no texts of their own, and their first and last bytes are searched.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[4:8] in (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide"):
            parts = _boxes(file, 0, size)
        elif head[:4] == b"RIFF":
            parts = _chunks(file, 12, size)
        elif head[:4] == EBML:
            parts = _elements(file, size)
        else:
            parts = _ends(file, size)
        for name, data in parts:
            yield from ((name, text) for text in readable(data))


def _boxes(file: BinaryIO, at: int, end: int, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    for _ in range(MAX_PARTS):
        if at + 8 > end:
            return
        file.seek(at)
        size, kind = struct.unpack(">I4s", file.read(8))
        inside = at + 8
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8).rjust(8, b"\0"))
            inside = at + 16
        size = size or end - at
        if size < inside - at:
            return
        if kind in MP4_FOLDERS and depth < MAX_DEPTH:
            yield from _boxes(file, inside, min(at + size, end), depth + 1)
        elif kind in MP4_TEXTS:
            yield kind.decode(), file.read(min(at + size - inside, MAX_BYTES))
        at += size


def _chunks(file: BinaryIO, at: int, end: int) -> Iterator[tuple[str, bytes]]:
    for _ in range(MAX_PARTS):
        if at + 12 > end:
            return
        file.seek(at)
        kind, size, listed = struct.unpack("<4sI4s", file.read(12))
        if kind == b"RIFF" or (kind == b"LIST" and listed in (b"hdrl", b"strl")):
            at += 12
            continue
        if kind not in RIFF_FRAMES and not (kind == b"LIST" and listed in RIFF_FRAMES):
            file.seek(at + 8)
            yield (
                (listed if kind == b"LIST" else kind).decode("latin-1"),
                file.read(min(size, MAX_BYTES)),
            )
        at += 8 + size + size % 2


def _elements(file: BinaryIO, end: int) -> Iterator[tuple[str, bytes]]:
    at = 0
    for _ in range(MAX_PARTS):
        if at >= end:
            return
        file.seek(at)
        head = file.read(12)
        kind, used = _number(head, keep=True)
        size, more = _number(head[used:], keep=False)
        if not used or not more:
            return
        inside = at + used + more
        unknown = size == (1 << (7 * more)) - 1
        if kind == SEGMENT or (unknown and kind == CLUSTER):
            at = inside
            continue
        if kind not in (CLUSTER, CUES):
            file.seek(inside)
            yield "Matroska", file.read(min(size, MAX_BYTES))
        at = inside + size


def _number(data: bytes, *, keep: bool) -> tuple[int, int]:
    """Return a Matroska number and its length in bytes; an id keeps its length marker."""
    if not data or not data[0]:
        return 0, 0
    length = 9 - data[0].bit_length()
    value = int.from_bytes(data[:length], "big")
    return (value if keep else value & ((1 << (7 * length)) - 1)), length


def _ends(file: BinaryIO, size: int) -> Iterator[tuple[str, bytes]]:
    file.seek(0)
    yield "the beginning of the file", file.read(1 << 16)
    file.seek(max(size - (1 << 16), 0))
    yield "the end of the file", file.read(1 << 16)
