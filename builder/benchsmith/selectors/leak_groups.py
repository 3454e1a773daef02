"""Leak groups: candidates that share a patient, a file or a copied picture stay on one side."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.selectors.near_copies import Links
from benchsmith.tables.coded_columns import Codes

MAX_SHARE = 0.05
"""A group with more than this share of an answer's candidates may be a chain of hashes, ..."""
MIN_CHAIN = 20
"""... if links between pictures joined at least this many patient groups to it."""
CHAIN_DISTANCE, CHAIN_SIMILARITY = 6, 0.95
"""The largest hash distance, in bits, and the smallest similarity of a link that holds in a chain."""


def components(count: int, a: Array, b: Array) -> Codes:
    """Return the connected component of each of `count` nodes, (count,), numbered by its first node.

    `a` and `b` (edges,) are the two ends of each edge.

    >>> components(4, np.array([0]), np.array([2])).tolist()
    [0, 1, 0, 2]
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges = coo_array((np.ones(len(a), np.int8), (a, b)), shape=(count, count))
    label = connected_components(edges, directed=False)[1]
    _, first, inverse = np.unique(label, return_index=True, return_inverse=True)
    place = np.empty(len(first), dtype=np.int64)
    place[np.argsort(first)] = np.arange(len(first))
    return place[inverse]


@dataclass(frozen=True)
class LeakGroups:
    """The groups of n candidates."""

    group: Codes
    """(n,): the group's number, from 0."""
    links: Links
    """The pairs of pictures that are accepted as copies."""
    merged: int
    """Patient groups that links joined to others."""
    chains: int
    """Groups that were taken apart again because links had chained them."""


def leak_groups(patients: Codes, picture: Codes, links: Links, answer: Codes) -> LeakGroups:
    """Join patient groups whose pictures are copies.

    `patients`, `picture` and `answer` are columns (n,) of candidates; `links` are between pictures.
    If links join `MIN_CHAIN` patient groups or more into a group with more than `MAX_SHARE` of an
    answer's candidates, only its closest links are kept. Joining is by connected components, linear
    in candidates and links.
    """
    patients = np.unique(patients, return_inverse=True)[1].astype(np.int64)
    count = int(patients.max(initial=-1)) + 1
    owner = np.zeros(int(picture.max(initial=-1)) + 1, np.int64)
    owner[picture] = patients
    merged = components(count, owner[links.a], owner[links.b])
    sizes = np.bincount(merged, minlength=1)
    group = merged[patients]
    total = np.bincount(answer, minlength=1)
    cells, rows = np.unique(group * len(total) + answer, return_counts=True)
    chained = np.zeros(len(sizes), dtype=bool)
    chained[cells[rows > MAX_SHARE * total[cells % len(total)]] // len(total)] = True
    chained &= sizes >= MIN_CHAIN
    loose = chained[merged[owner[links.a]]]
    loose &= (links.distance > CHAIN_DISTANCE) | (links.similarity < CHAIN_SIMILARITY)
    kept = links.where(~loose)
    if loose.any():
        merged = components(count, owner[kept.a], owner[kept.b])
        group = merged[patients]
    alone = np.count_nonzero(np.bincount(merged, minlength=1) == 1)
    return LeakGroups(group, kept, count - int(alone), int(chained.sum()))
