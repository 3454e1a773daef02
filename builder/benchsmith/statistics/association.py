"""Tests of uniformity, independence and random order on counts, with effect sizes.

Counts are integer arrays; tables of counts are (rows, columns).
"""

from __future__ import annotations

from math import erfc, log, sqrt
from typing import NamedTuple

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.intervals import Interval


class Tested(NamedTuple):
    """A test statistic, its degrees of freedom, and its p value."""

    statistic: float
    freedom: int
    p: float


def chi_square(seen: Floats, expected: Floats) -> Tested:
    """Return Pearson's chi-square test of counts against expected counts, both (k,)."""
    from scipy.special import chdtrc

    statistic = float(((seen - expected) ** 2 / expected).sum())
    freedom = len(seen) - 1
    return Tested(statistic, freedom, float(chdtrc(freedom, statistic)))


def contingency(rows: Ints, columns: Ints) -> Floats:
    """Return the contingency table of two arrays of codes (n,), without empty rows and columns."""
    height, width = int(rows.max()) + 1, int(columns.max()) + 1
    counts = np.bincount(rows * width + columns, minlength=height * width).reshape(height, width)
    used = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    found: Floats = used.astype(np.float64)
    return found


def independence(counts: Floats) -> Tested:
    """Return Pearson's chi-square test of independence for a contingency table."""
    from scipy.special import chdtrc

    freedom = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    if freedom == 0:
        return Tested(0.0, 0, 1.0)
    expected = counts.sum(axis=1, keepdims=True) * counts.sum(axis=0) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return Tested(statistic, freedom, float(chdtrc(freedom, statistic)))


def cramers_v(counts: Floats, tested: Tested) -> Interval:
    """Return Cramer's V, corrected for bias (Bergsma 2013), with a 95 % interval.

    The interval comes from the noncentral chi-square distributions whose central 95 % contain the
    statistic.
    """
    n, smaller = counts.sum(), min(counts.shape) - 1
    if smaller == 0 or n < 2:
        return Interval(0.0, 0.0, 1.0)
    phi = max(0.0, tested.statistic / n - tested.freedom / (n - 1))
    rows, columns = (s - (s - 1) ** 2 / (n - 1) for s in counts.shape)
    value = sqrt(phi / max(min(rows, columns) - 1, 1e-12))
    low, high = (sqrt(x / (n * smaller)) for x in noncentral(tested))
    return Interval(min(value, 1.0), min(low, 1.0), min(high, 1.0))


def noncentral(tested: Tested) -> tuple[float, float]:
    """Return the 95 % interval of the noncentrality parameter of a chi-square statistic."""
    from scipy.special import chndtr, chndtrinc

    x, freedom = tested.statistic, tested.freedom

    def solve(share: float) -> float:
        if chndtr(x, freedom, 0.0) < share:
            return 0.0
        return max(0.0, float(chndtrinc(x, freedom, share)))

    return solve(0.975), solve(0.025)


def bits(columns: Ints, answers: Ints, strata: Ints) -> tuple[Interval, Tested]:
    """Return the mutual information of columns and answers given strata, in bits, and its test.

    All arguments are codes (n,). The estimate is corrected for bias by the degrees of freedom
    (Miller and Madow); the 95 % interval is that of the likelihood-ratio statistic 2 n ln(2) I.
    """
    from scipy.special import chdtrc

    n, total, freedom = len(columns), 0.0, 0
    for stratum in np.unique(strata):
        here = strata == stratum
        counts = contingency(columns[here], answers[here])
        share = counts / counts.sum()
        free = share.sum(axis=1, keepdims=True) * share.sum(axis=0)
        some = share > 0
        total += float((share[some] * np.log2(share[some] / free[some])).sum()) * here.sum()
        freedom += (counts.shape[0] - 1) * (counts.shape[1] - 1)
    statistic, scale = 2 * log(2) * total, 2 * log(2) * n
    if freedom == 0:
        return Interval(0.0, 0.0, 0.0), Tested(0.0, 0, 1.0)
    tested = Tested(statistic, freedom, float(chdtrc(freedom, statistic)))
    low, high = noncentral(tested)
    return Interval(max(0.0, statistic - freedom) / scale, low / scale, high / scale), tested


def runs(values: Ints) -> float:
    """Return the two-sided p value of the runs test on a sequence of codes (n,) (Mood 1940).

    A run is a maximal sequence of equal values; the normal approximation is used.
    """
    n = len(values)
    counts = np.unique_counts(values).counts.astype(float) if n else np.zeros(0)
    if n < 2 or len(counts) < 2:
        return 1.0
    found = 1 + int(np.count_nonzero(np.diff(values)))
    square, cube = float((counts**2).sum()), float((counts**3).sum())
    mean = n + 1 - square / n
    variance = (square * (square + n * (n + 1)) - 2 * n * cube - n**3) / (n**2 * (n - 1))
    return erfc(abs(found - mean) / sqrt(2 * variance)) if variance > 0 else 1.0
