"""Shards of Zarr 3: files that hold many chunks and an index of them (ZEP 2).

The index lists offset and length of each chunk, 2^64 - 1 for a chunk that is not stored. It is checked here
before the library reads it, so that no chunk inflates to more than its size.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import DataFault
from benchsmith.formats import chunk_sizes

NAME = "sharding_indexed"
ENTRY_BYTES, CHECKSUM_BYTES = 16, 4
ABSENT = np.uint64(2**64 - 1)


def inner_chunk(configuration: Any, chunk: Sequence[int], path: Path) -> list[int]:
    """Return the shape of the chunks inside a shard, which divides the shard's. Raises DataFault."""
    inner = configuration.get("chunk_shape") if isinstance(configuration, dict) else None
    sound = isinstance(inner, list) and len(inner) == len(chunk)
    if not sound or not all(
        type(n) is int and n > 0 and c % n == 0 for n, c in zip(inner or (), chunk, strict=True)
    ):
        raise DataFault(
            "header", path, f"its shards of {list(chunk)} values have chunks of {inner!r}"
        )
    return list(inner or ())


def check(file: Path, configuration: Mapping[str, Any], count: int, codec: str, most: int) -> None:
    """Refuse a shard of `count` chunks whose index or chunks are invalid. Raises DataFault.

    `codec` is the compression of the chunks, empty for none; each becomes at most `most` bytes.
    """
    at_end, order, checksum = _index_form(configuration, file)
    size = count * ENTRY_BYTES + checksum
    length = file.stat().st_size
    if length < size:
        raise DataFault("truncated", file, f"has {length} bytes, its index alone {size}")
    with file.open("rb") as opened:
        opened.seek(length - size if at_end else 0)
        raw = opened.read(count * ENTRY_BYTES)
        index = np.frombuffer(raw, f"{order}u8").reshape(count, 2)
        there = index[(index != ABSENT).any(axis=1)]
        starts, sizes = there[:, 0], there[:, 1]
        bound = np.uint64(length)
        if (starts > bound).any() or (sizes > bound - np.minimum(starts, bound)).any():
            raise DataFault("truncated", file, "its index names chunks beyond its end")
        if not codec and (sizes > most + CHECKSUM_BYTES).any():
            raise DataFault("header", file, f"has a chunk of more than {most} bytes")
        for start, stored in there.tolist() if codec else ():
            opened.seek(start)
            chunk_sizes.check(opened.read(stored), codec, most, file)


def _index_form(configuration: Mapping[str, Any], path: Path) -> tuple[bool, str, int]:
    """Return whether the index is at the end, its byte order, and the number of bytes of its checksum."""
    place = configuration.get("index_location", "end")
    codecs = configuration.get("index_codecs")
    listed = [c for c in codecs if isinstance(c, dict)] if isinstance(codecs, list) else []
    names = [c.get("name") for c in listed]
    if place not in ("start", "end") or names not in (["bytes"], ["bytes", "crc32c"]):
        what = f"has shards with an index of {names} at {place!r}, which is not supported"
        raise DataFault("format-unknown", path, what)
    own = listed[0].get("configuration")
    big = isinstance(own, dict) and own.get("endian") == "big"
    return place == "end", ">" if big else "<", CHECKSUM_BYTES * (len(names) - 1)


def chunks_in(shard: Sequence[int], inner: Sequence[int]) -> int:
    """Return how many chunks a shard has."""
    return prod(s // i for s, i in zip(shard, inner, strict=True))
