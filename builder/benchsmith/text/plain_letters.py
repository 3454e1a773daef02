"""Texts in lower case and without accents, so that the spellings of one name compare as equal."""

from __future__ import annotations

import re
import unicodedata

_STROKES = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
    }
)
"""Letters of names that Unicode does not take apart."""
_TWO_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_OTHERS = re.compile(r"[^\x00-\x7f]+")
_ONE_LETTER = (("ae", "a"), ("oe", "o"), ("ue", "u"))


def plain_letters(text: str) -> str:
    """Return a text in lower case, in which accented letters have lost their accents.

    >>> plain_letters("Müllerová-ŁUKASZ")
    'mullerova-lukasz'
    """
    low = text.lower()
    return low if low.isascii() else _OTHERS.sub(_plain, unicodedata.normalize("NFC", low))


def _plain(others: re.Match[str]) -> str:
    apart = unicodedata.normalize("NFKD", others[0].casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c)).translate(_STROKES)
    # letters of formulas are lower case only once they are plain
    return unicodedata.normalize("NFC", bare.lower())


def spellings(word: str) -> set[str]:
    """Return the ways in which a word is written in plain letters.

    >>> sorted(spellings("Müller")), sorted(spellings("Mueller"))
    (['mueller', 'muller'], ['mueller', 'muller'])
    """
    low = unicodedata.normalize("NFC", word).casefold()
    plain = plain_letters(low)
    short = plain
    for two, one in _ONE_LETTER:
        short = short.replace(two, one)
    return {plain, plain_letters(low.translate(_TWO_LETTERS)), short}
