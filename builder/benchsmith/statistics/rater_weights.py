"""The reliability of each rater, estimated from the votes alone by the Dawid-Skene model.

Source: A. P. Dawid and A. M. Skene, Maximum likelihood estimation of observer error-rates using
the EM algorithm, Applied Statistics 28 (1979) 20-28, equations 2.3 to 2.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from benchsmith.statistics.cluster_arrays import Floats

MAX_ITERATIONS = 200
TOLERANCE = 1e-7
"""Largest change of a probability at which the iteration ends."""
MIN_PROBABILITY = 1e-12
"""Replaces a probability of 0, whose logarithm is not finite."""


@dataclass(frozen=True, slots=True)
class RaterModel:
    """The fitted model: likely choices of the items, and error rates of the raters."""

    choices: tuple[str, ...]
    items: tuple[str, ...]
    raters: tuple[str, ...]
    posterior: Floats
    """Probability of each choice for each item: (items, choices)."""
    prevalence: Floats
    """Share of each choice: (choices,)."""
    confusion: Floats
    """Probability of each vote given the true choice: (raters, true, voted); rows add up to 1."""

    @property
    def weights(self) -> dict[str, float]:
        """Return the expected accuracy of each rater."""
        right = np.einsum("k,pkk->p", self.prevalence, self.confusion)
        return dict(zip(self.raters, right.tolist(), strict=True))


def fit_raters(votes: Iterable[tuple[str, str, str]]) -> RaterModel:
    """Fit the model to votes (item, rater, choice); a rater may vote on an item several times.

    The iteration starts from each item's shares of votes. For a true choice that a rater never met,
    all of the rater's votes are taken to be equally likely.
    """
    rows = list(votes)
    items, raters, choices = (tuple(sorted({row[i] for row in rows})) for i in range(3))
    counts = np.zeros((len(raters), len(items), len(choices)))
    index = [{name: n for n, name in enumerate(names)} for names in (items, raters, choices)]
    for item, rater, choice in rows:
        counts[index[1][rater], index[0][item], index[2][choice]] += 1
    posterior = counts.sum(axis=0)
    posterior /= posterior.sum(axis=1, keepdims=True)
    prevalence, confusion = _maximised(counts, posterior)
    for _ in range(MAX_ITERATIONS):
        before = posterior
        posterior = _expected(counts, prevalence, confusion)
        prevalence, confusion = _maximised(counts, posterior)
        if np.abs(posterior - before).max(initial=0.0) < TOLERANCE:
            break
    return RaterModel(choices, items, raters, posterior, prevalence, confusion)


def _maximised(counts: Floats, posterior: Floats) -> tuple[Floats, Floats]:
    """Return prevalence and confusion by maximum likelihood (M step, equations 2.3 and 2.4)."""
    confusion = np.einsum("ij,pil->pjl", posterior, counts)
    total = confusion.sum(axis=2, keepdims=True)
    uniform = 1 / max(counts.shape[2], 1)
    confusion = np.divide(confusion, total, out=np.full_like(confusion, uniform), where=total > 0)
    return posterior.mean(axis=0), confusion


def _expected(counts: Floats, prevalence: Floats, confusion: Floats) -> Floats:
    """Return the probability of each choice for each item (E step, equation 2.5)."""
    logs = np.einsum("pil,pjl->ij", counts, np.log(np.maximum(confusion, MIN_PROBABILITY)))
    logs += np.log(np.maximum(prevalence, MIN_PROBABILITY))
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    found: Floats = likelihood / likelihood.sum(axis=1, keepdims=True)
    return found


def shown_weights(weights: Mapping[str, float]) -> str:
    """Return the raters' weights as one line."""
    return ", ".join(f"{rater} {weight:.3f}" for rater, weight in sorted(weights.items()))
