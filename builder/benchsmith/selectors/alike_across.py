"""Pictures of one split that are copies of the other's: one rule for the selection and the audit.

Two pictures are copies if their hashes, as they are, mirrored or by any turn, differ in at most `near.radius`
bits and their looks have a cosine of at least `near.similarity`; or if their looks have one of at least `near.aligned` after one
picture is cropped to fit the other. For modalities in `near.modalities`, both need that value.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from heapq import heapify, heappop, heappush

import numpy as np
import numpy.typing as npt

from benchsmith.documents.benchmark import Near
from benchsmith.selectors.aligned_looks import aligned, shortlisted
from benchsmith.selectors.near_copies import MIRRORS, TURNED, Links, Pictures, cosines
from benchsmith.selectors.shortlist import Shortlist
from benchsmith.selectors.shortlist_ledger import Ledger
from benchsmith.selectors.split_sides import TEST, VAL
from benchsmith.tables.coded_columns import Codes

MAX_PAIRS = 1 << 22
"""Pairs of hashes that are compared at a time, to bound memory."""
NO_HASH = 65
"""The distance of a pair that only the aligned looks found."""


def alike_across(
    one: Pictures, other: Pictures, near: Near, modalities: tuple[Sequence[str], Sequence[str]]
) -> Links:
    """Return the pairs of a picture of `one` (`a`) and one of `other` (`b`) that are copies, sorted.

    `modalities` are those of both lists. `similarity` is the larger of the two cosines; a pair that
    only the aligned looks found has a distance of `NO_HASH`.
    """
    a, b, distance, similarity = _hashed(one, other, near, modalities)
    i, j, cosine = _fitting(one, other, near, modalities)
    pairs = np.concatenate([a, i]), np.concatenate([b, j])
    bits = np.concatenate([distance, np.full(len(i), NO_HASH)])
    like = np.concatenate([similarity, cosine])
    order = np.lexsort((bits, pairs[1], pairs[0]))
    key = (pairs[0] * max(len(other), 1) + pairs[1])[order]
    first = order[np.flatnonzero(np.diff(key, prepend=-1))]
    return Links(pairs[0][first], pairs[1][first], bits[first], like[first])


def _fitting(
    one: Pictures, other: Pictures, near: Near, modalities: tuple[Sequence[str], Sequence[str]]
) -> tuple[Codes, Codes, npt.NDArray[np.float64]]:
    """Return the copies by aligned looks: places in both lists, cosine.

    Only pictures of one modality are compared, so the work and what is held grow with the largest of them.
    """
    found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))]
    for name in sorted(set(modalities[0]) & set(modalities[1])):
        a, b = (np.flatnonzero(np.array(own) == name) for own in modalities)
        first, second = one.looks[a], other.looks[b]
        least = max(near.aligned, near.modalities.get(name, 0.0))
        for i, j in shortlisted(first, second):
            cosine = aligned(first, second, i, j)
            kept = cosine >= least
            found.append((a[i[kept]], b[j[kept]], cosine[kept]))
    i, j, like = (np.concatenate(column) for column in zip(*found, strict=True))
    return i, j, like


def _hashed(
    one: Pictures, other: Pictures, near: Near, modalities: tuple[Sequence[str], Sequence[str]]
) -> tuple[Codes, Codes, Codes, npt.NDArray[np.float64]]:
    """Return the copies by hash and look: places in both lists, distance, cosine."""
    found = [np.zeros((4, 0))]
    for mirror, a, b, distance in _close(one, other, near.radius):
        cosine = cosines(one.looks, other.looks, np.full(len(a), mirror), a, b)
        least = np.maximum(
            _of(near, modalities[0])[a] if len(a) else 0,
            _of(near, modalities[1])[b] if len(b) else 0,
        )
        kept = cosine >= least
        found.append(np.stack([a[kept], b[kept], distance[kept], cosine[kept]]))
    columns = np.concatenate(found, axis=1)
    a, b, distance = (c.astype(np.int64) for c in columns[:3])
    return a, b, distance, columns[3]


def _of(near: Near, modalities: Sequence[str]) -> npt.NDArray[np.float64]:
    return np.array([near.modalities.get(m, near.similarity) for m in modalities])


def _close(
    one: Pictures, other: Pictures, radius: int
) -> Iterator[tuple[int, Codes, Codes, Codes]]:
    """Yield for each mirror image, and for all turns together, the pairs whose hashes are within the radius, and their distance.

    A picture without a look has no copies.
    """
    seen, known = (np.flatnonzero(of.looks.any(axis=1)) for of in (one, other))
    step = max(1, MAX_PAIRS // max(len(known), 1))
    for mirror in (*range(MIRRORS), TURNED):
        turned = mirror == TURNED
        queries = one.turned if turned else one.hashes[mirror]
        table = (other.turned if turned else other.hashes[0])[known]
        for start in range(0, len(seen), step):
            rows = seen[start : start + step]
            apart = np.bitwise_count(queries[rows][:, None] ^ table)
            # much faster than `nonzero` in two dimensions
            a, b = np.divmod(np.flatnonzero(apart <= radius), max(len(known), 1))
            yield mirror, rows[a], known[b], apart[a, b].astype(np.int64)


def leave_out_across(
    short: Shortlist,
    wanted: npt.NDArray[np.bool_],
    side: npt.NDArray[np.int8],
    near: Near,
    ledger: Ledger,
) -> Codes:
    """Return the places of wanted candidates that are left out because the other split has a copy.

    Few are lost, and neither split loses a much larger share. The audit applies the same rule to what
    was chosen, so it finds no copy across the splits.
    """
    places = np.flatnonzero(wanted)
    if len(set(side[places].tolist())) < 2:
        return places[:0]
    pictures, first = np.unique(short.picture[places], return_index=True)
    own, first = short.pictures(), places[first]
    names = [short.modality.names[c] for c in short.modality.codes[first].tolist()]
    of = [np.flatnonzero(side[first] == s) for s in (VAL, TEST)]
    row = np.searchsorted(np.unique(short.picture), pictures)
    both = [Pictures(own.hashes[:, row[p]], own.looks[row[p]]) for p in of]
    kinds = [names[p] for p in of[0].tolist()], [names[p] for p in of[1].tolist()]
    links = alike_across(both[0], both[1], near, kinds)
    sizes = len(of[0]), len(of[1])
    copies = cover(of[0][links.a].tolist(), of[1][links.b].tolist(), sizes)
    partner: dict[int, int] = {}
    for a, b in zip(of[0][links.a].tolist(), of[1][links.b].tolist(), strict=True):
        partner.setdefault(a, b)
        partner.setdefault(b, a)
    gone = places[np.isin(short.picture[places], pictures[copies])]
    at = np.searchsorted(pictures, short.picture[gone]).tolist()
    ids = short.ids(first[[partner[p] for p in at]]) if at else []
    ledger.add(short.rows[gone], "copy-across-splits", [f"of {id_}" for id_ in ids])
    return gone


def cover(a: Sequence[int], b: Sequence[int], sizes: tuple[int, int] = (1, 1)) -> list[int]:
    """Return nodes, sorted, that touch every edge (a, b).

    Nodes are taken one by one, each the node with the largest product of its remaining edges and
    the size of its side, so that neither side loses a much larger share. Among equals, an `a` comes
    first, then the smaller one.

    >>> cover([1, 2, 3], [7, 7, 8]), cover([1], [7], (5, 25))
    ([3, 7], [7])
    """
    firsts, beside = set(a), dict[int, set[int]]()
    for one, other in zip(a, b, strict=True):
        beside.setdefault(one, set()).add(other)
        beside.setdefault(other, set()).add(one)

    def weighed(node: int) -> tuple[int, bool, int]:
        second = node not in firsts
        return -len(beside[node]) * sizes[second], second, node

    waiting = [weighed(node) for node in beside]
    heapify(waiting)
    found = []
    while waiting:
        edges, second, node = heappop(waiting)
        if not edges or (edges, second, node) != weighed(node):
            continue
        found.append(node)
        for other in beside[node]:
            beside[other].discard(node)
            heappush(waiting, weighed(other))
        beside[node] = set()
    return sorted(found)
