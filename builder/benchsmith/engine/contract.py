"""What runs work: one call, and what it says of a unit whose worker was killed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from benchsmith.core.errors import EnvironmentFailed

U = TypeVar("U")
R = TypeVar("R")
AHEAD = 2
"""Units handed out for each worker beyond the one it works on: enough to keep it busy, few enough
to keep memory bounded."""


class WorkerLost(EnvironmentFailed):
    """Workers cannot be had, or all of them are gone."""


@dataclass(frozen=True, slots=True)
class Lost:
    """What came of a unit whose worker was killed every time, also when nothing else ran."""

    why: str = "its worker was killed each time, also when it ran alone; is there enough memory?"


class Engine(Protocol):
    """Runs work over units; knows nothing of what the work is."""

    about: str
    """A line for whoever waits, such as where to watch; may be empty."""

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work`, a module-level function or a partial of one, on each unit.

        Yields each unit's number and what came of it, in any order, each unit once. `memory` is
        what one unit may need, in bytes, 0 where nobody knows. A unit whose worker is killed is
        tried again, at last alone; then it is Lost. What the work itself raises comes through.
        Raises WorkerLost where there is nowhere to run.
        """

    def close(self) -> None:
        """Let the workers go."""


def in_order(results: Iterable[tuple[int, R]]) -> list[R]:
    """Return results in the order of their units.

    >>> in_order([(1, "b"), (0, "a")])
    ['a', 'b']
    """
    return [result for _, result in sorted(results, key=lambda one: one[0])]
