"""How well choices cover their candidates, beside random choices as large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.selectors.likeness import ONE, Likeness
from benchsmith.tables.coded_columns import Codes

DRAWS = 100
"""Random choices that a choice is compared with."""


@dataclass(frozen=True)
class Covered:
    """How far the candidates are from the nearest that was chosen; distance is 1 - likeness."""

    radius: float
    """Largest distance."""
    mean: float
    radius_beats: float
    """Share of random choices whose radius is no smaller."""
    mean_beats: float


def covered(like: Likeness, chosen: Sequence[int], rank: int) -> Covered:
    """Compare a choice among all candidates with `DRAWS` random ones, drawn by `rank`."""
    near = (ONE - like[:, list(chosen)].max(axis=1)) / ONE
    random = (ONE - like[:, draws(rank, len(like), len(chosen))].max(axis=2)) / ONE
    radius, mean = float(near.max()), float(near.mean())
    return Covered(
        radius,
        mean,
        float(np.mean(random.max(axis=0) >= radius)),
        float(np.mean(random.mean(axis=0) >= mean)),
    )


def draws(rank: int, count: int, size: int) -> Codes:
    """Return `DRAWS` random choices of `size` among `count`, by the order of hashed numbers."""
    base = np.uint64(rank) + np.arange(DRAWS * count, dtype=np.uint64)
    order = np.argsort(_mixed(base).reshape(DRAWS, count), axis=1, kind="stable")
    return order[:, :size]


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Hash numbers (the finaliser of SplitMix64, Steele, Lea and Flood 2014)."""
    z = numbers * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def summary(found: Sequence[Covered]) -> dict[str, float | int]:
    """Return medians over answers, and how many choices beat nine of ten random ones."""

    def median(values: Array) -> float:
        return round(float(np.median(values)), 4)

    if not found:
        return {"answers": 0}
    radii, means, by_radius, by_mean = np.array(
        [(c.radius, c.mean, c.radius_beats, c.mean_beats) for c in found]
    ).T
    return {
        "answers": len(found),
        "radius": median(radii),
        "mean_distance": median(means),
        "radius_percentile": median(100 * by_radius),
        "mean_percentile": median(100 * by_mean),
        "mean_beats_nine_of_ten": int(np.count_nonzero(by_mean >= 0.9)),
    }
