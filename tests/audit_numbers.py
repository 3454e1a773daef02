"""The chance in a made-up audit table: numbers by name, which tables of one seed have in common."""

from __future__ import annotations

from functools import lru_cache
from math import log

import numpy as np

from benchsmith.core.random_order import RANK_SPAN
from benchsmith.statistics.resampling import random_numbers

TONE, FRAME = (
    [f"{what} {n}" for n in range(count)] for what, count in (("tone", 9), ("frame", 12))
)


@lru_cache(maxsize=150)
def chances(count: int, seed: int, what: str) -> list[int]:
    """Return 64-bit numbers by name: some fifty names, of the seeds that were used last."""
    return random_numbers(count, seed, what).tolist()


@lru_cache(maxsize=50)
def units(count: int, seed: int, what: str) -> list[float]:
    return ((random_numbers(count, seed, what) + 0.5) / RANK_SPAN).tolist()


@lru_cache(maxsize=3)
def clocks(count: int, seed: int) -> list[float]:
    """Return what each option's turn is without its weight, by the rank of its draw."""
    return [-log(unit) for unit in units(count, seed, "draw")]


@lru_cache(maxsize=3)
def measured(count: int, seed: int) -> list[tuple[list[float], list[float], float]]:
    """Return tones, frame and blocks of each picture, as they have nothing to do with its label."""
    tones, frames = (
        np.array([units(count, seed, what) for what in names]) * 100 + 50 for names in (TONE, FRAME)
    )
    blocks = np.array(units(count, seed, "blocks")) * 0.1 + 1
    return list(zip(tones.T.tolist(), frames.T.tolist(), blocks.tolist(), strict=True))
