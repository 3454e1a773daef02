"""Checks of a Zarr array before it is read: plain numbers, known codecs, chunks that inflate to their size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import DataFault
from benchsmith.formats import chunk_sizes, zarr_metadata, zarr_shards
from benchsmith.imaging import byte_stream

CODECS = frozenset({"blosc", "zstd", "gzip", "zlib", "lz4", "delta", "shuffle", "bytes", "transpose",
                    "crc32c", "sharding_indexed", "numcodecs.zlib", "numcodecs.lz4",
                    "numcodecs.shuffle", "numcodecs.delta"})  # fmt: skip
"""Codecs that only compress or reorder numbers; others are refused, as `pickle` runs code."""
MAX_CHUNKS = 200_000
"""Most chunks of one picture or volume: the library takes about a tenth of a millisecond for each."""


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
    names = list(_codecs(node))
    for name in names:
        if name not in CODECS:
            raise DataFault(
                "format-unknown", path, f"has the codec {name!r}, which is not supported"
            )
    if sum(name in chunk_sizes.SIZED for name in names) > 1 or names.count(zarr_shards.NAME) > 1:
        raise DataFault("format-unknown", path, f"is compressed more than once: {names}")
    outer = {one.get("name") for one in node.get("codecs") or () if isinstance(one, dict)}
    if zarr_shards.NAME in outer and not outer <= {zarr_shards.NAME, "transpose"}:
        raise DataFault(
            "format-unknown", path, f"has shards that are compressed as a whole: {names}"
        )
    chunk = _chunk(node, len(shape), path)
    if prod(chunk) * dtype.itemsize > byte_stream.MAX_INFLATED_BYTES:
        raise DataFault("too-large", path, f"has chunks of {chunk} values")
    return tuple(shape), dtype


def check_chunks(path: Path) -> int:
    """Return how many chunks of an array are not stored. Raises DataFault.

    A stored chunk that inflates to more than its size is refused, and so is an array without chunks.
    """
    return _checked(path, max(p.stat().st_mtime_ns for p in (path, *path.iterdir())))


def check_work(path: Path, whole: Sequence[bool]) -> None:
    """Refuse an array if a reading needs too many chunks, or too large ones. Raises DataFault.

    `whole` says for each axis whether all of it is read, and not a single index.
    """
    node = zarr_metadata.node(path)
    shape, dtype = check_array(node, path)
    shard = _chunk(node, len(shape), path)
    inner = _inner(node, shard, path)
    counts = [-(-n // c) if all_of else 1 for n, c, all_of in zip(shape, inner, whole, strict=True)]
    if prod(counts) > MAX_CHUNKS:
        what = f"has {prod(counts)} chunks of {inner} values to a picture, more than {MAX_CHUNKS}"
        raise DataFault("too-large", path, what)
    held = prod(n * c for n, c in zip(counts, inner, strict=True)) * dtype.itemsize
    if held > byte_stream.MAX_INFLATED_BYTES:
        raise DataFault("too-large", path, f"its chunks of {inner} values inflate to {held} bytes")


@lru_cache(maxsize=4)
def _checked(path: Path, changed_ns: int) -> int:
    node = zarr_metadata.node(path)
    shape, dtype = check_array(node, path)
    chunk = _chunk(node, len(shape), path)
    codec = next((name for name in _codecs(node) if name in chunk_sizes.SIZED), "")
    shards = _sharding(node)
    inner = _inner(node, chunk, path)
    most = prod(inner) * dtype.itemsize
    there = 0
    for file in _files(path):
        there += 1
        if shards is not None:
            zarr_shards.check(file, shards, zarr_shards.chunks_in(chunk, inner), codec, most)
        elif codec:
            chunk_sizes.check_file(file, codec, most)
    total = prod(-(-n // c) for n, c in zip(shape, chunk, strict=True))
    if not there:
        raise DataFault("truncated", path, f"none of its {total} chunks is there")
    return max(0, total - there)


def _sharding(node: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return how an array's shards are written; None if it has none."""
    listed = node.get("codecs")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and one.get("name") == zarr_shards.NAME:
            own = one.get("configuration")
            return own if isinstance(own, dict) else {}
    return None


def _inner(node: Mapping[str, Any], chunk: Sequence[int], path: Path) -> list[int]:
    """Return the shape of what is compressed separately: a chunk, or a chunk inside a shard."""
    shards = _sharding(node)
    return list(chunk) if shards is None else zarr_shards.inner_chunk(shards, chunk, path)


def _files(path: Path) -> Iterator[Path]:
    for file in sorted(path.rglob("*")):
        if file.is_file() and not file.name.startswith(".") and file.name != "zarr.json":
            yield file


def _codecs(node: Mapping[str, Any]) -> Iterator[str]:
    """Yield the names of an array's codecs in the order of writing, those inside shards too."""
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
