"""Intervals of shares, means and ratios whose cases come in clusters.

Cases of one patient are not independent, so uncertainty is counted by clusters. `clusters` is
always an array (n,) of codes, 0 to C-1: the cluster of each case.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats, Ints, cluster_sums
from benchsmith.statistics.intervals import Interval, percentile_interval, student_quantile, wilson
from benchsmith.statistics.resampling import Counts, bootstrap_counts, resampled_sums

MIN_CLUSTERS = 20
"""Clusters that a bootstrap interval needs."""


def clustered_se(values: Floats, clusters: Ints) -> float:
    """Return the jackknife standard error of the mean of `values` (n,).

    SE² = (C-1)/C · Σ_c (E_c / (1 - n_c/n))² / n² with E_c = Σ_{i in c} (s_i - mean): the spread of
    the means that leave out one cluster (CR3: MacKinnon, Nielsen and Webb, Cluster-robust
    inference, Journal of Econometrics 232 (2023) 272-299). With clusters of one size it is
    C/(C-1) · Σ_c E_c² / n², the usual formula; that one is too small where one cluster has most of
    the cases. NaN for fewer than two clusters.
    """
    sums = np.bincount(clusters, weights=values - values.mean())
    sizes = np.bincount(clusters)
    count, n = len(sums), len(values)
    if count < 2:
        return float("nan")
    left_out = sums / (1 - sizes / n)
    return float(np.sqrt((count - 1) / count * (left_out**2).sum()) / n)


def effective_clusters(clusters: Ints) -> float:
    """Return the number of equally large clusters with the same information: n² / Σ n_c².

    Source: L. Kish, Survey Sampling (1965).

    >>> effective_clusters(np.array([0, 1, 2])), effective_clusters(np.array([0, 0, 0, 0, 1]))
    (3.0, 1.4705882352941178)
    """
    sizes = np.bincount(clusters).astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def share_interval(hits: Floats, clusters: Ints) -> Interval:
    """Return the mean of `hits` (n,) of 0 and 1, with Wilson's interval on effective cases.

    The effective number of cases is p(1-p)/SE², at most n. Where all hits are equal it is the
    effective number of clusters, since one patient may be the reason. Student's t replaces 1.96,
    with one degree of freedom less than there are effective clusters, because few clusters give a
    poor estimate of their own spread. (0, 1) for fewer than two clusters.
    """
    if not len(clusters) or clusters.max() < 1:
        return Interval(float(hits.mean()) if len(hits) else float("nan"), 0.0, 1.0)
    p, se = float(hits.mean()), clustered_se(hits, clusters)
    n = effective_clusters(clusters) if p in (0.0, 1.0) else float(len(hits))
    if p not in (0.0, 1.0) and se:
        n = min(p * (1 - p) / se**2, n)
    found = wilson(p * n, n, student_quantile(effective_clusters(clusters) - 1))
    return Interval(p, min(found.low, p), max(found.high, p))


def mean_interval(values: Floats, clusters: Ints) -> Interval:
    """Return the mean of `values` (n,) from -1 to 1, with Student's t on the clustered error."""
    middle = float(values.mean()) if len(values) else float("nan")
    if not len(clusters) or clusters.max() < 1:
        return Interval(middle, -1.0, 1.0)
    half = student_quantile(effective_clusters(clusters) - 1) * clustered_se(values, clusters)
    return Interval(middle, max(middle - half, -1.0), min(middle + half, 1.0))


@dataclass(frozen=True, slots=True)
class Clusters:
    """The clusters of all items, with their bootstrap samples."""

    of: Ints
    """Cluster of each item, 0 to count - 1: (items,)."""
    count: int
    unit: str
    """What a cluster is: ``patients`` or ``targets``."""
    counts: Counts
    """How often each cluster was drawn: (samples, clusters); no sample for too few clusters."""

    def interval(self, numerator: Floats, denominator: Floats | None = None) -> Interval:
        """Return the ratio of two sums over items, each (items,), with its bootstrap interval.

        Without `denominator` the ratio is the mean. With fewer than MIN_CLUSTERS clusters it is
        Wilson's interval for as many independent items as there are clusters, or an infinite one
        for a ratio that is not a share.
        """
        denominator = np.ones_like(numerator) if denominator is None else denominator
        whole = float(denominator.sum())
        value = float(numerator.sum()) / whole if whole else 0.0
        used = np.unique(self.of[denominator != 0])
        if len(used) < MIN_CLUSTERS:
            if 0 <= value <= 1:
                return wilson(value * len(used), len(used))
            return Interval(value, float("-inf"), float("inf"))
        sums = cluster_sums(self.of, numerator, denominator)
        counts = self.counts
        if len(used) < self.count:
            sums, counts = sums[used], counts[:, used]
        drawn = resampled_sums(counts, sums)
        drawn = drawn[drawn[:, 1] != 0]
        return percentile_interval(value, drawn[:, 0] / drawn[:, 1])


def bootstrapped(of: Ints, unit: str, seed: int) -> Clusters:
    """Return clusters with their bootstrap samples; `of` (items,) is the cluster of each item."""
    count = int(of.max(initial=-1)) + 1
    enough = count >= MIN_CLUSTERS
    drawn = bootstrap_counts(count, seed, unit) if enough else np.zeros((0, count), np.uint8)
    return Clusters(of, count, unit, drawn)
