"""Bundle small units: on a cluster, dispatching one costs as much time as measuring a picture.

The size of a bundle follows the measured time per unit; towards the end bundles get smaller, so that
all workers finish at about the same time.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from benchsmith.engine.contract import R, U
from benchsmith.engine.time_limit import killed_after

TARGET_S = 0.25
"""Time that a bundle should take, in seconds; dispatching it takes milliseconds."""
MAX_UNITS = 64
"""Most units of a bundle: a worker holds their results until all are done."""
MIN_BUNDLES = 4
"""Bundles that the remaining units should make for each worker."""


class Bundles:
    """Hands out unit numbers in order, at a time the number that takes about `TARGET_S`."""

    def __init__(self, numbers: Sequence[int]) -> None:
        self._numbers = list(reversed(numbers))
        self._seconds, self._done = 0.0, 0.0

    def __bool__(self) -> bool:
        return bool(self._numbers)

    def next_bundle(self, workers: int) -> list[int]:
        """Return the numbers of the next units."""
        # before the first bundle is done, the time per unit is unknown
        in_time = int(TARGET_S * self._done / self._seconds) if self._seconds else 1
        fair = len(self._numbers) // (workers * MIN_BUNDLES)
        size = max(1, min(in_time, fair, MAX_UNITS))
        return [self._numbers.pop() for _ in range(min(size, len(self._numbers)))]

    def record(self, units: int, seconds: float) -> None:
        """Record the time of a bundle; each new one halves the weight of earlier ones."""
        self._seconds = self._seconds / 2 + seconds
        self._done = self._done / 2 + units


def bundle_of(units: Sequence[U], numbers: Sequence[int]) -> Iterable[U]:
    """Return some units as they are sent to a worker.

    If the sequence has a method `bundle`, it is asked for them: it may return what the worker makes units of.
    """
    own = getattr(units, "bundle", None)
    found: Iterable[U] = own(numbers) if own else [units[n] for n in numbers]
    return found


def run_bundle(
    work: Callable[[U], R], units: Iterable[U], limit_s: float = 0
) -> tuple[list[R], float]:
    """Run the work on each unit; return the results and the time in seconds.

    If the work has a method `gathered`, it is called with the results of the bundle, and returns
    the same number of results: it may combine results that are slow to send one by one. A unit that takes
    longer than `limit_s` ends the process; 0 for no limit.
    """
    start = time.perf_counter()
    results = []
    for unit in units:
        with killed_after(limit_s):
            results.append(work(unit))
    gather = getattr(work, "gathered", None)
    return (gather(results) if gather else results), time.perf_counter() - start
