"""How sure a score is, counted by patients: cases of one patient are not independent.

Pure functions on arrays. `groups` are codes of the clusters, 0 to C-1, one for each case.
"""

from __future__ import annotations

from functools import cache
from hashlib import shake_256
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from builder.chance import rank

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
LEVEL = 0.95
RESAMPLES = 2_000
BLOCK = 100
"""Samples that are drawn at a time, to bound memory."""


class Interval(NamedTuple):
    """A 95 % interval."""

    low: float
    high: float


def clustered_se(values: Floats, groups: Ints) -> float:
    """Return the standard error of a mean whose cases come in clusters.

    SE² = C/(C-1) · Σ_c (Σ_{i in c} (s_i - mean))² / n², as Liang and Zeger (1986); the plain
    standard error where each cluster is one case. NaN for fewer than two clusters.
    """
    sums = np.bincount(groups, weights=values - values.mean())
    count = len(sums)
    if count < 2:
        return float("nan")
    return float(np.sqrt(count / (count - 1) * (sums**2).sum()) / len(values))


def proportion(values: Floats, groups: Ints) -> Interval:
    """Return the interval of a share, by Wilson's formula (1927) on the effective number of cases.

    That number is p(1-p)/SE², never more than the cases; where all are right or all are wrong the
    cases may all say one thing because one patient does, so clusters count. Student's t for C-1
    degrees of freedom stands in for 1.96, since few clusters tell little of their own spread.
    """
    count = int(groups.max()) + 1 if len(groups) else 0
    if count < 2:
        return Interval(0.0, 1.0)
    p, se = float(values.mean()), clustered_se(values, groups)
    n = (
        float(count)
        if p in (0.0, 1.0)
        else min(p * (1 - p) / se**2, len(values))
        if se
        else len(values)
    )
    z = _quantile(count - 1)
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return Interval(max(float(centre - half), 0.0), min(float(centre + half), 1.0))


def mean(values: Floats, groups: Ints) -> Interval:
    """Return the interval of a mean of values from -1 to 1: Student's t on the clustered error."""
    if not len(groups) or groups.max() < 1:
        return Interval(-1.0, 1.0)
    half = _quantile(int(groups.max())) * clustered_se(values, groups)
    middle = float(values.mean())
    return Interval(max(middle - half, -1.0), min(middle + half, 1.0))


@cache
def _quantile(freedom: int) -> float:
    """Return Student's t that 95 % of draws stay within, on both sides."""
    from scipy.stats import t

    return float(t.ppf((1 + LEVEL) / 2, freedom))


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
