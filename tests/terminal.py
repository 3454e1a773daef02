"""A command under a terminal of its own, and the processes that it starts.

Processes are found by a mark in their environment, in `/proc`, so that orphans are found too.
"""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import select
import signal
import struct
import sys
import termios
import time
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.paths import PYTHONPATH

CTRL_C = b"\x03"
MARK = "BENCHSMITH_TEST_MARK"
_PROC = Path("/proc")
HAS_PROC = (_PROC / "self/environ").is_file()


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    """The exit code; negative is a signal."""
    printed: str
    seconds: float
    """From Ctrl-C, or from the start if it was not pressed, to the end."""


class Terminal:
    """A running command. Use it as a context: what still runs in the end is killed."""

    def __init__(self, *words: str, folder: Path, mark: str, deaf: bool = False) -> None:  # fmt: skip
        self.mark = f"{MARK}={mark}"
        values = {**os.environ, "PYTHONPATH": PYTHONPATH, MARK: mark}
        command = [sys.executable, "-m", "benchsmith", *words]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # the child only starts a program
            self.pid, self._end = pty.fork()
        if not self.pid:
            try:
                # the tests themselves may run in the background, where Ctrl-C is ignored
                signal.signal(signal.SIGINT, signal.SIG_IGN if deaf else signal.SIG_DFL)
                os.chdir(folder)
                os.execve(sys.executable, command, values)  # noqa: S606
            finally:
                os._exit(127)
        self._start = time.monotonic()
        self._printed = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        os.close(self._end)

    def processes(self) -> list[int]:
        """Return the command's process and all that it has started, if they still run."""
        found = []
        for folder in _PROC.iterdir():
            if folder.name.isdigit():
                try:
                    state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                    marked = self.mark.encode() in (folder / "environ").read_bytes().split(b"\0")
                except OSError:
                    continue
                if marked and state not in "ZX":
                    found.append(int(folder.name))
        return sorted(found)

    def wait_for_end_of_all(self, most: float) -> float:
        """Wait until no process of the command runs; return the seconds, which are at most `most`."""
        start = time.monotonic()
        while (waited := time.monotonic() - start) < most and self.processes():
            time.sleep(0.05)
        return waited

    def read(self, seconds: float, until: str = "") -> str:
        """Read what is printed for some seconds, or until something is printed, or the end."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not (
            until and until.encode() in self._printed
        ):
            if not select.select([self._end], [], [], left)[0]:
                continue
            try:
                data = os.read(self._end, 1 << 16)
            except OSError as error:  # Linux's way to say that nobody has the other end any more
                if error.errno != errno.EIO:
                    raise
                break
            if not data:
                break
            self._printed += data
        return self._printed.decode(errors="replace")

    def resize(self, rows: int, columns: int, width_px: int, height_px: int) -> None:
        """Set the size of the terminal, which a new one does not have."""
        size = struct.pack("HHHH", rows, columns, width_px, height_px)
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, size)

    def press(self, keys: bytes = CTRL_C) -> None:
        """Press keys."""
        self._start = time.monotonic()
        os.write(self._end, keys)

    def end(self, most: float = 60) -> Ended:
        """Wait for the command's end."""
        limit = time.monotonic() + most
        while time.monotonic() < limit:
            self.read(0.02)
            done, status = os.waitpid(self.pid, os.WNOHANG)
            if done:
                seconds = time.monotonic() - self._start
                printed = self.read(0.2)
                return Ended(os.waitstatus_to_exitcode(status), printed, seconds)
        raise AssertionError(f"still running after {most} s: {self.read(0)}")
