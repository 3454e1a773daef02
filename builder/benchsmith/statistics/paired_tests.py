"""Tests of paired differences, and the correction of p-values for multiple comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats, Ints, cluster_sums
from benchsmith.statistics.clustered import mean_interval
from benchsmith.statistics.intervals import Interval
from benchsmith.statistics.resampling import random_numbers

FLIPS = 10_000
"""Random sign flips where there are too many to try all."""
BLOCK = 200
"""Sign flips that are evaluated at a time, to bound memory."""
MAX_EXACT_CLUSTERS = 13
"""Up to this many clusters with a difference, all sign flips are tried."""


class PairedDifference(NamedTuple):
    """The mean difference of paired cases, with its test."""

    difference: Interval
    p: float
    """Two-sided, of the sign-flip test on clusters."""


def paired(differences: Floats, clusters: Ints, *key: str) -> PairedDifference:
    """Compare paired cases (n,) whose clusters are independent.

    The interval is Student's t on the clustered standard error; a bootstrap interval would be too
    narrow for few patients. `key` names the random numbers of the test.
    """
    sums = cluster_sums(clusters, differences)[:, 0]
    return PairedDifference(mean_interval(differences, clusters), sign_flip_p(sums, *key))


def sign_flip_p(sums: Floats, *key: str) -> float:
    """Return the two-sided p of the sign-flip test on the clusters' sums (clusters,).

    Without a difference, each sum is as likely to be negative as positive. p is the share of sign
    flips whose total is as far from 0 as the observed one (R. A. Fisher, The Design of Experiments
    (1935), section 21). With clusters of one case it is McNemar's exact test. Sampled p-values are
    (hits + 1) / (FLIPS + 1).
    """
    moved = sums[np.abs(sums) > 1e-12]
    if not len(moved):
        return 1.0
    seen = abs(moved.sum()) - 1e-9
    if len(moved) <= MAX_EXACT_CLUSTERS:
        bits = np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1
        signs = 1.0 - 2.0 * bits.astype(np.float64)
        return float((np.abs(signs @ moved) >= seen).mean())
    words = -(-len(moved) // 64)
    extreme = 0
    for block in range(0, FLIPS, BLOCK):
        drawn = random_numbers(BLOCK * words, 0, "flips", *key, str(block)).view(np.uint8)
        flipped = np.unpackbits(drawn.reshape(BLOCK, -1), axis=1)[:, : len(moved)]
        extreme += int((np.abs((1.0 - 2.0 * flipped) @ moved) >= seen).sum())
    return (extreme + 1) / (FLIPS + 1)


def holm(ps: Sequence[float]) -> list[float]:
    """Return p-values adjusted for multiple comparisons, in the given order.

    Source: S. Holm, A simple sequentially rejective multiple test procedure, Scandinavian Journal
    of Statistics 6 (1979) 65-70.

    >>> holm([0.01, 0.04, 0.03])
    [0.03, 0.06, 0.06]
    """
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for place, i in enumerate(sorted(range(len(ps)), key=lambda i: ps[i])):
        highest = max(highest, min(1.0, (len(ps) - place) * ps[i]))
        adjusted[i] = highest
    return adjusted
