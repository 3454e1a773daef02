"""The interface of engines, and the result of a unit whose worker was killed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from benchsmith.core.errors import EnvironmentFailed

U = TypeVar("U")
R = TypeVar("R")
PREFETCH = 2
"""Bundles queued for each worker beside the running one: enough to keep it busy, few enough to keep
memory bounded."""


class WorkerLost(EnvironmentFailed):
    """No workers are available, or all of them are gone."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The result of a unit whose worker was killed at every attempt, even when it ran alone."""

    why: str = (
        "its worker was killed on every attempt, even when it ran "
        "alone; check that there is enough memory"
    )
    late: bool = False
    """Whether it was ended by the time limit: then no release is made of the rest."""


class Engine(Protocol):
    """Runs a function over units."""

    about: str
    """A line to print at the start, such as the address of a dashboard; may be empty."""

    def map(
        self, work: Callable[[U], R], units: Sequence[U], /, memory: int = 0
    ) -> Iterator[tuple[int, R | Lost]]:
        """Run `work`, a module-level function or a partial of one, on each unit.

        Yields each unit's number and its result, in any order, each unit once. `memory` is what one
        unit may need, in bytes; 0 if unknown. A unit whose worker is killed is retried, finally
        alone; if that fails too, its result is `Lost`. Exceptions of the work are raised here.
        Raises WorkerLost if there are no workers.
        """

    def close(self) -> None:
        """Stop the workers."""


def in_order(results: Iterable[tuple[int, R]]) -> list[R]:
    """Return results in the order of their units.

    >>> in_order([(1, "b"), (0, "a")])
    ['a', 'b']
    """
    return [result for _, result in sorted(results, key=lambda one: one[0])]
