"""Ctrl-C: one line, exit code 130, and no traceback, whenever it is pressed.

While the program starts, nothing needs to be undone, so the process ends at once. While a command
runs, an interrupt is raised as KeyboardInterrupt, which closes what is open. Libraries print,
swallow or replace exceptions, so that is not enough: nothing more is printed of any exception,
results are not taken after an interrupt (:func:`check`), and a second one, or `GRACE_S` seconds,
end the process at once. That loses no finished work, because a kill at any moment loses none. A
block that must not be left half done (:class:`Deferred`) is finished first.
"""

from __future__ import annotations

import os

# the module `signal` takes milliseconds to import, in which Ctrl-C would print a traceback
from _signal import SIG_IGN, SIGINT, getsignal, signal  # type: ignore[import-not-found]

TYPE_CHECKING = False  # `typing` takes milliseconds to import
if TYPE_CHECKING:
    from collections.abc import Callable

EXIT_CODE = 130
"""What shells report for a process that SIGINT ended."""
LINE = "stopped; all finished work is kept"
SHOW_CURSOR = b"\x1b[?25h"
"""Progress bars hide the terminal's cursor."""
GRACE_S = 10.0
"""How long open things may take to close."""


class _Interrupts:
    """The state of this process."""

    def __init__(self) -> None:
        self.received = False
        self.said = False
        self.deferring = 0
        """How many blocks, one in another, must be finished before an exception is raised."""

    def say(self) -> None:
        """Print the line once; not through a buffer, which may be in use."""
        if not self.said:
            self.said = True
            try:  # noqa: SIM105  contextlib too takes milliseconds to import
                os.write(2, f"{LINE}\n".encode())
            except OSError:
                pass

    def leave(self, *_: object) -> None:
        """End the process at once; its workers end with it."""
        if os.isatty(1):
            os.write(1, SHOW_CURSOR)
        self.say()
        os._exit(EXIT_CODE)

    def stop(self, *_: object) -> None:
        """Close what is open by an exception."""
        if self.received:
            self.leave()
        self.received = True
        _print_no_more_exceptions()
        _after(GRACE_S, self.leave)
        if not self.deferring:
            raise KeyboardInterrupt


_STATE = _Interrupts()


def leave_at_once() -> None:
    """Let Ctrl-C end the process at once, as long as nothing is open; no change if it is ignored."""
    if getsignal(SIGINT) is not SIG_IGN:
        signal(SIGINT, _STATE.leave)


def close_first() -> None:
    """Let Ctrl-C close what is open; only in a process that called :func:`leave_at_once`."""
    if getsignal(SIGINT) == _STATE.leave:
        signal(SIGINT, _STATE.stop)


def received() -> bool:
    """Return whether Ctrl-C was pressed, in which case an exception may be its consequence."""
    return _STATE.received


def check() -> None:
    """Raise KeyboardInterrupt if Ctrl-C was pressed: a result may be a consequence of it."""
    if _STATE.received:
        raise KeyboardInterrupt


class Deferred:
    """A block that Ctrl-C does not break: KeyboardInterrupt is raised at the end of the block.

    Blocking the signal in this thread is not enough: another thread then receives it, and Python runs
    the handler in the main thread all the same. A second Ctrl-C still ends the process at once.
    """

    def __enter__(self) -> None:
        _STATE.deferring += 1

    def __exit__(self, *_: object) -> None:
        _STATE.deferring -= 1
        if not _STATE.deferring:
            check()


def end() -> None:
    """End the process after all is closed: print the line, and exit with `EXIT_CODE`.

    `sys.exit` is not enough: if code that a library runs was interrupted, Python ends as if by SIGINT.
    """
    import atexit
    import sys

    _STATE.say()
    atexit._run_exitfuncs()  # noqa: SLF001  removes what modules have in the folder for scratch files
    for stream in (sys.stdout, sys.stderr):
        try:  # noqa: SIM105
            stream.flush()
        except (OSError, ValueError):
            pass
    os._exit(EXIT_CODE)


def _print_no_more_exceptions() -> None:
    """Silence exceptions that Python prints on its own: of threads, tasks and finalizers."""
    import logging
    import sys
    import threading

    def ignore(_: object) -> None:
        pass

    sys.unraisablehook = ignore
    threading.excepthook = ignore
    logging.disable(logging.CRITICAL)


def _after(seconds: float, call: Callable[[], None]) -> None:
    import threading

    timer = threading.Timer(seconds, call)
    timer.daemon = True
    timer.start()
