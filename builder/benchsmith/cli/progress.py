"""Progress output: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from typing import TypeVar

from benchsmith.cli.plain_output import tell
from benchsmith.core.silent_progress import Silent

T = TypeVar("T")


class Lines:
    """Plain lines; a tracked piece of work prints one at its end."""

    def say(self, line: str, /) -> None:
        """Print a line."""
        tell(line, flush=True)

    def track(self, title: str, total: int, work: Iterator[T], /) -> Iterator[T]:
        """Yield the items of `work`; at its end print their number and the elapsed time."""
        start = time.monotonic()
        count = 0
        for count, item in enumerate(work, start=1):
            yield item
        tell(f"{title}: {count} of {total} in {time.monotonic() - start:.1f} s", flush=True)


class Bars:
    """Rich progress bars with counts and the remaining time."""

    def say(self, line: str, /) -> None:
        """Print a line; markup in it is escaped, since it may come from elsewhere."""
        from rich import print as show
        from rich.markup import escape

        show(escape(line))

    def track(self, title: str, total: int, work: Iterator[T], /) -> Iterator[T]:
        """Yield the items of `work` and advance a bar."""
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


class Buffered(Silent):
    """Collects its lines, so that the caller can print them at the end."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str, /) -> None:
        """Append a line."""
        self.lines.append(line)


def progress() -> Bars | Lines:
    """Return bars if stdout is a terminal, and lines otherwise."""
    return Bars() if sys.stdout.isatty() else Lines()
