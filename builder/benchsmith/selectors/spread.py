"""How well a choice covers its candidates, compared with random choices of the same size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import Array
from benchsmith.selectors.likeness import SCALE, Likeness
from benchsmith.tables.coded_columns import Codes

RANDOM_CHOICES = 100
"""Random choices that each choice is compared with."""


@dataclass(frozen=True)
class Coverage:
    """How far candidates are from the nearest chosen one; distance is 1 - likeness, 0 to 1."""

    radius: float
    """The largest distance."""
    mean: float
    """The mean distance."""
    radius_beats: float
    """Share of random choices with the same radius or a larger one."""
    mean_beats: float
    """Share of random choices with the same mean or a larger one."""


def coverage(like: Likeness, chosen: Sequence[int], rank: int) -> Coverage:
    """Compare a choice, as rows of `like`, with `RANDOM_CHOICES` random ones seeded by `rank`."""
    near = (SCALE - like[:, list(chosen)].max(axis=1)) / SCALE
    picks = random_choices(rank, len(like), len(chosen))
    random = (SCALE - like[:, picks].max(axis=2)) / SCALE
    radius, mean = float(near.max()), float(near.mean())
    return Coverage(
        radius,
        mean,
        float(np.mean(random.max(axis=0) >= radius)),
        float(np.mean(random.mean(axis=0) >= mean)),
    )


def random_choices(rank: int, count: int, size: int) -> Codes:
    """Return random choices of `size` among `count`, (RANDOM_CHOICES, size), by hashed numbers."""
    base = np.uint64(rank) + np.arange(RANDOM_CHOICES * count, dtype=np.uint64)
    order = np.argsort(_mixed(base).reshape(RANDOM_CHOICES, count), axis=1, kind="stable")
    return order[:, :size]


def _mixed(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Hash numbers (the finaliser of SplitMix64, Steele, Lea and Flood 2014)."""
    z = numbers * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def summary(found: Sequence[Coverage]) -> dict[str, float | int]:
    """Return medians over the choices, and how many beat nine in ten random ones."""

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
