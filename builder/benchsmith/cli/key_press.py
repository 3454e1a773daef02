"""Waits for a key press; keys pressed before the question was printed count too."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer


def key_press(keys: Sequence[str]) -> str:
    """Return the first of the keys that is pressed; other keys are ignored.

    Ctrl-C is Python's KeyboardInterrupt. Raises typer.Abort at the end of the input.
    """
    while (key := _one()) not in keys:
        if not key:
            raise typer.Abort
    return key


def _one() -> str:
    """Return the next character of the terminal; empty at the end of input."""
    if sys.platform == "win32":
        return str(typer.getchar())
    import os
    import termios
    import tty

    file = sys.stdin.fileno()
    before = termios.tcgetattr(file)
    try:
        # not `typer.getchar`, which discards earlier key presses, and reads two keys as one
        tty.setcbreak(file, termios.TCSADRAIN)
        return os.read(file, 1).decode("utf-8", "replace")
    finally:
        termios.tcsetattr(file, termios.TCSADRAIN, before)
