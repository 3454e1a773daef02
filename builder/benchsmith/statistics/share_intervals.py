"""Intervals: how sure a share is, when items of one patient are alike.

Chance in bulk is the output of SHAKE-128 over a name and the seed, read as 64-bit numbers: the same
on every machine, like :mod:`benchsmith.core.chance`, of which it is the fast relation.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import shake_128
from math import sqrt
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
DRAWS = 2_000
"""Bootstrap draws."""
Z = 1.959963984540054
"""97.5th percentile of the normal distribution."""
FEWEST = 20
"""Clusters that a bootstrap needs; with fewer the next finer clusters are taken."""
_CHUNK = 100


class Interval(NamedTuple):
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


def numbers(count: int, seed: int, *key: str) -> npt.NDArray[np.uint64]:
    """Return 64-bit numbers that depend on nothing but the seed and the names.

    >>> bool((numbers(3, 1, "a") == numbers(5, 1, "a")[:3]).all())
    True
    """
    name = "\0".join((str(seed), *(f"{len(k)}:{k}" for k in key)))
    stream = shake_128(name.encode()).digest(8 * count)
    return np.frombuffer(stream, dtype="<u8").astype(np.uint64)


def shuffled(count: int, seed: int, *key: str) -> Ints:
    """Return 0 to `count` - 1 in random order."""
    return np.argsort(numbers(count, seed, *key), kind="stable")


def wilson(hits: float, n: float, z: float = Z) -> Interval:
    """Return a share and Wilson's interval (1927); (0, 1) without items.

    >>> [round(v, 3) for v in wilson(8, 10)]
    [0.8, 0.49, 0.943]
    """
    if n <= 0:
        return Interval(0.0, 0.0, 1.0)
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def clustered_se(scores: Floats, clusters: Ints) -> float:
    """Return the standard error of a mean whose scores come in clusters.

    ``sqrt(C / (C - 1) * sum_c (sum_{i in c} (s_i - mean))^2) / n`` with C clusters and n scores.
    """
    sums = np.bincount(clusters, weights=scores - scores.mean())
    count = int(np.count_nonzero(np.bincount(clusters)))
    if count < 2:
        return float("inf")
    return sqrt(count / (count - 1) * float((sums**2).sum())) / len(scores)


@dataclass(frozen=True, slots=True)
class Clusters:
    """Items in groups that are drawn together, and the draws."""

    of: Ints
    """Cluster of each item, 0 to count - 1."""
    count: int
    unit: str
    """What a cluster is: patients or targets."""
    times: npt.NDArray[np.uint8]
    """How often each cluster was drawn: (draws, clusters)."""

    def interval(self, top: Floats, bottom: Floats | None = None) -> Interval:
        """Return the ratio of two sums over items with its percentile bootstrap interval.

        Without `bottom` it is the mean. Where there are too few clusters for a bootstrap, Wilson's
        interval for as many independent items as there are clusters.
        """
        bottom = np.ones_like(top) if bottom is None else bottom
        whole = float(bottom.sum())
        value = float(top.sum()) / whole if whole else 0.0
        used = np.unique(self.of[bottom != 0])
        if len(used) < FEWEST:
            if 0 <= value <= 1:
                return wilson(value * len(used), len(used))
            return Interval(value, float("-inf"), float("inf"))
        over = np.bincount(self.of, weights=top, minlength=self.count)
        under = np.bincount(self.of, weights=bottom, minlength=self.count)
        both = np.stack([over, under], axis=1)[used]
        sums = np.concatenate(
            [
                self.times[i : i + _CHUNK, used].astype(np.float64) @ both
                for i in range(0, len(self.times), _CHUNK)
            ]
        )
        sums = sums[sums[:, 1] != 0]
        low, high = np.percentile(sums[:, 0] / sums[:, 1], (2.5, 97.5))
        return Interval(value, float(low), float(high))


def draw(of: Ints, unit: str, seed: int) -> Clusters:
    """Draw clusters with replacement, as many as there are, again and again."""
    count = int(of.max(initial=-1)) + 1
    times = np.zeros((DRAWS, count), np.uint8)
    if count >= FEWEST:
        picks = (numbers(DRAWS * count, seed, "bootstrap", unit) % np.uint64(count)).astype(
            np.int64
        )
        for i, row in enumerate(picks.reshape(DRAWS, count)):
            times[i] = np.bincount(row, minlength=count)
    return Clusters(of, count, unit, times)
