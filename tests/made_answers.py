"""Answers of made-up models to items whose parameters are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtri

from benchsmith.core.random_order import RANK_SPAN, ranks

Array = np.ndarray


def uniform(seed: int, *shape: int) -> Array:
    """Return numbers between 0 and 1 that depend on the seed alone."""
    count = int(np.prod(shape))
    found = np.frombuffer(ranks(seed, ("uniform",), map(str, range(count))), ">u8")
    return ((found.astype(np.float64) + 0.5) / RANK_SPAN).reshape(shape)


@dataclass
class Made:
    """Answers to items whose parameters are known."""

    right: Array
    a: Array
    b: Array
    c: Array
    ability: Array


def made(seed: int, models: int, items: int, *, guess: float = 0.0, spread: float = 0.3) -> Made:
    """Return answers that depend on the seed alone; log discriminations have the standard deviation `spread`."""
    a = np.exp(spread * ndtri(uniform(seed + 1, items)))
    b, ability = ndtri(uniform(seed + 2, items)), ndtri(uniform(seed + 3, models))
    c = np.full(items, guess)
    p = c + (1 - c) * expit(a * (ability[:, None] - b))
    return Made((uniform(seed + 4, models, items) < p).astype(float), a, b, c, ability)
