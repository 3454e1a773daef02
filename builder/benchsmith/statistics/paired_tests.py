"""Differences of paired cases: interval, p and rank from one set of sign flips of whole clusters.

Without a difference, each cluster's sum is as likely to be negative as positive, so the signs may be
flipped (R. A. Fisher, The Design of Experiments (1935), section 21). With clusters of one case it is
McNemar's exact test. The interval holds every difference that the test does not reject, so that it
leaves out 0 exactly where p is at most 0.05.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf, nan
from typing import NamedTuple

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats, Ints, cluster_sums, divided
from benchsmith.statistics.clustered import effective_clusters
from benchsmith.statistics.intervals import Interval
from benchsmith.statistics.resampling import random_numbers

LEVEL = 0.05
FLIPS = 10_000
"""Random sign flips where there are too many to try all."""
BLOCK = 200
"""Sign flips that are evaluated at a time, to bound memory."""
MAX_EXACT_CLUSTERS = 13
"""Up to this many clusters, all sign flips are tried."""
MIN_EFFECTIVE = 5.0
"""With fewer effective clusters no difference can be distinguished from chance: 2 of 2^4 flips are 12 %."""
TOO_FEW = "too few people to compare"
"""What replaces an interval, a p and a rank then."""
_ROUNDING = 1e-9


class PairedDifference(NamedTuple):
    """The mean difference of paired cases, with its test."""

    difference: Interval
    """Bounds are NaN for too few clusters."""
    p: float
    """Two-sided, of the sign-flip test on clusters; NaN for too few clusters."""


def paired(differences: Floats, clusters: Ints) -> PairedDifference:
    """Compare paired cases (n,) whose clusters are independent."""
    mean = float(differences.mean()) if len(differences) else nan
    if not enough(clusters):
        return PairedDifference(Interval(mean, nan, nan), nan)
    sums = cluster_sums(clusters, differences, np.ones_like(differences))
    whole, size = sums.sum(axis=0)
    flipped, weight = flipped_sums(sums).T
    # a flip is as extreme as the sums, less a difference of x per case, where
    # |flipped - x weight| >= |whole - x size|: between these two x, and the mean lies between them
    one, other = (
        _quotient(whole - flipped, size - weight),
        _quotient(whole + flipped, size + weight),
    )
    always = np.isnan(one) | np.isnan(other)  # all signs alike: as extreme, whatever the difference
    low = np.sort(np.where(always, -inf, np.minimum(one, other)))
    high = np.sort(np.where(always, inf, np.maximum(one, other)))
    left_out = int(LEVEL * len(low) + _ROUNDING)
    bounds = max(low[left_out], min(mean, -1.0)), min(high[-1 - left_out], max(mean, 1.0))
    extreme = low <= 0 if mean > 0 else high >= 0
    p = float(extreme.mean()) if abs(whole) > _ROUNDING else 1.0
    return PairedDifference(Interval(mean, float(bounds[0]), float(bounds[1])), p)


def ranks(scores: Floats, clusters: Ints) -> list[Interval]:
    """Return each column's rank by its sum over the cases, (cases, columns), with its 95 % interval.

    The best possible rank is 1 plus the number of columns that are better, and the worst is the
    number of columns minus those that are worse, where better and worse are decided by the p of
    :func:`paired`, corrected by Holm for the comparisons of the column with all others. The list is
    empty for too few clusters.
    """
    if not enough(clusters):
        return []
    sums = cluster_sums(clusters, *scores.T)
    flipped, whole = flipped_sums(sums), sums.sum(axis=0)
    found = []
    for i, own in enumerate(whole):
        others = [j for j in range(len(whole)) if j != i]
        seen = [abs(own - whole[j]) for j in others]
        ps = [
            float((np.abs(flipped[:, i] - flipped[:, j]) >= far - _ROUNDING).mean())
            for j, far in zip(others, seen, strict=True)
        ]
        told = [p <= LEVEL for p in holm(ps)]
        better = sum(t and whole[j] > own for t, j in zip(told, others, strict=True))
        worse = sum(t and whole[j] < own for t, j in zip(told, others, strict=True))
        place = 1 + int((whole > own + _ROUNDING).sum())
        found.append(Interval(float(place), 1.0 + better, float(len(whole) - worse)))
    return found


def enough(clusters: Ints) -> bool:
    """Return whether there are enough clusters to compare anything."""
    return len(clusters) > 0 and effective_clusters(clusters) >= MIN_EFFECTIVE


def flipped_sums(sums: Floats) -> Floats:
    """Return the column sums of `sums` (clusters, m) after each sign flip: (flips, m).

    All inputs with the same number of clusters get the same flips. One of the flips changes no
    sign.
    """
    return np.concatenate([signs.astype(np.float64) @ sums for signs in _signs(len(sums))])


def _signs(clusters: int) -> Iterator[Ints]:
    """Yield blocks of sign flips (flips, clusters): all of them, or the identity and random ones."""
    if clusters <= MAX_EXACT_CLUSTERS:
        yield 1 - 2 * (np.arange(2**clusters)[:, None] >> np.arange(clusters) & 1)
        return
    yield np.ones((1, clusters), np.int64)
    words = -(-clusters // 64)
    for block in range(0, FLIPS, BLOCK):
        drawn = random_numbers(BLOCK * words, 0, "flips", str(block)).view(np.uint8)
        bits = np.unpackbits(drawn.reshape(BLOCK, -1), axis=1)[:, :clusters]
        yield 1 - 2 * bits.astype(np.int64)


def _quotient(numerator: Floats, denominator: Floats) -> Floats:
    """Return the elementwise quotient, 0 where it is nearly 0; NaN if the denominator is 0."""
    found = divided(numerator, np.where(denominator < _ROUNDING, 0.0, denominator))
    return np.where((np.abs(numerator) < _ROUNDING) & ~np.isnan(found), 0.0, found)


def holm(ps: Sequence[float]) -> list[float]:
    """Return p-values adjusted for multiple comparisons, in the given order; NaN stays NaN.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal
    of Statistics 6 (1979) 65-70.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = list(ps)
    known = [i for i, p in enumerate(ps) if p == p]  # noqa: PLR0124 - not NaN
    highest = 0.0
    for place, i in enumerate(sorted(known, key=lambda i: ps[i])):
        highest = max(highest, min(1.0, (len(known) - place) * ps[i]))
        adjusted[i] = highest
    return adjusted
