"""Choices that depend only on a seed and names: the same mutant each time and everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import shake_256
from typing import Any, TypeVar

import numpy as np

from benchsmith.core.random_order import RANK_SPAN, rank

T = TypeVar("T")


class Chance:
    """Makes one choice after the other."""

    def __init__(self, seed: int, *names: str) -> None:
        self._seed, self._names, self._count = seed, names, 0

    def _next(self) -> int:
        self._count += 1
        return rank(self._seed, *self._names, str(self._count))

    def whole(self, low: int, high: int) -> int:
        """Return an integer from `low` to `high`, both included."""
        return low + self._next() % (high - low + 1)

    def real(self, low: float, high: float) -> float:
        """Return a number between two others, with four decimals."""
        return round(low + (high - low) * self._next() / RANK_SPAN, 4)

    def pick(self, options: Sequence[T]) -> T:
        """Return one of some options."""
        return options[self._next() % len(options)]

    def yes(self, share: float = 0.5) -> bool:
        """Return true in a share of the cases."""
        return self._next() < share * RANK_SPAN

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """Return the items in another order."""
        keys = [self._next() for _ in items]
        return [item for _, item in sorted(zip(keys, items, strict=True), key=lambda p: p[0])]

    def array(self, shape: Sequence[int], low: int, high: int, dtype: Any = np.int64) -> Any:
        """Return an array of integers from `low` to `high`, both included."""
        count = int(np.prod(shape))
        key = repr((self._seed, self._names, self._next())).encode()
        raw = np.frombuffer(shake_256(key).digest(4 * count), "<u4").astype(np.int64)
        return (low + raw % (high - low + 1)).astype(dtype).reshape(shape)
