"""Small units travel together: handing one out costs a cluster as much as measuring a picture."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from benchsmith.engine.contract import R, U

AIM_S = 0.25
"""How long a bundle should take: long beside the milliseconds that handing it out costs."""
MOST = 64
"""Units of a bundle: their results are held by a worker until all are done."""
LEFT_OVER = 4
"""Bundles that each worker should still get: the last ones are small, so that all end together."""


class Bundles:
    """Deals out units in their order, as many at a time as take `AIM_S`."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = list(reversed(numbers))
        self._seconds, self._done = 0.0, 0.0

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def deal(self, workers: int) -> list[int]:
        """Return the next units."""
        # nobody knows how long units take before the first are done
        fast = int(AIM_S * self._done / self._seconds) if self._seconds else 1
        fair = len(self._numbers) // (workers * LEFT_OVER)
        size = max(1, min(fast, fair, MOST))
        return [self._numbers.pop() for _ in range(min(size, len(self._numbers)))]

    def took(self, units: int, seconds: float) -> None:
        """Learn from a bundle; what was learnt long ago counts less."""
        self._seconds = self._seconds / 2 + seconds
        self._done = self._done / 2 + units


def several(work: Callable[[U], R], units: Sequence[U]) -> tuple[list[R], float]:
    """Run work on a bundle; return the results and the seconds it took."""
    start = time.perf_counter()
    return [work(unit) for unit in units], time.perf_counter() - start
