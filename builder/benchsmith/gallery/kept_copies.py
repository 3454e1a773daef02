"""The copies of an earlier explorer's pictures, so that a picture is encoded once however often it is written."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.build_files import COPIES, RELEASE_FOLDER
from benchsmith.core.contracts import Array
from benchsmith.gallery.picture_copies import LOOK_SIDE_PX, Copies, made_by
from benchsmith.gallery.shards import FULL_PER_SHARD, SMALL_PER_SHARD, read_shard

EXPLORER = "explorer"
"""The explorer's folder within a release."""
_MADE_BY = b"made_by"
_LOOK_BYTES = 4 * LOOK_SIDE_PX**2
_SCHEMA = pa.schema({
    "sha256": pa.binary(32), "width": pa.int32(), "height": pa.int32(), "look": pa.binary(_LOOK_BYTES),
    "crc": pa.uint32(),
})  # fmt: skip


class Kept(NamedTuple):
    """A picture of an earlier explorer."""

    shards: Path
    number: int
    """Its place among the pictures of that explorer."""
    width: int
    height: int
    look: bytes
    """256 float32 in the machine's order."""
    crc: int
    """CRC-32 of both copies: the shards are linked into the public folder, where people may edit them."""


class KeptCopies:
    """Copies in earlier explorers, by the SHA-256 of the picture's PNG file (32 bytes)."""

    def __init__(self, folders: Iterable[Path] = ()) -> None:
        """Read which pictures are in the explorers of some export partitions; earlier ones take precedence."""
        self._kept: dict[bytes, Kept] = {}
        self._open: dict[str, tuple[Path, Sequence[str]]] = {}
        """The shard of each kind that was read last: pictures are asked for almost in its order."""
        for folder in folders:
            for sha256, kept in _listed(folder):
                self._kept.setdefault(sha256, kept)

    def get(self, sha256: bytes) -> Copies | None:
        """Return the copies of a picture, or None if no readable ones exist."""
        kept = self._kept.get(sha256)
        if kept is None:
            return None
        small = self._packed(kept, "small", SMALL_PER_SHARD)
        full = self._packed(kept, "full", FULL_PER_SHARD)
        if small is None or full is None or checksum(small, full) != kept.crc:
            return None
        return Copies(small, full, kept.width, kept.height, np.frombuffer(kept.look, np.float32))

    def _packed(self, kept: Kept, kind: str, size: int) -> str | None:
        """Return a copy from its shard, or None if it cannot be read."""
        number, place = divmod(kept.number, size)
        path = kept.shards / f"{kind}-{number:05d}.js"
        if kind not in self._open or self._open[kind][0] != path:
            try:
                self._open[kind] = path, read_shard(path)
            except (OSError, ValueError):
                self._open[kind] = path, ()
        there = self._open[kind][1]
        return there[place] if place < len(there) else None


class Copied:
    """The record of one explorer's copies while it is written; the copies are in its shards."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []
        """Width and height of each picture."""
        self.looks: list[Array] = []
        self._crcs: list[int] = []

    def add(self, copy: Copies) -> None:
        """Append the next picture of the explorer."""
        self.sizes.append((copy.width, copy.height))
        self.looks.append(copy.look)
        self._crcs.append(checksum(copy.small, copy.full))

    def keep(self, folder: Path, digests: Sequence[bytes]) -> None:
        """Write beside the release the data by which a later explorer can reuse the copies of this one.

        `digests` are the SHA-256 of the pictures, in the explorer's order.
        """
        looks = [np.asarray(look, np.float32).tobytes() for look in self.looks]
        columns = [digests, *zip(*self.sizes, strict=True), looks, self._crcs]
        schema = _SCHEMA.with_metadata({_MADE_BY: made_by().encode()})
        arrays = [pa.array(list(c), f.type) for c, f in zip(columns, schema, strict=True)]
        pq.write_table(pa.table(arrays, schema=schema), folder / COPIES, compression="none")


def checksum(small: str, full: str) -> int:
    """Return the CRC-32 of the copies of a picture."""
    return zlib.crc32(full.encode(), zlib.crc32(small.encode()))


def _listed(folder: Path) -> Iterable[tuple[bytes, Kept]]:
    """Return the pictures of one partition's explorer; none if other code made them, or it is damaged."""
    shards = folder / RELEASE_FOLDER / EXPLORER / "shards"
    try:
        with pq.ParquetFile(folder / COPIES) as file:  # `pq.read_table` would import pandas
            table = file.read()
    except (OSError, pa.ArrowException):
        return []
    if (table.schema.metadata or {}).get(_MADE_BY) != made_by().encode():
        return []
    columns = (table.column(name).to_pylist() for name in _SCHEMA.names)
    return [
        (sha256, Kept(shards, number, *about))
        for number, (sha256, *about) in enumerate(zip(*columns, strict=True))
    ]
