"""A pool of local processes that end with this process, however it ends.

Each worker watches a pipe that only this process can write to. The pipe closes when this process
ends, even by SIGKILL, or when the pool is to stop at once. On Linux the kernel also kills a worker
whose parent, the fork server, has ended. Workers receive no Ctrl-C: this process stops them.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from functools import partial
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from benchsmith.core.interrupts import Deferred

R = TypeVar("R")
PRELOAD = (
    "benchsmith.engine.fork_server", "numpy", "cv2", "nibabel", "pydicom", "PIL.Image",
    "scipy.sparse.csgraph", "pyarrow.compute", "pandas",
)  # fmt: skip
"""Modules that are imported before workers are forked, beside the module of the work.

pyarrow imports pandas with its first array of a list, in each worker anew.
"""
PR_SET_PDEATHSIG = 1
SAFE_PATH = "PYTHONSAFEPATH"


class WorkerPool:
    """Workers that run one kind of work, forked from a process without threads."""

    def __init__(self, work: Callable[..., Any], size: int) -> None:
        context = multiprocessing.get_context("forkserver")
        module = (work.func if isinstance(work, partial) else work).__module__
        context.set_forkserver_preload([*PRELOAD, module])
        with _from_installed_packages_only():
            resource_tracker.ensure_running()  # first: it unblocks the signals
            with _without_interrupts():
                forkserver.ensure_running()
        watched, self._held = context.Pipe(duplex=False)
        self._pool = ProcessPoolExecutor(
            size, mp_context=context, initializer=_begin, initargs=(watched,)
        )

    def submit(self, call: Callable[..., R], *arguments: Any) -> Future[R]:
        """Run a call in a worker. Raises BrokenProcessPool if a worker died."""
        with _without_interrupts():
            return self._pool.submit(call, *arguments)

    def close(self) -> None:
        """Stop the workers after the work that they are running."""
        self._pool.shutdown(cancel_futures=True)
        self._held.close()

    def kill(self) -> None:
        """Stop the workers at once."""
        self._held.close()
        self._pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _from_installed_packages_only() -> Iterator[None]:
    """Start Python processes that import nothing from the working folder.

    They run `python -c`, which searches that folder first: a `numpy.py` in it would be run.
    """
    before = os.environ.get(SAFE_PATH)
    os.environ[SAFE_PATH] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SAFE_PATH]
        else:
            os.environ[SAFE_PATH] = before


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Start processes that never receive Ctrl-C; here it is received at the end of the block.

    Otherwise a process could be started that the pool does not know and would not stop.
    """
    with Deferred():
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin(watched: Connection) -> None:
    """Prepare a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    threading.Thread(target=_end_with, args=(watched,), daemon=True).start()


def _end_with(watched: Connection) -> None:
    """End this process when the other end of the pipe is closed."""
    with contextlib.suppress(OSError):
        watched.poll(None)
    os.kill(os.getpid(), signal.SIGKILL)
