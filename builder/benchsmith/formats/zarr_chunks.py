"""What may be read of a Zarr array: plain numbers, known codecs, chunks that inflate to their size."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import DataFault
from benchsmith.formats import zarr_metadata
from benchsmith.imaging import byte_stream

CODECS = frozenset({"blosc", "zstd", "gzip", "zlib", "lz4", "delta", "shuffle", "bytes", "transpose",
                    "crc32c", "sharding_indexed", "numcodecs.zlib", "numcodecs.lz4",
                    "numcodecs.shuffle", "numcodecs.delta"})  # fmt: skip
"""Codecs that only compress or reorder numbers; others are refused, as `pickle` runs code."""
INFLATED = {"gzip": 31, "zlib": 15, "numcodecs.zlib": 15}
"""Codecs whose streams do not state their size, and zlib's window bits."""
SIZED = frozenset({"blosc", "zstd", "lz4", "numcodecs.lz4", *INFLATED})
HEADER_BYTES, BLOSC_HEADER = 32, 16
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


def check_array(
    node: Mapping[str, Any], path: Path
) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    """Return shape and type of an array from its metadata. Raises DataFault."""
    shape = node.get("shape")
    if not isinstance(shape, list) or not shape or not all(type(n) is int for n in shape):
        raise DataFault("header", path, f"its shape is {shape!r}")
    if not all(1 <= n <= byte_stream.MAX_AXIS_LENGTH for n in shape):
        raise DataFault("header", path, f"declares the shape {shape}")
    stated = node.get("dtype", node.get("data_type"))
    try:
        dtype = np.dtype(stated) if isinstance(stated, str) else None
    except TypeError:
        dtype = None
    if dtype is None or dtype.kind not in "iufb" or dtype.itemsize > 8:
        raise DataFault("dimensions", path, f"has values of type {stated!r}")
    for name in _codecs(node):
        if name not in CODECS:
            raise DataFault("format-unknown", path, f"has the codec {name!r}, which is not read")
    chunk = _chunk(node, len(shape), path)
    if prod(chunk) * dtype.itemsize > byte_stream.MAX_INFLATED_BYTES:
        raise DataFault("too-large", path, f"has chunks of {chunk} values")
    return tuple(shape), dtype


def check_chunks(path: Path) -> int:
    """Return how many chunks of an array are not stored. Raises DataFault.

    A stored chunk that inflates to more than its size is refused, and so is an array without chunks.
    """
    return _checked(path, max(p.stat().st_mtime_ns for p in (path, *path.iterdir())))


@lru_cache(maxsize=4)
def _checked(path: Path, changed_ns: int) -> int:
    node = zarr_metadata.node(path)
    shape, dtype = check_array(node, path)
    chunk = _chunk(node, len(shape), path)
    names = list(_codecs(node))
    codec = next((name for name in reversed(names) if name in SIZED), "")
    most = prod(chunk) * dtype.itemsize
    there = 0
    for file in _files(path):
        there += 1
        if codec and "sharding_indexed" not in names:
            _check_chunk(file, codec, most)
    total = prod(-(-n // c) for n, c in zip(shape, chunk, strict=True))
    if not there:
        raise DataFault("truncated", path, f"none of its {total} chunks is there")
    return max(0, total - there)


def _files(path: Path) -> Iterator[Path]:
    for file in sorted(path.rglob("*")):
        if file.is_file() and not file.name.startswith(".") and file.name != "zarr.json":
            yield file


def _codecs(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of an array's codecs in the order of writing, those inside of shards too."""
    listed = node.get("codecs")
    if listed is None:
        listed = [*(node.get("filters") or ()), node.get("compressor")]
    for one in listed if isinstance(listed, list) else [listed]:
        if one is None:
            continue
        if not isinstance(one, dict):
            yield repr(one)
            continue
        yield str(one.get("name", one.get("id")))
        inner = one.get("configuration")
        if isinstance(inner, dict) and isinstance(inner.get("codecs"), list):
            yield from _codecs(inner)


def _chunk(node: Mapping[str, Any], count: int, path: Path) -> list[int]:
    chunk = node.get("chunks")
    if chunk is None:
        grid = node.get("chunk_grid")
        own = grid.get("configuration") if isinstance(grid, dict) else None
        chunk = own.get("chunk_shape") if isinstance(own, dict) else None
    sound = isinstance(chunk, list) and len(chunk) == count
    if not sound or not all(type(n) is int and n > 0 for n in chunk or ()):
        raise DataFault("header", path, f"its chunks are {chunk!r}")
    return list(chunk or ())


def _check_chunk(file: Path, codec: str, most: int) -> None:
    """Refuse a chunk that states, or inflates to, more than `most` bytes. Raises DataFault."""
    with file.open("rb") as opened:
        data = opened.read() if codec in INFLATED else opened.read(HEADER_BYTES)
    size = 0
    if codec == "blosc":
        if len(data) < BLOSC_HEADER:
            raise DataFault("truncated", file, f"has {len(data)} bytes, fewer than a Blosc header")
        size = int.from_bytes(data[4:8], "little")
    elif codec == "zstd":
        size = _zstd_size(data, file)
    elif codec in INFLATED:
        size = _inflated_size(data, INFLATED[codec], most, file)
    elif codec in ("lz4", "numcodecs.lz4"):
        size = int.from_bytes(data[:4], "little")
    if size > most:
        raise DataFault("too-large", file, f"inflates to {size} bytes or more, a chunk has {most}")


def _zstd_size(data: bytes, file: Path) -> int:
    """Return the size that a Zstandard frame states (RFC 8878, 3.1.1); 0 if it states none."""
    if data[:4] != ZSTD_MAGIC or len(data) < 6:
        raise DataFault("header", file, "is no Zstandard frame")
    flag, single = data[4] >> 6, bool(data[4] & 32)
    start = 5 + (not single) + (0, 1, 2, 4)[data[4] & 3]
    width = (1 if single else 0, 2, 4, 8)[flag]
    return int.from_bytes(data[start : start + width], "little") + (256 if width == 2 else 0)


def _inflated_size(data: bytes, bits: int, most: int, file: Path) -> int:
    inflater = zlib.decompressobj(bits)
    size = 0
    try:
        while data and not inflater.eof and size <= most:
            size += len(inflater.decompress(data, byte_stream.BLOCK_BYTES))
            data = inflater.unconsumed_tail
    except zlib.error as error:
        raise DataFault("checksum", file, str(error)) from error
    if not inflater.eof and size <= most:
        raise DataFault("truncated", file, f"its stream stops after {size} bytes")
    return size
