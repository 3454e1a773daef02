"""An engine that is created with its first work: most commands that could use one have no work."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchsmith.engine.contract import Engine, Lost, R, U


class AtFirstWork:
    """Passes all work to an engine that `make` returns, which imports what it needs."""

    about = ""

    def __init__(self, make: Callable[[], Engine]) -> None:
        self._make = make
        self._made: Engine | None = None

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work` on each unit, as the engine does; without units no engine is made."""
        if not units:
            return iter(())
        if self._made is None:
            self._made = self._make()
        return self._made.map(work, units, memory)

    def close(self) -> None:
        """Close the engine, if there is one."""
        if self._made is not None:
            self._made.close()
