"""Work in this process, one unit after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchsmith.engine.contract import Lost, R, U


class InLine:
    """Runs work here: what kills it kills the build."""

    about = ""

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work` on each unit, in their order."""
        for number, unit in enumerate(units):
            yield number, work(unit)

    def close(self) -> None:
        """There is nothing to let go."""
