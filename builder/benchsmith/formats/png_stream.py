"""Whether a PNG file is complete: its chunks, their checksums, and a byte for every pixel.

Pillow shows rows that are missing from the compressed stream as black, and does not check the end
of the file.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import IO

import deflate

from benchsmith.core.contracts import DataFault

SIGNATURE = 8
"""Bytes before the first chunk."""
FRAME = 12
"""Bytes of a chunk beside its content: length, name, checksum."""
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Numbers per pixel of each colour type."""
INTERLACED = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
              (0, 1, 1, 2))  # fmt: skip
"""First column and row, and their steps, of each of Adam7's passes (PNG, 8.2)."""


def check(file: IO[bytes], path: Path) -> None:
    """Leave the position in the file unchanged. Raises DataFault (truncated, checksum, header)."""
    place = file.tell()
    file.seek(0)
    data = file.read()
    file.seek(place)
    head = b""
    stream: list[bytes] = []
    at = SIGNATURE
    while True:
        name = data[at + 4 : at + 8]
        if len(name) < 4:
            raise DataFault(
                "truncated", path, f"ends after {len(data)} bytes, before its last chunk"
            )
        (size,) = struct.unpack_from(">I", data, at)
        content = data[at + 8 : at + 8 + size]
        if at + FRAME + size > len(data):
            what = f"its chunk {name!r} has {len(content)} of {size} bytes"
            raise DataFault("truncated", path, what)
        (stated,) = struct.unpack_from(">I", data, at + 8 + size)
        if zlib.crc32(content, zlib.crc32(name)) != stated:
            raise DataFault("checksum", path, f"its chunk {name!r} does not match its checksum")
        if name == b"IHDR":
            head = content
        elif name == b"IDAT":
            stream.append(content)
        elif name == b"IEND":
            break
        at += FRAME + size
    _check_pixels(b"".join(stream), _bytes_of(head, path), path)


def _bytes_of(head: bytes, path: Path) -> int:
    """Return how many bytes the stream of a picture inflates to, filters included."""
    if len(head) != 13:
        raise DataFault("header", path, f"its header has {len(head)} bytes")
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if kind not in CHANNELS:
        raise DataFault("header", path, f"its colour type is {kind}")
    bits = depth * CHANNELS[kind]
    passes = INTERLACED if interlaced else ((0, 0, 1, 1),)
    total = 0
    for left, top, across, down in passes:
        columns, rows = -(-(width - left) // across), -(-(height - top) // down)
        if columns > 0 and rows > 0:
            total += rows * (1 + -(-columns * bits // 8))
    return total


def _check_pixels(stream: bytes, size: int, path: Path) -> None:
    try:
        if len(deflate.zlib_decompress(stream, size)) == size:
            return
    except deflate.DeflateError:
        pass  # which fault it is, the slower way finds out
    try:
        present = len(zlib.decompressobj().decompress(stream, size))
    except zlib.error as error:
        raise DataFault("checksum", path, str(error)) from error
    if present < size:
        raise DataFault("truncated", path, f"{size} bytes of pixels declared, {present} present")
