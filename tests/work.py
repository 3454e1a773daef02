"""Work for engines to run: it must lie in a module that workers can import."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path


def doubled(number: int) -> int:
    return 2 * number


def failing(number: int) -> int:
    if number == 3:
        raise ValueError(f"no {number}")
    return number


def deadly(number: int, deadly: frozenset[int], folder: Path, times: int) -> tuple[int, int]:
    """Kill the own process at some numbers, so many times each, as the kernel does for memory."""
    marks = folder / str(number)
    seen = len(marks.read_text()) if marks.exists() else 0
    if number in deadly and seen < times:
        with marks.open("a") as file:
            file.write("x")
        os.kill(os.getpid(), signal.SIGKILL)
    return number, os.getpid()


def slow(number: int, folder: Path) -> int:
    """Write down who is at work, and take a moment."""
    (folder / f"{number}-{os.getpid()}").touch()
    time.sleep(0.05)
    return number * number


def nap(seconds: float) -> float:
    """Sleep."""
    time.sleep(seconds)
    return seconds


def printer(number: int) -> str:
    """Return the module of the function that prints an exception which nobody catches."""
    return sys.excepthook.__module__
