"""Reads the text of a document, the first step for every format."""

from __future__ import annotations

from pathlib import Path

from benchsmith.documents import spreadsheet_saves
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


def lines(path: Path) -> list[str]:
    """Return the lines of a document that was read before. Raises UnicodeDecodeError."""
    return spreadsheet_saves.lines(spreadsheet_saves.decode(path.read_bytes()))[0]


def collect(path: Path, problems: Problems, most: int = MAX_BYTES) -> str | None:
    """Return the text of a file in UTF-8, or UTF-16 with a byte-order mark; None if there is none.

    A problem is added for a file that is missing, in another encoding, or larger than `most` bytes,
    which is not opened.
    """
    if not fits(path, problems, most):
        return None
    data = path.read_bytes()
    try:
        return spreadsheet_saves.decode(data)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(path, line, "is not UTF-8", "save the file as UTF-8")
        return None
