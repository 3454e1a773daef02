"""How sure a score is, counted by patients: cases of one patient are not independent.

Pure functions on arrays. `groups` are codes of the clusters, 0 to C-1, one for each case.
"""

from __future__ import annotations

from functools import cache
from hashlib import shake_256
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.core.chance import rank

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LEVEL = 0.95
FEWEST = 0.5
"""Degrees of freedom at least; with fewer, Student's t has no useful bound."""
RESAMPLES = 2_000
BLOCK = 100
"""Samples that are drawn at a time, to bound memory."""


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def clustered_se(values: Floats, groups: Ints) -> float:
    """Return the standard error of a mean whose cases come in clusters, by jackknife.

    SE² = (C-1)/C · Σ_c (E_c / (1 - n_c/n))² / n² with E_c = Σ_{i in c} (s_i - mean): what the mean
    would be without each cluster (CR3; MacKinnon, Nielsen and Webb 2023). Where clusters are of one
    size it is C/(C-1) · Σ_c E_c² / n², the usual formula, which is too small where one cluster has
    most of the cases and so makes the mean its own. NaN for fewer than two clusters.
    """
    sums = np.bincount(groups, weights=values - values.mean())
    sizes = np.bincount(groups)
    count, n = len(sums), len(values)
    if count < 2:
        return float("nan")
    left = sums / (1 - sizes / n)
    return float(np.sqrt((count - 1) / count * (left**2).sum()) / n)


def effective(groups: Ints) -> float:
    """Return how many clusters of one size tell as much: n² / Σ n_c² (Kish 1965).

    >>> effective(np.array([0, 1, 2])), effective(np.array([0, 0, 0, 0, 1]))
    (3.0, 1.4705882352941178)
    """
    sizes = np.bincount(groups).astype(np.float64)
    return float(sizes.sum() ** 2 / (sizes**2).sum())


def proportion(values: Floats, groups: Ints) -> Interval:
    """Return the interval of a share, by Wilson's formula (1927) on the effective number of cases.

    That number is p(1-p)/SE², never more than the cases; where all are right or all are wrong it is
    that of clusters, since one patient may be why. Student's t stands in for 1.96, with one degree
    of freedom less than there are effective clusters: few tell little of their own spread.
    """
    if not len(groups) or groups.max() < 1:
        return Interval(0.0, 1.0)
    p, se = float(values.mean()), clustered_se(values, groups)
    n = effective(groups) if p in (0.0, 1.0) else len(values)
    if p not in (0.0, 1.0) and se:
        n = min(p * (1 - p) / se**2, n)
    z = _quantile(effective(groups) - 1)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    low, high = float(centre - half), float(centre + half)
    return Interval(min(max(low, 0.0), p), max(min(high, 1.0), p))


def mean(values: Floats, groups: Ints) -> Interval:
    """Return the interval of a mean of values from -1 to 1: Student's t on the clustered error."""
    if not len(groups) or groups.max() < 1:
        return Interval(-1.0, 1.0)
    half = _quantile(effective(groups) - 1) * clustered_se(values, groups)
    middle = float(values.mean())
    return Interval(max(middle - half, -1.0), min(middle + half, 1.0))


@cache
def _quantile(freedom: float) -> float:
    """Return Student's t that 95 % of draws stay within, on both sides."""
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, max(freedom, FEWEST)))


def resampled(sums: Floats, *names: str, count: int = RESAMPLES) -> Floats:
    """Return column sums in bootstrap samples of the rows: (clusters, m) gives (samples, m).

    Any score that is made of sums over cases can be had from it. The numbers are SHAKE-256 of the
    names' rank, so they depend on nothing else.
    """
    clusters = len(sums)
    found = []
    for block in range(0, count, BLOCK):
        size = min(BLOCK, count - block)
        seed = rank(0, "bootstrap", *names, str(clusters), str(block)).to_bytes(8, "big")
        bits = np.frombuffer(shake_256(seed).digest(8 * size * clusters), "<u8")
        drawn = (bits % clusters).astype(np.int64).reshape(size, clusters)
        drawn += np.arange(size)[:, None] * clusters
        weights = np.bincount(drawn.ravel(), minlength=size * clusters).reshape(size, clusters)
        found.append(weights.astype(np.float64) @ sums)
    return np.concatenate(found)


def by_cluster(groups: Ints, *values: Floats) -> Floats:
    """Return the sums of values in each cluster: (clusters, number of values)."""
    return np.stack([np.bincount(groups, weights=v) for v in values], axis=1)


def divided(above: Floats, below: Floats) -> Floats:
    """Return a quotient; NaN where there is nothing to divide by."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(below > 0, above / below, np.nan)


def percentile(samples: Floats) -> Interval:
    """Return the middle 95 % of bootstrap samples; those without a value are left out."""
    told = samples[np.isfinite(samples)]
    if not len(told):
        return Interval(float("nan"), float("nan"))
    low, high = np.quantile(told, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def codes(names: npt.NDArray[np.object_]) -> Ints:
    """Return a code for each name, in the order of the names."""
    _, found = np.unique(names.astype(str), return_inverse=True)
    return found.astype(np.int64)
