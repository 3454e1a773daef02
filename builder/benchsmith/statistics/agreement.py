"""How far people agree beyond chance: Fleiss' kappa and Krippendorff's alpha, with intervals.

Everything starts from counts: a row for each item, a column for each choice, how many people took
that choice for that item. Items with fewer than two votes say nothing of agreement.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import shake_256

import numpy as np
import numpy.typing as npt

from benchsmith.core.chance import rank

Floats = npt.NDArray[np.float64]
REPLICATES = 2000
LEVEL = 0.95
_CELLS = 1 << 22
"""Cells of resampled counts that are held at once."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A coefficient with its interval; nan where it is not defined."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        """Say it as a table has it."""
        if np.isnan(self.value):
            return "not defined"
        if np.isnan(self.low):
            return f"{self.value:.3f}"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the votes on one axis agree."""

    items: int
    votes: int
    raw: float
    """Share of pairs of votes on one item that are the same, averaged over items."""
    kappa: Figure
    alpha: Figure


def counts_of(votes: Iterable[Mapping[str, int]]) -> npt.NDArray[np.int64]:
    """Return counts (items, choices) of items with at least two votes; choices are sorted.

    >>> counts_of([{"a": 2, "b": 1}, {"b": 3}, {"a": 1}]).tolist()
    [[2, 1], [0, 3]]
    """
    rows = [Counter(v) for v in votes if sum(v.values()) > 1]
    choices = sorted({c for row in rows for c in row})
    counts = [[row[c] for c in choices] for row in rows]
    return np.array(counts, np.int64).reshape(len(rows), len(choices))


def agreement(counts: npt.NDArray[np.int64], *context: str) -> Agreement:
    """Return the figures of a table of counts (items, choices).

    Intervals are percentiles of 2,000 resamples of the items (the bootstrap: Efron 1979), drawn by
    rank; resamples in which every vote is for one choice have no coefficient and are left out.
    """
    items = len(counts)
    if not items:
        nothing = Figure(np.nan, np.nan, np.nan)
        return Agreement(0, 0, np.nan, nothing, nothing)
    once = np.ones((1, items))
    per_item = counts.sum(axis=1)
    raw = float(np.mean((counts * (counts - 1)).sum(axis=1) / (per_item * (per_item - 1))))
    drawn = [(kappa(w, counts), alpha(w, counts)) for w in _resamples(items, *context)]
    kappas, alphas = (np.concatenate(part) for part in zip(*drawn, strict=True))
    return Agreement(
        items=items,
        votes=int(counts.sum()),
        raw=raw,
        kappa=_figure(float(kappa(once, counts)[0]), kappas, items),
        alpha=_figure(_alpha(counts), alphas, items),
    )


def kappa(weights: Floats, counts: npt.NDArray[np.int64]) -> Floats:
    """Return Fleiss' kappa for each row of weights (samples, items).

    Fleiss 1971, equations 2 to 9. Items with different numbers of votes count alike: agreement and
    shares of the choices are taken in each item and then averaged, which is Fleiss' own formula
    where the numbers are the same.
    """
    per_item = counts.sum(axis=1)
    same = (counts * (counts - 1)).sum(axis=1) / (per_item * (per_item - 1))
    total = weights.sum(axis=1)
    observed = weights @ same / total
    shares = weights @ (counts / per_item[:, None]) / total[:, None]
    return _beyond((shares**2).sum(axis=1), observed)


def alpha(weights: Floats, counts: npt.NDArray[np.int64]) -> Floats:
    """Return Krippendorff's alpha, nominal, for each row of weights (samples, items).

    Krippendorff 2011, section D: coincidences of item u weigh 1 / (m_u - 1).
    """
    per_item = counts.sum(axis=1)
    same = weights @ ((counts * (counts - 1)).sum(axis=1) / (per_item - 1))
    of_choice = weights @ counts
    total = of_choice.sum(axis=1)
    expected = ((of_choice**2).sum(axis=1) - total) / (total * (total - 1))
    return _beyond(expected, same / total)


def _beyond(expected: Floats, observed: Floats) -> Floats:
    """Return the share of what chance leaves open that was reached; nan where it leaves nothing."""
    left = 1 - expected
    left[left < 1e-12] = np.nan
    return (observed - expected) / left


def _alpha(counts: npt.NDArray[np.int64]) -> float:
    import krippendorff

    if counts.shape[1] < 2:
        return float("nan")
    return float(krippendorff.alpha(value_counts=counts, level_of_measurement="nominal"))


def _resamples(items: int, *context: str) -> Iterable[Floats]:
    """Yield how often each item was drawn, (samples, items), in blocks that fit into memory.

    A rank is stretched to as many numbers as an item count asks for by SHAKE-256.
    """
    size = max(1, _CELLS // items)
    for start in range(0, REPLICATES, size):
        block = np.empty((min(size, REPLICATES - start), items))
        for i in range(len(block)):
            seed = rank(0, "agreement", *context, str(start + i)).to_bytes(8, "big")
            drawn = np.frombuffer(shake_256(seed).digest(8 * items), ">u8") % items
            block[i] = np.bincount(drawn.astype(np.int64), minlength=items)
        yield block


def _figure(value: float, drawn: Floats, items: int) -> Figure:
    drawn = drawn[~np.isnan(drawn)]
    if np.isnan(value) or items < 2 or not drawn.size:
        return Figure(value, np.nan, np.nan)
    low, high = np.percentile(drawn, [50 * (1 - LEVEL), 50 * (1 + LEVEL)])
    return Figure(value, float(low), float(high))
