"""An upper bound on the number of wrong keys, from a sample that can stop at any time.

Questions are drawn without replacement from strata, in an order that is fixed before the first is
judged. For a hypothesis that stratum s of N_s questions has m_s wrong ones, the probability of what
was seen there, n_s questions with k_s wrong ones, is

    P(m) = prod over s of (m_s)_k (N_s - m_s)_(n - k) / (N_s)_n,    (x)_j = x (x - 1) ... (x - j + 1)

The sequence Q / P(m) is a martingale with mean 1 if the hypothesis is true, for any probability Q
that was chosen beforehand. By Ville's inequality it reaches 1 / alpha with probability alpha at most,
however long people continue and for whatever reason they stop. A total of M wrong keys is rejected if Q reaches
P(m) / alpha for every m with that total, hence for the one with the largest P(m).

Sources: J. Ville, Étude critique de la notion de collectif (1939); I. Waudby-Smith and A. Ramdas,
Confidence sequences for sampling without replacement, NeurIPS 2020; J. V. Spertus and P. B. Stark,
Sweeter than SUITE: supermartingale stratified union-intersection tests of elections, E-Vote-ID 2022.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import NamedTuple

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats

ALPHA = 0.05
"""Probability that the bound is too low, at any time."""
PRIOR = (0.5, 100.0)
"""Q is the mean over a beta distribution of error rates, of mean 0.5 %. Any prior is valid, and this one
is short where keys are good: without a wrong one, 173 of very many questions bound the rate by 2 %,
where a sample of a fixed size needs 149. It must not be chosen after the answers."""


class Stratum(NamedTuple):
    """How many questions a stratum has, how many were judged, and how many of these are wrong."""

    size: int
    seen: int
    wrong: int


def upper_bound(strata: Sequence[Stratum], alpha: float = ALPHA) -> int:
    """Return the largest number of wrong keys that is not rejected, judged questions included.

    Without any stratum it is 0. Takes O(N log N) for N questions: the logarithm of P(m) is concave in each m_s,
    so its maximum for a total is reached by adding one wrong key at a time where it costs least.
    """
    seen, wrong = sum(s.seen for s in strata), sum(s.wrong for s in strata)
    least = log_mixture(seen, wrong) + log(alpha)
    at_least = sum(_log_probability(s, s.wrong) for s in strata)
    gains = [_gains(s) for s in strata]
    steps = np.sort(np.concatenate([*gains, np.zeros(0)]))[::-1]
    best = at_least + np.concatenate([np.zeros(1), np.cumsum(steps)])
    allowed = np.flatnonzero(best > least)
    return wrong + int(allowed[-1] if allowed.size else best.argmax())


def log_mixture(seen: int, wrong: int) -> float:
    """Return log Q: the probability of one order of `wrong` wrong keys among `seen` questions.

    >>> round(log_mixture(1, 0), 6) == round(log(100 / 100.5), 6)
    True
    """
    from scipy.special import betaln

    a, b = PRIOR
    return float(betaln(a + wrong, b + seen - wrong) - betaln(a, b))


def _log_probability(of: Stratum, total: int) -> float:
    """Return log P of one order of what was seen in a stratum with `total` wrong keys."""
    return (
        _log_falling(total, of.wrong)
        + _log_falling(of.size - total, of.seen - of.wrong)
        - _log_falling(of.size, of.seen)
    )


def _log_falling(x: int, count: int) -> float:
    from scipy.special import gammaln

    return float(gammaln(x + 1) - gammaln(x - count + 1))


def _gains(of: Stratum) -> Floats:
    """Return by how much log P grows with each further wrong key, (size - seen,): a falling sequence."""
    total = np.arange(of.wrong, of.size - of.seen + of.wrong, dtype=np.float64)
    right = of.seen - of.wrong
    more = np.log(total + 1) - np.log(total + 1 - of.wrong)
    fewer = np.log(of.size - total - right) - np.log(of.size - total)
    return np.asarray(more + fewer)
