"""How far a build is: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")


class Lines:
    """Plain lines: one when a stage begins and one when it ends."""

    def say(self, line: str, /) -> None:
        """Print a line."""
        print(line, flush=True)

    def track(self, title: str, total: int, work: Iterator[T], /) -> Iterator[T]:
        """Pass `work` through; say at its end how many there were and how long it took."""
        start = time.monotonic()
        count = 0
        for count, item in enumerate(work, start=1):
            yield item
        print(f"{title}: {count} of {total} in {time.monotonic() - start:.1f} s", flush=True)


class Bars:
    """Rich bars with counts and the time that is left."""

    def say(self, line: str, /) -> None:
        """Print a line as it is: what others wrote in it is no markup."""
        from rich import print as show
        from rich.markup import escape

        show(escape(line))

    def track(self, title: str, total: int, work: Iterator[T], /) -> Iterator[T]:
        """Pass `work` through below a bar."""
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
            TimeRemainingColumn,
        )

        columns = (TextColumn("{task.description:<24}"), BarColumn(), MofNCompleteColumn(),
                   TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())  # fmt: skip
        with Progress(*columns) as bars:
            task = bars.add_task(title, total=total)
            for item in work:
                bars.advance(task)
                yield item


class Silent:
    """Says nothing."""

    def say(self, line: str, /) -> None:
        """Print nothing."""

    def track(self, title: str, total: int, work: Iterator[T], /) -> Iterator[T]:
        """Pass `work` through."""
        return work


class Kept(Silent):
    """Keeps its lines, for who says all of them at the end."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str, /) -> None:
        """Keep a line."""
        self.lines.append(line)


def progress() -> Bars | Lines:
    """Return bars for a terminal, lines for anything else."""
    return Bars() if sys.stdout.isatty() else Lines()
