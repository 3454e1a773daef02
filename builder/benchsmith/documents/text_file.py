"""Reads the text of a document, the first step for every format."""

from __future__ import annotations

from pathlib import Path

from benchsmith.documents.problems import Problems


def collect(path: Path, problems: Problems) -> str | None:
    """Return a UTF-8 file's text; None, with the problem added, if it is missing or not UTF-8."""
    if not path.is_file():
        problems.add(path, 1, "the file is missing")
        return None
    data = path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.add(path, line, "is not UTF-8", "save the file as UTF-8")
        return None
