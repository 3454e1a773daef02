"""Find pictures that are copies of each other: re-encoded, windowed, mirrored, cut a little."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from builder.appearance import DETAIL, LOOK, WAVES
from builder.engine import cores
from builder.ports import Array
from builder.selectors.index import Codes

Hashes = npt.NDArray[np.uint64]
TALL, WIDE = 32, 4096
"""Hashes compared at a time: so many rows with so many columns stay in a processor's cache."""


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
    nearest of three mirror images. Every pair is compared (no index of 64-bit hashes is faster at
    this radius for some hundred thousand of them), in blocks, on all processors.
    """
    rows = len(of) if rows is None else rows
    starts = range(0, rows, TALL)
    with ThreadPoolExecutor(cores()) as pool:
        found = [
            hit for hits in pool.map(lambda s: _block(of, s, rows, radius), starts) for hit in hits
        ]
    if not found:
        none = np.zeros(0, np.int64)
        return Links(none, none, none, np.zeros(0))
    kind, a, b, distance = (np.concatenate(c) for c in zip(*found, strict=True))
    cosine = _cosines(of.looks, kind, a, b)
    kept = np.flatnonzero(cosine >= similarity)
    # of a pair's mirror images the nearest, then the most similar, comes first
    order = kept[np.lexsort((kind[kept], -cosine[kept], distance[kept], b[kept], a[kept]))]
    pair = a[order] * len(of) + b[order]
    order = order[np.flatnonzero(np.diff(pair, prepend=-1))]
    return Links(a[order], b[order], distance[order], cosine[order])


def _block(
    of: Pictures, start: int, rows: int, radius: int
) -> list[tuple[Codes, Codes, Codes, Codes]]:
    """Compare some hashes with all that come behind them."""
    stop = min(start + TALL, rows)
    plain = of.hashes[0]
    differ = np.empty((stop - start, WIDE), dtype=np.uint64)
    counts = np.empty((stop - start, WIDE), dtype=np.uint8)
    found = []
    for left in range(start + 1, len(of), WIDE):
        right = min(left + WIDE, len(of))
        width = right - left
        for kind in range(3):
            own = of.hashes[kind, start:stop, None]
            np.bitwise_xor(own, plain[None, left:right], out=differ[:, :width])
            np.bitwise_count(differ[:, :width], out=counts[:, :width])
            near = counts[:, :width] <= radius
            if not near.any():
                continue
            i, j = np.nonzero(near)
            a, b = i + start, j + left
            behind = b > a
            i, j, a, b = i[behind], j[behind], a[behind], b[behind]
            found.append((np.full(a.size, kind), a, b, counts[i, j].astype(np.int64)))
    return found


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
