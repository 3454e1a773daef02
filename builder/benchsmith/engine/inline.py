"""Run the work in this process, one unit after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchsmith.core import interrupts
from benchsmith.engine.contract import Lost, R, U


class InLine:
    """Runs work in this process: if the work is killed, so is the build."""

    about = ""

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work` on each unit, in order."""
        for number, unit in enumerate(units):
            result = work(unit)
            interrupts.check()
            yield number, result

    def close(self) -> None:
        """Do nothing: there are no workers."""
