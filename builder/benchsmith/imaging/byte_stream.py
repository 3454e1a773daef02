"""Bytes of a file, plain or compressed: read to the end, checked, and never more than promised.

Libraries believe a header and stop early; a truncated or damaged file then gives a whole array.
Here the stream is inflated to its end and its checksum compared (RFC 1952 for gzip, RFC 1950 for
zlib) before a voxel is used, and a file that inflates to more than its header speaks of is refused.
"""

from __future__ import annotations

import zlib
from pathlib import Path

import deflate

from benchsmith.core.contracts import DataFault

LARGEST_BYTES = 4 << 30
"""Inflated bytes that a reader may hold for one file."""
SLACK = 64 << 10
"""Bytes that may follow the data: padding, a comment, another tool's footer."""
LONGEST_AXIS = 100_000
BLOCK = 1 << 20
GZIP = b"\x1f\x8b"
WBITS = {"gzip": 31, "zlib": 15}


def beginning(path: Path, size: int) -> bytes:
    """Return the first `size` bytes of a file, inflated if it is gzip.

    Raises DataFault for a file that is empty, cannot be opened, or is a web page or a Git LFS
    pointer in place of data.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(max(size, 1 << 16))
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error
    if not raw:
        raise DataFault("truncated", path, "the file is empty")
    if raw.lstrip()[:1] == b"<":
        raise DataFault("header", path, "is an HTML or XML page, not data: download it again")
    if raw.startswith(b"version https://git-lfs"):
        raise DataFault("header", path, "is a Git LFS pointer, not data: run `git lfs pull`")
    if raw[:2] != GZIP:
        return raw[:size]
    try:
        return zlib.decompressobj(WBITS["gzip"]).decompress(raw, size)
    except zlib.error as error:
        raise DataFault("checksum", path, str(error)) from error


def packing_of(path: Path) -> str:
    """Return ``gzip`` or an empty string, by the file's first bytes and not by its name."""
    with path.open("rb") as file:
        return "gzip" if file.read(2) == GZIP else ""


def check_shape(shape: tuple[int, ...], item_bytes: int, path: Path) -> int:
    """Return the bytes of an array, or raise DataFault for one that nobody can hold."""
    total = item_bytes
    for n in shape:
        if not 1 <= n <= LONGEST_AXIS:
            raise DataFault("header", path, f"declares the shape {shape}")
        total *= n
    if total > LARGEST_BYTES:
        raise DataFault("too-large", path, f"promises {total} bytes, {shape} voxels")
    return total


def extent(path: Path, packing: str, skip: int, start: int, stop: int, end: int) -> memoryview:
    """Return bytes `start` to `stop` of the data of a file that must hold `end` bytes of it.

    `skip` bytes of the file come before the (packed) data. A packed stream is inflated to its
    end; what is not wanted is thrown away as it comes. Raises DataFault (truncated, checksum,
    too-large, unreadable).
    """
    try:
        if not packing:
            return _plain(path, skip, start, stop, end)
        if stop - start < end // 2:
            return _streamed(path, packing, skip, start, stop, end)
        return _at_once(path, packing, skip, end)[start:stop]
    except (OSError, MemoryError) as error:
        raise DataFault("unreadable", path, str(error)) from error


def _plain(path: Path, skip: int, start: int, stop: int, end: int) -> memoryview:
    present = path.stat().st_size - skip
    if present < end:
        raise DataFault("truncated", path, f"{end} bytes of data declared, {present} present")
    data = bytearray(stop - start)
    with path.open("rb") as file:
        file.seek(skip + start)
        if file.readinto(data) != len(data):
            raise DataFault("truncated", path, "ended while it was read")
    return memoryview(data)


def _at_once(path: Path, packing: str, skip: int, end: int) -> memoryview:
    """Inflate a whole stream with libdeflate, which checks length and checksum.

    It says of a fault only that there is one; the slower way then tells which.
    """
    with path.open("rb") as file:
        file.seek(skip)
        raw = file.read()
    declared = int.from_bytes(raw[-4:], "little") if packing == "gzip" else end
    if end <= declared <= end + SLACK:
        inflate = deflate.gzip_decompress if packing == "gzip" else deflate.zlib_decompress
        try:
            data = inflate(raw, declared)
        except deflate.DeflateError:
            data = b""
        if len(data) == declared:
            return memoryview(data)
    return _streamed(path, packing, skip, 0, end, end)


def _streamed(path: Path, packing: str, skip: int, start: int, stop: int, end: int) -> memoryview:
    """Inflate a stream block by block, member by member, keeping `start` to `stop`."""
    kept = bytearray()
    place = 0
    engine = zlib.decompressobj(WBITS[packing])
    with path.open("rb") as file:
        file.seek(skip)
        fed = file.read(BLOCK)
        while fed or not engine.eof:
            try:
                block = engine.decompress(fed, BLOCK) if fed else engine.flush()
            except zlib.error as error:
                raise DataFault("checksum", path, f"after {place} bytes: {error}") from error
            low, high = max(start - place, 0), min(stop - place, len(block))
            if low < high:
                kept += block[low:high]
            place += len(block)
            if place > end + SLACK:
                raise DataFault(
                    "too-large", path, f"inflates to more than the {end} bytes of its header"
                )
            if engine.eof:
                fed = engine.unused_data or file.read(BLOCK)
                if packing != "gzip" or not fed.startswith(GZIP):
                    break
                engine = zlib.decompressobj(WBITS[packing])
            elif fed:
                fed = engine.unconsumed_tail or file.read(BLOCK)
            else:
                what = f"the {packing} stream stops after {place} bytes"
                raise DataFault("truncated", path, what)
    if place < end:
        raise DataFault("truncated", path, f"{end} bytes of data declared, {place} present")
    return memoryview(kept)
