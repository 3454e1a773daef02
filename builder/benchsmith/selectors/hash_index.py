"""All pairs of 64-bit hashes within a Hamming radius, by multi-index hashing.

Each hash is cut into `BANDS` bands of 16 bits. Two hashes that differ in at most r bits differ in
at most r // BANDS bits of at least one band. So for each band, every hash is looked up in a table
sorted by that band, once for each way of flipping up to that many bits of the band, and the hashes
found are compared in full (Norouzi, Punjani and Fleet, CVPR 2012).

Invariant: no pair within the radius is missed; a pair may be found in several bands. For n hashes
spread evenly over the band's values, one lookup of all of them compares about n^2 / 2^16 pairs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.tables.coded_columns import Codes

Hashes = npt.NDArray[np.uint64]
HASH_BITS, BANDS = 64, 4
"""Bits of a hash, and the bands it is cut into."""
KEYS = 1 << (HASH_BITS // BANDS)
"""Values of one band."""
BLOCK = 1 << 14
"""Hashes that are looked up at a time."""
FEW = 1 << 20
"""Pairs that are all compared: of so few, an index finds the near ones no sooner."""
COMPARED = 1 << 25
"""The same for two lists of hashes, of which the index has to be made."""


class Hits(NamedTuple):
    """Pairs of hashes within the radius; columns (hits,)."""

    a: Codes
    b: Codes
    """Greater than `a`."""
    distance: Codes
    """Bits in which the hashes differ."""


@dataclass(frozen=True)
class Band:
    """Hashes sorted by the bits of one band; columns (n,)."""

    order: npt.NDArray[np.int32]
    """The number of each hash before sorting."""
    hashes: Hashes
    keys: npt.NDArray[np.int32]
    """The bits of the band."""
    starts: npt.NDArray[np.int32]
    """(KEYS + 1,): the row at which each key begins."""

    @classmethod
    def of(cls, hashes: Hashes, band: int) -> Band:
        """Sort hashes (n,) by band `band`, 0 to `BANDS` - 1."""
        keys = _keys(hashes, band)
        order = np.argsort(keys, kind="stable").astype(np.int32)
        keys = keys[order]
        starts = np.searchsorted(keys, np.arange(KEYS + 1)).astype(np.int32)
        return cls(order, hashes[order], keys, starts)


def _keys(hashes: Hashes, band: int) -> npt.NDArray[np.int32]:
    """Return every fourth bit of hashes, from bit `band` on, so that each band has coarse and fine waves."""
    bits = (hashes >> np.uint64(band)) & np.uint64(0x1111111111111111)
    # each step moves neighbouring groups of kept bits together, so groups double in size
    for shift, mask in ((3, 0x0303030303030303), (6, 0x000F000F000F000F),
                        (12, 0x000000FF000000FF), (24, 0x000000000000FFFF)):  # fmt: skip
        bits = (bits | (bits >> np.uint64(shift))) & np.uint64(mask)
    return bits.astype(np.int32)


def flip_masks(radius: int) -> list[int]:
    """Return the masks of band bits to flip so that every pair within `radius` bits is found.

    >>> len(flip_masks(4)), len(flip_masks(11))
    (17, 137)
    """
    width = HASH_BITS // BANDS
    return [
        sum(1 << bit for bit in bits)
        for n in range(radius // BANDS + 1)
        for bits in combinations(range(width), n)
    ]


def lookup(
    queries: Band, table: Band, mask: int, radius: int, *, later: bool = True
) -> Iterator[Hits]:
    """Yield the pairs of a query and a hash of `table` whose keys differ exactly by `mask`.

    With `later` both have the same numbers, and only pairs with `a` < `b` are yielded. Both are sorted by
    key, so the compared hashes are close together in memory.
    """
    for start in range(0, len(queries.order), BLOCK):
        rows = slice(start, start + BLOCK)
        key = queries.keys[rows] ^ mask
        first = table.starts[key]
        count = table.starts[key + 1] - first
        ends = np.cumsum(count, dtype=np.int32)
        place = np.arange(ends[-1], dtype=np.int32)
        place += np.repeat(first - (ends - count), count)
        differ = np.repeat(queries.hashes[rows], count)
        differ ^= table.hashes[place]
        distance = np.bitwise_count(differ)
        hit = np.flatnonzero(distance <= radius)
        if not hit.size:
            continue
        a = queries.order[rows][np.searchsorted(ends, hit, side="right")].astype(np.int64)
        b = table.order[place[hit]].astype(np.int64)
        if later:
            after = a < b
            a, b, hit = a[after], b[after], hit[after]
        yield Hits(a, b, distance[hit].astype(np.int64))


def compare_all(queries: Hashes, table: Hashes, radius: int) -> Hits:
    """Return the pairs of a query and a later hash of `table`, by comparing each with each."""
    distance = np.bitwise_count(queries[:, None] ^ table)
    a, b = np.nonzero(distance <= radius)
    a, b = a[a < b], b[a < b]
    return Hits(a, b, distance[a, b].astype(np.int64))


def between(queries: Hashes, table: Hashes, radius: int) -> tuple[Codes, Codes]:
    """Return the pairs of a query and a hash of `table`, each numbered separately, that are within the radius.

    Each pair once, sorted.
    """
    if queries.size * table.size <= COMPARED:
        step = max(1, FEW // max(len(table), 1))
        near = [
            np.bitwise_count(queries[start : start + step, None] ^ table) <= radius
            for start in range(0, len(queries), step)
        ]
        a, b = np.nonzero(np.concatenate([np.zeros((0, len(table)), bool), *near]))
        return a, b
    # the time of a lookup grows with the number of queries, so the longer list is the table
    few, many = (queries, table) if len(queries) <= len(table) else (table, queries)
    found = [np.zeros((2, 0), np.int64)]
    for band in range(BANDS):
        own, others = Band.of(few, band), Band.of(many, band)
        for mask in flip_masks(radius):
            hits = lookup(own, others, mask, radius, later=False)
            found += [np.stack([one.a, one.b]) for one in hits]
    one, other = np.concatenate(found, axis=1)
    a, b = (one, other) if few is queries else (other, one)
    pairs = np.unique(a * len(table) + b)
    return pairs // max(len(table), 1), pairs % max(len(table), 1)
