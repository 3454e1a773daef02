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


UNREADABLE = len(LETTERS)
"""The position of an answer that is no letter."""


def letters(answers: Sequence[int]) -> str:
    """Return positions of answers as letters: ``(0, 2)`` is ``A,C``; ``?`` for an unreadable one."""
    return ",".join(f"{LETTERS}?"[a] for a in sorted(answers))


def positions_of(answer: str) -> tuple[int, ...]:
    """Return the positions of letters, from 0; `UNREADABLE` for what is no single letter.

    >>> positions_of("A,C"), positions_of("liver"), positions_of("")
    ((0, 2), (26,), ())
    """
    given = [letter.strip() for letter in answer.split(",") if letter.strip()]
    return tuple(
        LETTERS.index(one) if len(one) == 1 and one in LETTERS else UNREADABLE for one in given
    )
