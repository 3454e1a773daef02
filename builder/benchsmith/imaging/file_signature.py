"""What a file is by its first bytes."""

from __future__ import annotations

from pathlib import Path

PREAMBLE_BYTES = 128


def is_dicom(path: Path) -> bool:
    """Return whether a file begins as PS3.10 section 7.1 demands: 128 bytes, then ``DICM``."""
    try:
        with path.open("rb") as file:
            return file.read(PREAMBLE_BYTES + 4)[PREAMBLE_BYTES:] == b"DICM"
    except OSError:
        return False
