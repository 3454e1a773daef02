"""A progress display that shows nothing, for programs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")


class Silent:
    """A :class:`benchsmith.core.contracts.Progress` without output."""

    def say(self, line: str, /) -> None:
        """Print nothing."""

    def track(self, title: str, total: int, work: Iterator[T], /) -> Iterator[T]:
        """Return `work`."""
        return work
