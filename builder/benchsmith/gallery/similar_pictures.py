"""Similar pictures, and a map on which similar pictures are near each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.contracts import Array

NEIGHBOURS = 12
CHUNK = 512
"""Pictures that are compared with all others at a time."""
MAP_SIDE = 1000
DIGITS = 4
"""Decimals of a similarity; so the last bits of a matrix product decide nothing."""


def neighbours(looks: Array, targets: Sequence[str]) -> list[list[int]]:
    """Return for each picture the most similar ones of other targets, the most similar first.

    `looks` has the shape (pictures, features), each row of norm 1; the similarity is their product.
    Pictures of one target, such as its box and its contour, are not neighbours. Among equals, the
    first is taken.
    """
    from threadpoolctl import threadpool_limits

    count = len(looks)
    group = np.unique(np.asarray(targets), return_inverse=True)[1] if count else np.empty(0, int)
    found: list[list[int]] = []
    with threadpool_limits(1):
        for start in range(0, count, CHUNK):
            part = slice(start, start + CHUNK)
            like = np.round(looks[part] @ looks.T, DIGITS)
            like[group[part, None] == group[None, :]] = -np.inf
            found += [_best(row) for row in like]
    return found


def _best(like: Array) -> list[int]:
    """Return the positions of the largest values, in order; equals by position."""
    least = np.partition(like, -NEIGHBOURS)[-NEIGHBOURS] if len(like) > NEIGHBOURS else -np.inf
    able = np.flatnonzero((like >= least) & (like > -np.inf))
    order = able[np.argsort(-like[able], kind="stable")]
    return [int(n) for n in order[:NEIGHBOURS]]


def map_places(looks: Array) -> list[tuple[int, int]]:
    """Return a place of each picture on a square map with sides of `MAP_SIDE` units.

    They are the first two principal components of the looks, by rank: similar pictures lie near
    each other, and they do not pile up. The sign of a component is that of its largest element.
    """
    count = len(looks)
    if count < 2:
        return [(MAP_SIDE // 2, MAP_SIDE // 2)] * count
    from threadpoolctl import threadpool_limits

    centred = looks.astype(np.float64) - looks.mean(axis=0, dtype=np.float64)
    # threads gain nothing on a matrix of this size, and wait for each other on a busy machine
    with threadpool_limits(1):
        _, vectors = np.linalg.eigh(centred.T @ centred)
    axes = vectors[:, [-1, -2]]
    largest = axes[np.abs(axes).argmax(axis=0), [0, 1]]
    scores = np.round(centred @ (axes * np.sign(largest)), DIGITS)
    ranks = np.stack([_ranks(scores[:, n]) for n in (0, 1)], axis=1)
    return [(int(x), int(y)) for x, y in np.rint(ranks * MAP_SIDE)]


def _ranks(values: Array) -> Array:
    """Return the mean rank of each value, 0 to 1; equals have the same one."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    before = np.cumsum(counts) - counts
    found: Array = (before + (counts - 1) / 2)[inverse] / (len(values) - 1)
    return found
