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
"""The position of an answer that is not a letter."""


def letters(answers: Sequence[int]) -> str:
    """Return positions of answers as letters: ``(0, 2)`` is ``A,C``; ``?`` for an unreadable one."""
    return ",".join(f"{LETTERS}?"[a] for a in sorted(answers))


def positions_of(answer: str) -> tuple[int, ...]:
    """Return the positions of letters, from 0; `UNREADABLE` for what is not a single letter.

    >>> positions_of("A,C"), positions_of("liver"), positions_of("")
    ((0, 2), (26,), ())
    """
    given = [letter.strip() for letter in answer.split(",") if letter.strip()]
    return tuple(
        LETTERS.index(one) if len(one) == 1 and one in LETTERS else UNREADABLE for one in given
    )


def key(answer: object, count: int) -> tuple[int, ...]:
    """Return the positions of the right options among `count` options, from 0; empty for no answer.

    Raises ValueError for anything but different letters of these options, separated by commas.

    >>> key("A,C", 4), key(None, 4)
    ((0, 2), ())
    """
    given = str(answer).split(",") if answer not in (None, "") else []
    own = tuple(LETTERS[:count])
    if len(set(given)) < len(given) or not set(given) <= {*own}:
        raise ValueError(f"has the answer {answer!r} and {count} options")
    return tuple(map(own.index, given))
