"""Where tests put their files: in memory, where there is enough of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108  a file system in memory on Linux; each test makes a folder of its own there
FILES = 8 << 30
"""Bytes that must be free there; a run of all tests writes 3 GB."""
AVAILABLE = 16 << 30
"""Bytes of memory that must be available for the files and four workers."""


def available(meminfo: Path = Path("/proc/meminfo")) -> int:
    """Return the bytes of memory that are available; 0 where the system does not say."""
    try:
        lines = meminfo.read_text("ascii").splitlines()
    except OSError:
        return 0
    return next(
        (int(line.split()[1]) << 10 for line in lines if line.startswith("MemAvailable")), 0
    )


def use_memory(env: MutableMapping[str, str], free: int, memory: int) -> bool:
    """Name the folder in memory as that of temporary files, unless another one is named, or it is too small.

    Builds in processes of their own flush what they write: on a disk, their tests wait for it half the time.
    """
    if "TMPDIR" in env or free < FILES or memory < AVAILABLE:
        return False
    env["TMPDIR"] = str(MEMORY)
    return True


def choose() -> None:
    """Choose the folder, for this process and those that it starts."""
    try:
        found = os.statvfs(MEMORY)
    except OSError:
        return
    if os.access(MEMORY, os.W_OK) and use_memory(
        os.environ, found.f_bavail * found.f_frsize, available()
    ):
        tempfile.tempdir = None  # what Python found out before is asked again
