"""The label file of an image, and its text."""

from __future__ import annotations

from pathlib import Path

from benchsmith.core.contracts import DataFault, Request
from benchsmith.imaging import byte_stream
from benchsmith.text import path_patterns

MAX_TEXT_BYTES = 16 << 20


def one_file(pattern: str, request: Request) -> Path:
    """Return the only file that matches a pattern for this image. Raises DataFault."""
    found = request.find(pattern)
    if len(found) != 1:
        what = "is not there" if not found else f"matches {len(found)} files"
        near = (
            []
            if found
            else [why for reason, why in request.missed(pattern) if reason == "file-missing"]
        )
        raise DataFault(
            "file-missing",
            pattern,
            "; ".join([f"{path_patterns.fill(pattern, request.fields)} {what}", *near[:1]]),
        )
    return found[0][0]


def text_of(path: Path) -> str:
    """Return the text of a small UTF-8 file. Raises DataFault."""
    try:
        return byte_stream.whole(path, MAX_TEXT_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFault(
            "header", path, f"is not UTF-8 text ({error.reason}): save it as UTF-8"
        ) from error
