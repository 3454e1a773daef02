"""What a file is by its first bytes."""

from __future__ import annotations

from pathlib import Path

PREAMBLE_BYTES = 128


def is_dicom(path: Path) -> bool:
    """Return whether a file begins as PS3.10 section 7.1 demands: 128 bytes, then ``DICM``."""
    return _beginning(path, PREAMBLE_BYTES + 4)[PREAMBLE_BYTES:] == b"DICM"


def is_jpeg(path: Path) -> bool:
    """Return whether a file begins as a JPEG does, whatever its name."""
    return _beginning(path, 3) == b"\xff\xd8\xff"


def _beginning(path: Path, count: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(count)
    except OSError:
        return b""
