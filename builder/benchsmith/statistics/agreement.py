"""Agreement beyond chance: Fleiss' kappa and Krippendorff's alpha, with bootstrap intervals.

Input is a table of counts (items, choices): how many people gave each choice for each item. Items
with fewer than two votes carry no information on agreement and are left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.intervals import Interval, percentile_interval
from benchsmith.statistics.resampling import CHUNK, bootstrap_counts


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of the votes on one axis."""

    items: int
    votes: int
    raw: float
    """Share of equal pairs of votes on one item, averaged over items."""
    kappa: Interval
    """Fleiss'; NaN if it is not defined."""
    alpha: Interval
    """Krippendorff's, nominal; NaN if it is not defined."""


def vote_counts(votes: Iterable[Mapping[str, int]]) -> Ints:
    """Return the counts (items, choices) of items with at least two votes; choices are sorted.

    >>> vote_counts([{"a": 2, "b": 1}, {"b": 3}, {"a": 1}]).tolist()
    [[2, 1], [0, 3]]
    """
    rows = [Counter(v) for v in votes if sum(v.values()) > 1]
    choices = sorted({c for row in rows for c in row})
    counts = [[row[c] for c in choices] for row in rows]
    return np.array(counts, np.int64).reshape(len(rows), len(choices))


def agreement(counts: Ints, *context: str) -> Agreement:
    """Return the agreement of a table of counts (items, choices).

    Intervals are percentile bootstraps over items. Bootstrap samples in which every vote is for one
    choice have no coefficient and are left out. `context` names the random numbers.
    """
    items = len(counts)
    if not items:
        nothing = Interval(np.nan, np.nan, np.nan)
        return Agreement(0, 0, np.nan, nothing, nothing)
    unweighted = np.ones((1, items))
    per_item = counts.sum(axis=1)
    raw = float(np.mean((counts * (counts - 1)).sum(axis=1) / (per_item * (per_item - 1))))
    drawn = bootstrap_counts(items, 0, "agreement", *context)
    weights = [drawn[i : i + CHUNK].astype(np.float64) for i in range(0, len(drawn), CHUNK)]
    kappas = np.concatenate([kappa(w, counts) for w in weights])
    alphas = np.concatenate([alpha(w, counts) for w in weights])
    return Agreement(
        items=items,
        votes=int(counts.sum()),
        raw=raw,
        kappa=_interval(float(kappa(unweighted, counts)[0]), kappas, items),
        alpha=_interval(_alpha(counts), alphas, items),
    )


def kappa(weights: Floats, counts: Ints) -> Floats:
    """Return Fleiss' kappa for each row of weights (samples, items): (samples,).

    Source: J. L. Fleiss, Measuring nominal scale agreement among many raters, Psychological
    Bulletin 76 (1971) 378-382, equations 2 to 9. Agreement and shares of the choices are computed
    for each item and then averaged, so that items with different numbers of votes have equal
    weight. With equal numbers of votes this is Fleiss' own formula.
    """
    per_item = counts.sum(axis=1)
    same = (counts * (counts - 1)).sum(axis=1) / (per_item * (per_item - 1))
    total = weights.sum(axis=1)
    observed = weights @ same / total
    shares = weights @ (counts / per_item[:, None]) / total[:, None]
    return _beyond_chance((shares**2).sum(axis=1), observed)


def alpha(weights: Floats, counts: Ints) -> Floats:
    """Return Krippendorff's nominal alpha for each row of weights (samples, items): (samples,).

    Source: K. Krippendorff, Computing Krippendorff's alpha-reliability (2011), section D. The
    coincidences of item u have the weight 1 / (m_u - 1).
    """
    per_item = counts.sum(axis=1)
    same = weights @ ((counts * (counts - 1)).sum(axis=1) / (per_item - 1))
    votes_by_choice = weights @ counts
    total = votes_by_choice.sum(axis=1)
    expected = ((votes_by_choice**2).sum(axis=1) - total) / (total * (total - 1))
    return _beyond_chance(expected, same / total)


def _beyond_chance(expected: Floats, observed: Floats) -> Floats:
    """Return (observed - expected) / (1 - expected); NaN if the expected agreement is 1."""
    possible = 1 - expected
    possible[possible < 1e-12] = np.nan
    return (observed - expected) / possible


def _alpha(counts: Ints) -> float:
    import krippendorff

    if counts.shape[1] < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def _interval(value: float, samples: Floats, items: int) -> Interval:
    if np.isnan(value) or items < 2:
        return Interval(value, np.nan, np.nan)
    return percentile_interval(value, samples)
