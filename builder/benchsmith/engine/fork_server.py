"""The first import of the fork server: a worker that starts after its pool has gone prints nothing.

A worker begins by reading pickled data from the build's process, with the names of the pool's
semaphores. If that process is stopped or killed in the meantime, the semaphores are removed and
the data end early. The worker then cannot start, and nobody waits for it. The fork server calls
`sys.excepthook` for that exception; this module installs a hook for it, because the fork server runs
no code of ours but imports. Every other exception is printed as before.
"""

from __future__ import annotations

import sys
from types import TracebackType

_print = sys.excepthook
GONE = ("FileNotFoundError", "EOFError", "UnpicklingError")
"""No semaphore of that name; no data at all; data that break off. The last one is a class of a library
that nothing here may import."""


def pool_is_gone(error: BaseException) -> bool:
    """Return whether a worker could not start because its pool no longer exists.

    The exception is then raised by `multiprocessing` itself, not by a module that a worker imports.
    """
    last: TracebackType | None = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    where = last.tb_frame.f_globals.get("__name__", "") if last is not None else ""
    return type(error).__name__ in GONE and where.startswith("multiprocessing.")


def print_unless_gone(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """Print an exception that nobody caught, as `sys.excepthook` does, unless the pool is gone."""
    if not pool_is_gone(error):
        _print(kind, error, trace)


sys.excepthook = print_unless_gone
