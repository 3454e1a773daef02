"""A time limit for one unit: a safety net in addition to the readers' limits on sizes and counts.

Speed differs between machines, so a unit that is stopped by time decides nothing: it is lost, not
rejected.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from benchsmith.engine.contract import Lost


class TimeUp(BaseException):
    """The unit in this process took too long; no reader may catch it as a fault of a file."""


def late(seconds: float) -> Lost:
    """Return the result of a unit that was ended."""
    return Lost(f"it took longer than {seconds:g} s; `--file-seconds` sets the limit", late=True)


@contextmanager
def killed_after(seconds: float) -> Iterator[None]:
    """End this process if the block takes longer, also inside a library's compiled code."""
    if not seconds or not hasattr(signal, "setitimer"):
        yield
        return
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


@contextmanager
def stopped_after(seconds: float) -> Iterator[None]:
    """Raise TimeUp if the block takes longer, at its next step of Python code.

    Only the main thread can be stopped; elsewhere there is no limit.
    """
    if not seconds or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _time_up)
    try:
        with killed_after(seconds):
            yield
    finally:
        signal.signal(signal.SIGALRM, before)


def _time_up(*_: object) -> None:
    raise TimeUp
