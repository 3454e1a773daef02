"""Find pictures that are copies of each other: re-encoded, windowed, mirrored, cut a little."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from benchsmith.core.contracts import Array
from benchsmith.engine import cores
from benchsmith.imaging.appearance import DETAIL, LOOK, WAVES
from benchsmith.tables.coded_columns import Codes

Hashes = npt.NDArray[np.uint64]
HASH, BANDS = 64, 4
"""Bits of a hash, and the bands it is cut into."""
KEYS = 1 << (HASH // BANDS)
MIRRORS = 3
"""A picture as it is, mirrored left to right, mirrored top to bottom."""
ROWS = 1 << 14
"""Pictures looked up at a time."""


@dataclass(frozen=True)
class Pictures:
    """What is known of some pictures: hashes as they are and mirrored, and looks."""

    hashes: Hashes
    """(3, n): as it is, mirrored left to right, mirrored top to bottom."""
    looks: npt.NDArray[np.int8]
    """(n, WAVES)."""

    def __len__(self) -> int:
        return int(self.hashes.shape[1])


@dataclass(frozen=True)
class Links:
    """Pairs of pictures that are alike."""

    a: Codes
    b: Codes
    distance: Codes
    """Bits in which the hashes differ, for the mirror image that is nearest."""
    similarity: npt.NDArray[np.float64]
    """Cosine between the looks, -1 to 1, for that mirror image."""

    def where(self, kept: Array) -> Links:
        """Return some of the pairs."""
        return Links(self.a[kept], self.b[kept], self.distance[kept], self.similarity[kept])


def pictures(phash: pa.Array, mirrors: pa.Array, look: pa.Array) -> Pictures:
    """Return pictures from the columns of that name; one without a look is like no other."""
    missing = np.asarray(pc.not_equal(pc.binary_length(look), LOOK))
    whole = pc.if_else(pa.array(missing), pa.scalar(bytes(LOOK)), look)
    text = pc.binary_join_element_wise(phash, mirrors, "")
    text = pc.if_else(pc.equal(pc.utf8_length(text), 48), text, pa.scalar("0" * 48))
    bits = bytes.fromhex("".join(text.to_pylist()))
    hashes = np.frombuffer(bits, dtype=">u8").reshape(-1, 3).T.astype(np.uint64)
    looks = np.frombuffer(b"".join(whole.to_pylist()), dtype=np.int8).reshape(-1, LOOK)
    return Pictures(np.ascontiguousarray(hashes), np.ascontiguousarray(looks[:, :WAVES]))


def join(first: Pictures, second: Pictures) -> Pictures:
    """Return some pictures with others behind them."""
    return Pictures(
        np.concatenate([first.hashes, second.hashes], axis=1),
        np.concatenate([first.looks, second.looks]),
    )


def links(of: Pictures, radius: int, similarity: float, rows: int | None = None) -> Links:
    """Return the pairs a < b whose hashes differ in at most `radius` bits and whose looks agree.

    With `rows`, only pairs whose `a` is one of so many first pictures. A pair counts once, by the
    nearest of three mirror images.

    Hashes are cut into `BANDS` bands. Two that differ in at most r bits differ in at most
    r // BANDS of at least one band, so looking each band up with so many bits turned over finds
    every pair (multi-index hashing, Norouzi, Punjani and Fleet 2012).
    """
    rows = len(of) if rows is None else rows
    masks = _masks(radius // BANDS)

    def found_in(band: int) -> list[_Hits]:
        plain = _Table.of(of.hashes[0], band)
        wanted = [_Table.of(hashes[:rows], band) for hashes in of.hashes]
        return [
            hits
            for mask in masks
            for kind, table in enumerate(wanted)
            for hits in _lookup(table, plain, mask, radius, kind)
        ]

    with ThreadPoolExecutor(cores()) as pool:
        found = [hits for many in pool.map(found_in, range(BANDS)) for hits in many]
    if not found:
        none = np.zeros(0, np.int64)
        return Links(none, none, none, np.zeros(0))
    kind, a, b, distance = (np.concatenate(c) for c in zip(*found, strict=True))
    # a pair is found in every band in which it is near
    once = np.unique((a * len(of) + b) * MIRRORS + kind, return_index=True)[1]
    kind, a, b, distance = kind[once], a[once], b[once], distance[once]
    cosine = _cosines(of.looks, kind, a, b)
    kept = np.flatnonzero(cosine >= similarity)
    # of a pair's mirror images the nearest, then the most similar, comes first
    order = kept[np.lexsort((kind[kept], -cosine[kept], distance[kept], b[kept], a[kept]))]
    pair = a[order] * len(of) + b[order]
    order = order[np.flatnonzero(np.diff(pair, prepend=-1))]
    return Links(a[order], b[order], distance[order], cosine[order])


_Hits = tuple[Codes, Codes, Codes, Codes]
"""Mirror image, the two pictures, and the bits in which their hashes differ."""


@dataclass(frozen=True)
class _Table:
    """Hashes sorted by one band."""

    order: npt.NDArray[np.int32]
    hashes: Hashes
    """In this order."""
    keys: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]
    """Where the hashes of each key begin."""

    @classmethod
    def of(cls, hashes: Hashes, band: int) -> _Table:
        """Sort some hashes."""
        keys = _keys(hashes, band)
        order = np.argsort(keys, kind="stable").astype(np.int32)
        keys = keys[order]
        starts = np.searchsorted(keys, np.arange(KEYS + 1)).astype(np.int32)
        return cls(order, hashes[order], keys, starts)


def _keys(hashes: Hashes, band: int) -> npt.NDArray[np.int32]:
    """Return every fourth bit of hashes, from bit `band` on: coarse and fine waves in each key."""
    bits = (hashes >> np.uint64(band)) & np.uint64(0x1111111111111111)
    # every step brings groups of kept bits together, twice as large as before
    for shift, mask in ((3, 0x0303030303030303), (6, 0x000F000F000F000F),
                        (12, 0x000000FF000000FF), (24, 0x000000000000FFFF)):  # fmt: skip
        bits = (bits | (bits >> np.uint64(shift))) & np.uint64(mask)
    return bits.astype(np.int32)


def _masks(flips: int) -> list[int]:
    """Return every number of one band's bits with at most so many of them set.

    >>> len(_masks(1)), len(_masks(2))
    (17, 137)
    """
    width = HASH // BANDS
    return [
        sum(1 << bit for bit in bits)
        for n in range(flips + 1)
        for bits in combinations(range(width), n)
    ]


def _lookup(own: _Table, its: _Table, mask: int, radius: int, kind: int) -> Iterator[_Hits]:
    """Compare one table's hashes with those of another whose key differs as `mask` says.

    Both are in the order of their keys, so that what is compared lies close together.
    """
    for start in range(0, len(own.order), ROWS):
        rows = slice(start, start + ROWS)
        key = own.keys[rows] ^ mask
        first = its.starts[key]
        count = its.starts[key + 1] - first
        ends = np.cumsum(count, dtype=np.int32)
        place = np.arange(ends[-1], dtype=np.int32)
        place += np.repeat(first - (ends - count), count)
        differ = np.repeat(own.hashes[rows], count)
        differ ^= its.hashes[place]
        distance = np.bitwise_count(differ)
        hit = np.flatnonzero(distance <= radius)
        if not hit.size:
            continue
        a = own.order[rows][np.searchsorted(ends, hit, side="right")].astype(np.int64)
        b = its.order[place[hit]].astype(np.int64)
        behind = a < b
        a, b, hit = a[behind], b[behind], hit[behind]
        yield np.full(a.size, kind), a, b, distance[hit].astype(np.int64)


def _cosines(looks: Array, kind: Codes, a: Codes, b: Codes) -> npt.NDArray[np.float64]:
    """Return the cosine between the looks of pairs, the first of which is mirrored as `kind` says.

    Products of small whole numbers are exact in float32, so that no order of summing matters.
    """
    rows, columns = np.indices((DETAIL, DETAIL)).reshape(2, -1)[:, 1:]
    signs = np.stack([np.ones(WAVES), 1 - 2 * (columns % 2), 1 - 2 * (rows % 2)])
    signs = signs.astype(np.float32)
    found = np.zeros(len(a))
    for part in _parts(len(a)):
        one = looks[a[part]].astype(np.float32) * signs[kind[part]]
        other = looks[b[part]].astype(np.float32)
        dot, own, its = (
            np.einsum("ij,ij->i", x, y).astype(np.float64)
            for x, y in ((one, other), (one, one), (other, other))
        )
        found[part] = dot / np.sqrt(np.maximum(own * its, 1.0))
    return found


def _parts(count: int, size: int = 1 << 14) -> Iterator[slice]:
    return (slice(i, i + size) for i in range(0, count, size))
