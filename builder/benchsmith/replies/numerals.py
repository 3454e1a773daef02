"""Fold other forms of characters into plain ones, but no two numbers into one: 10² is not 102, nor 2½ 21/2."""

from __future__ import annotations

import re
import unicodedata

_RAISED = re.compile(r"(?<=[0-9])[⁰¹²³⁴-⁹⁺⁻]*[⁰¹²³⁴-⁹]")
_LOWERED = re.compile(r"(?<=[0-9])[₀-₉]+")
_FRACTION = re.compile(r"(?<=[0-9])[ \u2009\u202f]?(?=[¼-¾⅐-⅞↉⅟])")
_WRITTEN = re.compile(
    r"(?<=[0-9])(?:<sup>([-+−]?\d{1,9})</sup>|\^\{([-+−]?\d{1,9})\}|\*\*([-+]?\d{1,9})(?!\d*\*))",
    re.IGNORECASE,
)
"""Powers in HTML, LaTeX and Python."""
_TIMES = re.compile(r"(?<=[0-9])\*(?=[0-9])")
_RANGE = re.compile(r"(?<=[0-9])~(?=[0-9])")
NUMBER = r"\d+(?:[.,]\d+)*\^[-+−]?\d+|\d+⌄\d+|(?:\d+ )?\d+⁄\d+|(?<![\w/.,])\d+/\d+(?![\w/])"
"""A power, a number with a subscript, or a fraction, in the form in which `fold` leaves them: one word each."""

_LOGICAL_NOT = re.compile(r"(?<![\w~])~[ \t]?(?=[(\[]?[A-Z](?![\w~]))")
"""The sign of logic before a letter."""


def fold(text: str) -> str:
    """Return a text in NFKC form, in which a power, a subscript or a fraction stays apart from its number.

    >>> fold("10²"), fold("2½"), fold("cm² of H₂O"), fold("１０")
    ('10^2', '2 1⁄2', 'cm2 of H2O', '10')
    """
    text = _RAISED.sub(lambda m: "^" + m[0], text)
    text = _LOWERED.sub(lambda m: "⌄" + m[0], text)
    return unicodedata.normalize("NFKC", _FRACTION.sub(" ", text))


def without_marks(text: str) -> str:
    """Return a text whose `*` and `~` between digits or before a letter are signs, and not markup.

    >>> without_marks("~B"), without_marks("~~B~~")
    ('¬B', '~~B~~')
    >>> without_marks("10**2"), without_marks("3*4"), without_marks("10~12"), without_marks("10<sup>2</sup>")
    ('10^2', '3×4', '10–12', '10^2')
    """
    text = _WRITTEN.sub(lambda m: "^" + (m[1] or m[2] or m[3]), text)
    return _LOGICAL_NOT.sub("¬", _RANGE.sub("–", _TIMES.sub("×", text)))
