"""Which pictures must stay on one side of the split: whoever shares a patient, a file, a copy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.selectors.near_copies import Links
from benchsmith.tables.coded_columns import Codes

LARGEST = 0.05
"""A group with more than this share of the candidates of an answer may be a chain of hashes ..."""
CHAIN = 20
"""... where likeness alone joined at least this many groups to it."""
TIGHT = (6, 0.95)
"""Bits and similarity of the likeness that still holds in a chain."""


def components(count: int, a: Array, b: Array) -> Codes:
    """Return the connected component of each of `count` nodes, numbered by its first node.

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
class Joined:
    """Groups by what is said and by what is seen."""

    groups: Codes
    """Of each row, numbered from 0."""
    links: Links
    """The pairs of pictures that are taken as copies."""
    merged: int
    """Groups by what is said that likeness joined to others."""
    chains: int
    """Groups that were taken apart again, since likeness had chained them."""


def join(people: Codes, picture: Codes, links: Links, answer: Codes) -> Joined:
    """Join groups whose pictures are copies; all but `links` are columns of rows.

    Where likeness joins `CHAIN` groups or more, and the whole has more than `LARGEST` of an
    answer's rows, its links must be `TIGHT` to hold.
    """
    people = np.unique(people, return_inverse=True)[1].astype(np.int64)
    count = int(people.max(initial=-1)) + 1
    owner = np.zeros(int(picture.max(initial=-1)) + 1, np.int64)
    owner[picture] = people
    merged = components(count, owner[links.a], owner[links.b])
    sizes = np.bincount(merged, minlength=1)
    group = merged[people]
    total = np.bincount(answer, minlength=1)
    cells, rows = np.unique(group * len(total) + answer, return_counts=True)
    chained = np.zeros(len(sizes), dtype=bool)
    chained[cells[rows > LARGEST * total[cells % len(total)]] // len(total)] = True
    chained &= sizes >= CHAIN
    loose = chained[merged[owner[links.a]]]
    loose &= (links.distance > TIGHT[0]) | (links.similarity < TIGHT[1])
    kept = links.where(~loose)
    if loose.any():
        merged = components(count, owner[kept.a], owner[kept.b])
        group = merged[people]
    alone = np.count_nonzero(np.bincount(merged, minlength=1) == 1)
    return Joined(group, kept, count - int(alone), int(chained.sum()))
