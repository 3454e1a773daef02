"""Bytes of a file, plain or compressed: read to the end, checked, never more than declared.

Libraries trust a header and stop early, so that a truncated or damaged file yields a whole array.
Here the stream is inflated to its end and its checksum compared (RFC 1952 for gzip, RFC 1950 for
zlib) before a voxel is used. A file with more data than its header declares is refused, plain or
inflated: it is unknown whether its first or its last bytes are the voxels.
"""

from __future__ import annotations

import gzip
import zlib
from pathlib import Path

import deflate

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.bytes_read import awaited

MAX_INFLATED_BYTES = 4 << 30
"""Largest size of one file after inflation."""
MAX_AXIS_LENGTH = 100_000
MAX_PICTURE_PX = 120_000_000
"""Largest number of pixels of one picture."""
BLOCK_BYTES = 1 << 20
LONGER = "which of them are the voxels is not known; correct the sizes or the offset in the header"
"""What a file holds more data than its header declares for."""
MAX_UNDECLARED_BYTES = 64 << 10
"""Undeclared bytes that are inflated to say how many they are; a stream with more is refused unread."""
GZIP = b"\x1f\x8b"
WINDOW_BITS = {"gzip": 31, "zlib": 15}


def beginning(path: Path, size: int) -> bytes:
    """Return the first `size` bytes of a file, inflated if it is gzip.

    Raises DataFault for an empty or unreadable file, and for a web page or Git LFS pointer.
    """
    return beginning_of(path, size)[0]


def beginning_of(path: Path, size: int) -> tuple[bytes, str]:
    """Return what `beginning` does, and the file's compression: ``gzip`` or empty."""
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
        return raw[:size], ""
    found = b""
    try:
        # a stream may consist of several members (RFC 1952, 2.2)
        while len(found) < size and raw.startswith(GZIP):
            inflater = zlib.decompressobj(WINDOW_BITS["gzip"])
            found += inflater.decompress(raw, size - len(found))
            raw = inflater.unused_data
    except zlib.error as error:
        raise DataFault("checksum", path, str(error)) from error
    return found, "gzip"


def whole(path: Path, most: int) -> bytes:
    """Return the bytes of a small file as it is stored. Raises DataFault (too-large, unreadable)."""
    try:
        size = path.stat().st_size
        if size > most:
            raise DataFault("too-large", path, f"has {size} bytes")
        return path.read_bytes()
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error


def after(path: Path, compression: str, end: int, size: int) -> bytes:
    """Return up to `size` bytes that follow the first `end` bytes of a file's data. Raises DataFault."""
    try:
        with gzip.open(path) if compression == "gzip" else path.open("rb") as file:
            while end > 0 and (block := file.read(min(end, BLOCK_BYTES))):
                end -= len(block)
            return file.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise DataFault("unreadable", path, str(error)) from error


def compression_of(path: Path) -> str:
    """Return ``gzip`` or an empty string, by the file's first bytes."""
    with path.open("rb") as file:
        return "gzip" if file.read(2) == GZIP else ""


def check_shape(shape: tuple[int, ...], item_bytes: int, path: Path) -> int:
    """Return the size of an array in bytes. Raises DataFault for sizes over the limits."""
    total = item_bytes
    for n in shape:
        if not 1 <= n <= MAX_AXIS_LENGTH:
            raise DataFault("header", path, f"declares the shape {shape}")
        total *= n
    if total > MAX_INFLATED_BYTES:
        raise DataFault("too-large", path, f"promises {total} bytes, {shape} voxels")
    return total


def check_picture(rows: int, columns: int, path: Path) -> None:
    """Refuse a picture of too many pixels before it is read. Raises DataFault."""
    if rows * columns > MAX_PICTURE_PX:
        raise DataFault("too-large", path, f"has {columns} x {rows} pixels")


def extent(
    path: Path, compression: str, skip: int, start: int, stop: int, end: int, trailing: int = 0
) -> memoryview:
    """Return bytes `start` to `stop` of the data of a file that must hold `end` bytes of it.

    `skip` bytes of the file come before the data, and at most `trailing` bytes may follow it. A
    compressed stream is inflated to its end; bytes outside the range are dropped on the way. Raises
    DataFault (truncated, checksum, header, too-large, unreadable).
    """
    try:
        if not compression:
            return _plain(path, skip, start, stop, end, trailing)
        if stop - start < end // 2:
            return _streamed(path, compression, skip, start, stop, end, trailing)
        return _at_once(path, compression, skip, end, trailing)[start:stop]
    except (OSError, MemoryError) as error:
        raise DataFault("unreadable", path, str(error)) from error


def _plain(path: Path, skip: int, start: int, stop: int, end: int, trailing: int) -> memoryview:
    present = path.stat().st_size - skip
    if present < end:
        raise DataFault("truncated", path, f"{end} bytes of data declared, {present} present")
    if present > end + trailing:
        raise DataFault(
            "header", path, f"{end} bytes of data declared, {present} present: {LONGER}"
        )
    data = bytearray(stop - start)
    hasher = awaited(path)
    with path.open("rb") as file:
        before = file.read(skip + start) if hasher is not None else b""
        file.seek(skip + start)
        if file.readinto(data) != len(data):
            raise DataFault("truncated", path, "ended while it was read")
        if hasher is not None:
            hasher.take(path, before, data, file.read())
    return memoryview(data)


def _at_once(path: Path, compression: str, skip: int, end: int, trailing: int) -> memoryview:
    """Inflate a whole stream with libdeflate, which checks length and checksum.

    libdeflate reports only that there is a fault; the slower way then finds out which.
    """
    with path.open("rb") as file:
        before, raw = file.read(skip), file.read()
    if (hasher := awaited(path)) is not None:
        hasher.take(path, before, raw)
    declared = int.from_bytes(raw[-4:], "little") if compression == "gzip" else end
    if end <= declared <= end + trailing:
        inflate = deflate.gzip_decompress if compression == "gzip" else deflate.zlib_decompress
        try:
            data = inflate(raw, declared)
        except deflate.DeflateError:
            data = b""
        if len(data) == declared:
            return memoryview(data)
    return _streamed(path, compression, skip, 0, end, end, trailing)


def _streamed(
    path: Path, compression: str, skip: int, start: int, stop: int, end: int, trailing: int
) -> memoryview:
    """Inflate a stream block by block, member by member; return bytes `start` to `stop`."""
    wanted = bytearray()
    place = 0
    inflater = zlib.decompressobj(WINDOW_BITS[compression])
    with path.open("rb") as file:
        file.seek(skip)
        chunk = file.read(BLOCK_BYTES)
        while chunk or not inflater.eof:
            try:
                block = inflater.decompress(chunk, BLOCK_BYTES) if chunk else inflater.flush()
            except zlib.error as error:
                raise DataFault("checksum", path, f"after {place} bytes: {error}") from error
            low, high = max(start - place, 0), min(stop - place, len(block))
            if low < high:
                wanted += block[low:high]
            place += len(block)
            if place > end + trailing + MAX_UNDECLARED_BYTES:
                raise DataFault(
                    "too-large", path, f"inflates to more than the {end} bytes of its header"
                )
            if inflater.eof:
                chunk = inflater.unused_data or file.read(BLOCK_BYTES)
                if compression != "gzip" or not chunk.startswith(GZIP):
                    break
                inflater = zlib.decompressobj(WINDOW_BITS[compression])
            elif chunk:
                chunk = inflater.unconsumed_tail or file.read(BLOCK_BYTES)
            else:
                what = f"the {compression} stream stops after {place} bytes"
                raise DataFault("truncated", path, what)
    if place < end:
        raise DataFault("truncated", path, f"{end} bytes of data declared, {place} present")
    if place > end + trailing:
        raise DataFault("header", path, f"{end} bytes of data declared, {place} present: {LONGER}")
    return memoryview(wanted)
