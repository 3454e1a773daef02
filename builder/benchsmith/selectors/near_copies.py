"""Find pictures that are copies of each other: re-encoded, windowed, turned, inverted or slightly cropped.

Candidate pairs are those whose perceptual hashes differ in few bits
(:mod:`benchsmith.selectors.hash_index`), for the second picture as it is and the first as it is or
mirrored; or those with near hashes of :mod:`benchsmith.selectors.turned_looks`, which stay the same when a
picture is turned or inverted. A pair is a copy if the cosine between the looks reaches a threshold too.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchsmith.core.contracts import Array
from benchsmith.engine import cores
from benchsmith.imaging.appearance import DETAIL, LOOK, WAVES
from benchsmith.selectors.hash_index import (
    BANDS,
    FEW,
    Band,
    Hashes,
    compare_all,
    flip_masks,
    lookup,
)
from benchsmith.selectors.turned_looks import turned_cosines, turned_hashes
from benchsmith.tables import compute as pc
from benchsmith.tables.coded_columns import Codes

MIRRORS = 3
"""A picture as it is, mirrored left to right, mirrored top to bottom."""
HASH_DIGITS = 16
"""Hex digits of a hash."""
TURNED = MIRRORS
"""The number of the search by hashes that turns do not change."""
SEARCHES = MIRRORS + 1
BLOCK = 1 << 14
"""Pairs whose looks are compared at a time."""


@dataclass(frozen=True)
class Pictures:
    """What n pictures look like."""

    hashes: Hashes
    """(MIRRORS, n)."""
    looks: npt.NDArray[np.int8]
    """(n, WAVES): low frequencies of the thumbnail; see :func:`benchsmith.imaging.appearance.describe`."""

    def __len__(self) -> int:
        return int(self.hashes.shape[1])

    @cached_property
    def turned(self) -> Hashes:
        """Return the hashes that turns do not change, (n,)."""
        return turned_hashes(self.looks)


@dataclass(frozen=True)
class Links:
    """Pairs of pictures that are copies; columns (pairs,)."""

    a: Codes
    b: Codes
    distance: Codes
    """Bits in which the hashes differ, for the nearest mirror image; of a picture that was turned or
    inverted, bits of the hash that turns do not change."""
    similarity: npt.NDArray[np.float64]
    """Cosine between the looks, -1 to 1, for that mirror image."""

    def where(self, kept: Array) -> Links:
        """Return the pairs that a mask or index array selects."""
        return Links(self.a[kept], self.b[kept], self.distance[kept], self.similarity[kept])


def pictures(phash: pa.Array, mirrors: pa.Array, look: pa.Array) -> Pictures:
    """Return pictures from the columns of that name; a picture without a look has no copies."""
    missing = np.asarray(pc.not_equal(pc.binary_length(look), LOOK))
    whole = pc.if_else(pa.array(missing), pa.scalar(bytes(LOOK)), look)
    digits = MIRRORS * HASH_DIGITS
    text = pc.binary_join_element_wise(phash, mirrors, "")
    text = pc.if_else(pc.equal(pc.utf8_length(text), digits), text, pa.scalar("0" * digits))
    bits = bytes.fromhex("".join(text.to_pylist()))
    hashes = np.frombuffer(bits, dtype=">u8").reshape(-1, MIRRORS).T.astype(np.uint64)
    looks = np.frombuffer(b"".join(whole.to_pylist()), dtype=np.int8).reshape(-1, LOOK)
    return Pictures(np.ascontiguousarray(hashes), np.ascontiguousarray(looks[:, :WAVES]))


def concatenated(first: Pictures, second: Pictures) -> Pictures:
    """Return the pictures of `first`, followed by those of `second`."""
    return Pictures(
        np.concatenate([first.hashes, second.hashes], axis=1),
        np.concatenate([first.looks, second.looks]),
    )


def links(of: Pictures, radius: int, similarity: float, rows: int | None = None) -> Links:
    """Return the pairs a < b whose hashes differ in at most `radius` bits and whose looks agree.

    `similarity` is the smallest cosine between the looks. With `rows`, only pairs whose `a` is
    among the first `rows` pictures. A pair is listed once, for the nearest of its mirror images,
    and pairs are sorted.
    """
    rows = len(of) if rows is None else rows
    search = _compared if rows * len(of) <= FEW else _looked_up
    found = search(of, radius, rows)
    if not found:
        none = np.zeros(0, np.int64)
        return Links(none, none, none, np.zeros(0))
    mirror, a, b, distance = (np.concatenate(c) for c in zip(*found, strict=True))
    # a pair is found in every band in which its hashes are near
    once = np.unique((a * len(of) + b) * SEARCHES + mirror, return_index=True)[1]
    mirror, a, b, distance = mirror[once], a[once], b[once], distance[once]
    cosine = cosines(of.looks, of.looks, mirror, a, b)
    kept = np.flatnonzero(cosine >= similarity)
    # of a pair's mirror images, the nearest and then the most similar comes first; other turns last
    turned = mirror[kept] == TURNED
    keys = mirror[kept], -cosine[kept], distance[kept], turned, b[kept], a[kept]
    order = kept[np.lexsort(keys)]
    pair = a[order] * len(of) + b[order]
    order = order[np.flatnonzero(np.diff(pair, prepend=-1))]
    return Links(a[order], b[order], distance[order], cosine[order])


def _compared(of: Pictures, radius: int, rows: int) -> list[tuple[Codes, ...]]:
    """Return columns of mirror image, `a`, `b` and distance, by comparing all pairs."""
    return [
        (np.full(hits.a.size, number), *hits)
        for number, (hashes, table) in enumerate(_searches(of))
        if (hits := compare_all(hashes[:rows], table, radius)).a.size
    ]


def _searches(of: Pictures) -> list[tuple[Hashes, Hashes]]:
    """Return the hashes to look up, and the hashes to search for each: (n,) and (n,)."""
    return [*((hashes, of.hashes[0]) for hashes in of.hashes), (of.turned, of.turned)]


def _looked_up(of: Pictures, radius: int, rows: int) -> list[tuple[Codes, ...]]:
    """Return the columns of :func:`_compared` by an index; a pair may occur several times."""
    masks = flip_masks(radius)

    def found_in(band: int) -> list[tuple[Codes, ...]]:
        plain, turned = Band.of(of.hashes[0], band), Band.of(of.turned, band)
        queries = [(Band.of(hashes[:rows], band), plain) for hashes in of.hashes]
        queries.append((Band.of(of.turned[:rows], band), turned))
        return [
            (np.full(hits.a.size, number), *hits)
            for mask in masks
            for number, (query, table) in enumerate(queries)
            for hits in lookup(query, table, mask, radius)
        ]

    with ThreadPoolExecutor(cores()) as pool:
        return [hits for many in pool.map(found_in, range(BANDS)) for hits in many]


def cosines(
    firsts: Array, seconds: Array, mirror: Codes, a: Codes, b: Codes
) -> npt.NDArray[np.float64]:
    """Return the cosine between the looks of pairs, (pairs,), the first picture mirrored.

    For pairs with `TURNED` in `mirror`, it is the largest over all turns. Mirroring changes the sign of
    every odd frequency. Products of small whole numbers are exact in float32, so the order of summation
    does not matter.
    """
    rows, columns = np.indices((DETAIL, DETAIL)).reshape(2, -1)[:, 1:]
    plain = np.ones(WAVES)
    signs = np.stack([plain, 1 - 2 * (columns % 2), 1 - 2 * (rows % 2), plain]).astype(np.float32)
    found = np.zeros(len(a))
    for block in _blocks(len(a)):
        one = firsts[a[block]].astype(np.float32) * signs[mirror[block]]
        other = seconds[b[block]].astype(np.float32)
        dot, aa, bb = (
            np.einsum("ij,ij->i", x, y).astype(np.float64)
            for x, y in ((one, other), (one, one), (other, other))
        )
        found[block] = dot / np.sqrt(np.maximum(aa * bb, 1.0))
    turned = np.flatnonzero(mirror == TURNED)
    found[turned] = turned_cosines(firsts, seconds, a[turned], b[turned])
    return found


def _blocks(count: int) -> Iterator[slice]:
    return (slice(i, i + BLOCK) for i in range(0, count, BLOCK))
