"""The interval type of every reported figure, and intervals of independent observations."""

from __future__ import annotations

from functools import cache
from math import isnan, nan, sqrt
from typing import NamedTuple

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats

Z95 = 1.959963984540054
"""97.5th percentile of the standard normal distribution."""
MIN_DEGREES_OF_FREEDOM = 0.5
"""Lower limit; with fewer degrees of freedom, Student's t gives no useful bound."""


class Interval(NamedTuple):
    """A figure and its 95 % confidence interval; NaN if one of them is not defined."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Return the text for a table.

        >>> print(Interval(0.5, 0.25, 0.75), Interval(0.5, nan, nan), Interval(nan, nan, nan))
        0.500 (0.250 to 0.750) 0.500 not defined
        """
        if isnan(self.value):
            return "not defined"
        if isnan(self.low):
            return f"{self.value:.3f}"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def wilson(hits: float, n: float, z: float = Z95) -> Interval:
    """Return the share `hits` / `n` with Wilson's score interval; (0, 0, 1) where `n` is 0.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
    JASA 22 (1927) 209-212. `n` may be fractional (an effective number of observations).

    >>> [round(v, 3) for v in wilson(8, 10)]
    [0.8, 0.49, 0.943]
    """
    if n <= 0:
        return Interval(0.0, 0.0, 1.0)
    share, square = hits / n, z * z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = z / (1 + square / n) * sqrt(share * (1 - share) / n + square / (4 * n * n))
    return Interval(share, max(0.0, middle - half), min(1.0, middle + half))


def percentile_interval(value: float, samples: Floats) -> Interval:
    """Return `value` with the 2.5th and 97.5th percentile of its bootstrap samples.

    Source: B. Efron, Bootstrap methods, Annals of Statistics 7 (1979) 1-26. Samples that are not
    finite are ignored; the bounds are NaN if no sample is left.
    """
    finite = samples[np.isfinite(samples)]
    if not finite.size:
        return Interval(value, nan, nan)
    low, high = np.percentile(finite, (2.5, 97.5))
    return Interval(value, float(low), float(high))


def normal_quantile(tail: float) -> float:
    """Return the z that a standard normal variable exceeds with probability `tail`.

    >>> round(normal_quantile(0.025), 3)
    1.96
    """
    from scipy.special import ndtri

    return float(-ndtri(tail))


@cache
def student_quantile(degrees_of_freedom: float) -> float:
    """Return the t whose range from -t to t holds 95 % of Student's distribution."""
    from scipy.stats import t

    return float(t.ppf(0.975, max(degrees_of_freedom, MIN_DEGREES_OF_FREEDOM)))
