"""Run the work in this process, one unit after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchsmith.core import interrupts
from benchsmith.engine.contract import Lost, R, U
from benchsmith.engine.time_limit import TimeUp, late, stopped_after


class InLine:
    """Runs work in this process: if the work is killed, so is the build.

    A unit that takes longer than `limit_s` is stopped at its next step of Python code. A library's
    compiled code cannot be stopped here; workers, which can be ended, are not in this process.
    """

    about = ""

    def __init__(self, limit_s: float = 0) -> None:
        self._limit_s = limit_s

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work` on each unit, in order."""
        for number, unit in enumerate(units):
            result: R | Lost
            try:
                with stopped_after(self._limit_s):
                    result = work(unit)
            except TimeUp:
                result = late(self._limit_s)
            interrupts.check()
            yield number, result

    def close(self) -> None:
        """Do nothing: there are no workers."""
