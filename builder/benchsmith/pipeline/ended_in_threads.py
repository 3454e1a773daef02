"""Blocks whose end is run by a thread while the build goes on: a source's tables are merged and compressed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from types import TracebackType
from typing import Self, TypeVar

from benchsmith.core import interrupts

T = TypeVar("T")
Report = Callable[[float], None]
THREADS = 2
"""Ends that run at once; one more block may be open. Each holds the last rows of a source's tables."""


def _no_report(_: float) -> None:
    pass


class EndedInThreads:
    """Runs the ends of blocks in threads, and reports each in the thread of the caller, in their order.

    Arrow sorts, compresses and writes without holding the interpreter's lock. What an end raises is raised by
    a later block, or at the end of the `with` statement, which waits for all ends.
    """

    def __init__(self) -> None:
        """Start no thread before one is needed."""
        self._threads = ThreadPoolExecutor(THREADS, "tables")
        self._running: list[tuple[Future[float], Report]] = []

    @contextmanager
    def block(self, opened: AbstractContextManager[T]) -> Iterator[T]:
        """Enter `opened`; if the block raises nothing, a thread leaves it."""
        with ExitStack() as stack:
            yield stack.enter_context(opened)
            self._report(THREADS - 1)
            end = self._threads.submit(_leave, stack.pop_all())
        self._running.append((end, _no_report))

    def then(self, report: Report) -> None:
        """Call `report` with the time, by the monotonic clock, at which the end of the last block was over."""
        self._running[-1] = self._running[-1][0], report

    def _report(self, most: int = 0) -> None:
        """Report the ends that are over, and wait until at most `most` are not."""
        while self._running and (len(self._running) > most or self._running[0][0].done()):
            end, report = self._running[0]
            moment = end.result()
            del self._running[0]
            report(moment)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        """Wait for all ends, also after an error: what is finished need not be made again."""
        try:
            if kind is None:
                self._report()
        finally:
            self._threads.shutdown()
            for end, report in self._running:
                if end.exception() is None:
                    report(end.result())


def _leave(stack: ExitStack) -> float:
    """Leave a block, as by an exception if Ctrl-C was pressed; return the time of the monotonic clock."""
    with stack:
        interrupts.check()
    return time.monotonic()
