"""The inflated size of a compressed chunk, determined before a library inflates it.

A chunk that inflates to more than its array's chunk size is refused, so that a small file cannot take
the machine's memory. Zarr and HDF5 store arrays as such chunks.
"""

from __future__ import annotations

import zlib
from pathlib import Path

from benchsmith.core.contracts import DataFault
from benchsmith.imaging import byte_stream

INFLATED = {"gzip": 31, "zlib": 15, "numcodecs.zlib": 15}
"""Codecs whose streams do not state their size, and zlib's window bits."""
SIZED = frozenset({"blosc", "zstd", "lz4", "numcodecs.lz4", *INFLATED})
"""Codecs that change the number of bytes."""
BLOSC_HEADER, HEADER_BYTES = 16, 32
HEADED = frozenset({"blosc", "lz4", "numcodecs.lz4"})
"""Codecs whose first bytes state the size."""
ZSTD_MAGIC, ZSTD_SKIPPED = b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18"
ZSTD_BLOCK_BYTES = 128 << 10
"""Most bytes of one compressed block of Zstandard (RFC 8878, 3.1.1.2.4)."""
SPARE_BYTES = 64 << 20
"""What a frame of Zstandard without a stated size may become beyond its chunk: blocks may be short."""


def check(data: bytes | memoryview, codec: str, most: int, path: Path) -> None:
    """Refuse a chunk that states, or inflates to, more than `most` bytes. Raises DataFault.

    `data` is the stored chunk, which may be followed by a checksum.
    """
    size = 0
    if codec == "blosc":
        if len(data) < BLOSC_HEADER:
            raise DataFault("truncated", path, f"has {len(data)} bytes, fewer than a Blosc header")
        size = int.from_bytes(data[4:8], "little")
    elif codec == "zstd":
        size = _zstd_size(data, most, path)
    elif codec in INFLATED:
        size = inflated(data, INFLATED[codec], most, path)
    elif codec in ("lz4", "numcodecs.lz4"):
        size = int.from_bytes(data[:4], "little")
    if size > most:
        raise DataFault("too-large", path, f"inflates to {size} bytes or more, a chunk has {most}")


def check_file(file: Path, codec: str, most: int) -> None:
    """Refuse a file that is one chunk of more than `most` bytes. Raises DataFault."""
    with file.open("rb") as opened:
        check(opened.read(HEADER_BYTES if codec in HEADED else -1), codec, most, file)


def inflated(data: bytes | memoryview, bits: int, most: int, path: Path) -> int:
    """Return the bytes of a stream of DEFLATE, or a number above `most`. Raises DataFault.

    `bits` are the window bits of zlib, 15 for its own streams and 31 for gzip.
    """
    inflater = zlib.decompressobj(bits)
    size = 0
    try:
        while data and not inflater.eof and size <= most:
            size += len(inflater.decompress(data, byte_stream.BLOCK_BYTES))
            data = inflater.unconsumed_tail
    except zlib.error as error:
        raise DataFault("checksum", path, str(error)) from error
    if not inflater.eof and size <= most:
        raise DataFault("truncated", path, f"its stream stops after {size} bytes")
    return size


def _zstd_size(data: bytes | memoryview, most: int, path: Path) -> int:
    """Return the bytes of all frames (RFC 8878, 3.1.1): stated, or at most those of their blocks."""
    if data[:4] != ZSTD_MAGIC and data[1:4] != ZSTD_SKIPPED:
        raise DataFault("header", path, "is not a Zstandard frame")
    size = at = 0
    while data[at : at + 4] == ZSTD_MAGIC or data[at + 1 : at + 4] == ZSTD_SKIPPED:
        if data[at : at + 4] != ZSTD_MAGIC:
            at += 8 + int.from_bytes(data[at + 4 : at + 8], "little")
            continue
        stated, blocks, at = _zstd_frame(data, at + 4, path)
        if stated is None and blocks > most + SPARE_BYTES:
            what = f"states no size, and may inflate to {blocks} bytes: a chunk has {most}"
            raise DataFault("too-large", path, what)
        size += min(blocks, most) if stated is None else stated
    return size


def _zstd_frame(data: bytes | memoryview, at: int, path: Path) -> tuple[int | None, int, int]:
    """Return the size that a frame states, the most bytes of its blocks, and where it ends."""
    if at >= len(data):
        raise DataFault("truncated", path, "ends within a Zstandard frame")
    head = data[at]
    flag, single = head >> 6, bool(head & 32)
    start = at + 1 + (not single) + (0, 1, 2, 4)[head & 3]
    width = (1 if single else 0, 2, 4, 8)[flag]
    stated = int.from_bytes(data[start : start + width], "little") + (256 if width == 2 else 0)
    at, blocks, last = start + width, 0, False
    while not last:
        if at + 3 > len(data):
            raise DataFault("truncated", path, "ends within a Zstandard frame")
        block = int.from_bytes(data[at : at + 3], "little")
        last, kind, size = bool(block & 1), block >> 1 & 3, block >> 3
        blocks += ZSTD_BLOCK_BYTES if kind == 2 else size
        at += 3 + (1 if kind == 1 else size)
    return stated if width else None, blocks, at + 4 * (head >> 2 & 1)
