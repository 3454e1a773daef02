"""Names that several export formats share."""

from __future__ import annotations

from collections.abc import Sequence

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
GRANULARITY = {
    "image": "Image Level",
    "box": "Box Level",
    "mask": "Mask Level",
    "contour": "Contour Level",
}
"""The names that GMAI-MMBench's files use."""


def letters(answers: Sequence[int]) -> str:
    """Return positions of answers as letters: ``(0, 2)`` is ``A,C``."""
    return ",".join(LETTERS[a] for a in sorted(answers))
