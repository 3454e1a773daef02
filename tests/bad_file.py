"""What a file of the corpus of bad files is, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass

READ, REFUSED, EITHER = "accept", "reject:", "either"
"""What must come of a file."""
ROWS, COLUMNS = 64, 96
"""Pixels of the picture that masks and label files belong to."""


@dataclass(frozen=True)
class BadFile:
    """One file of the corpus."""

    path: str
    """Relative to the corpus; its folder says how it is read."""
    expect: str
    what: str
    data: bytes
