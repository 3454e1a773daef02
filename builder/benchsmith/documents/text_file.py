"""Reads the text of a document, the first step for every format."""

from __future__ import annotations

from pathlib import Path

from benchsmith.documents.problems import Problems

MAX_BYTES = 64 << 20
"""Size of a table; a larger file is a mistake or an attack."""


def fits(path: Path, problems: Problems, most: int = MAX_BYTES) -> bool:
    """Return whether a file may be read, adding a problem if it is missing or too large."""
    if not path.is_file():
        problems.add(path, 1, "the file is missing")
        return False
    size = path.stat().st_size
    if size > most:
        problems.add(path, 1, f"has {size} bytes, more than the {most} of a document", "split it")
    return size <= most


def collect(path: Path, problems: Problems, most: int = MAX_BYTES) -> str | None:
    """Return a UTF-8 file's text; None, with the problem added, if it cannot be read.

    That is a file that is missing, not UTF-8, or larger than `most` bytes: it is not opened.
    """
    if not fits(path, problems, most):
        return None
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(path, line, "is not UTF-8", "save the file as UTF-8")
        return None
