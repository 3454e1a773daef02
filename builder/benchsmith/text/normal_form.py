"""The normal form in which names are compared, the side in a name, and English plurals."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

SIDES = {
    "left": "left", "l": "left", "lt": "left",
    "right": "right", "r": "right", "rt": "right",
    "sinister": "left", "sinistra": "left", "sinistrum": "left",
    "dexter": "right", "dextra": "right", "dextrum": "right",
    "links": "left", "linke": "left", "linker": "left", "linkes": "left",
    "rechts": "right", "rechte": "right", "rechter": "right", "rechtes": "right",
}  # fmt: skip
"""Words and letters for left and right, in English, Latin and German."""
LETTERS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4\u2032", "'")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
)
"""Maps every dash to a hyphen and every apostrophe to the ASCII one; removes zero-width marks."""


def plain(text: str) -> str:
    """Return a text with plain characters for HTML entities, wide letters, dashes and spaces.

    >>> plain("COVID\u201119 &amp; \uff2c\uff49ver")
    'COVID-19 & Liver'
    """
    if "&" in text:
        text = html.unescape(text)
    return unicodedata.normalize("NFKC", text.translate(LETTERS)).translate(LETTERS)


DENIAL = re.compile(r"(?<=[\w\s)\]])-(?=\s*$)|(?<=[(\[])\s*-(?=\s*[)\]])")
"""A minus that negates: `COVID-`, `COVID (-)`."""


def normal(text: str) -> str:
    """Return the form in which names are compared; a negating minus is kept.

    >>> normal("Gluteus_maximus-LEFT "), normal("COVID-19"), normal("COVID-")
    ('gluteus maximus left', 'covid 19', 'covid \u2212')
    """
    text = DENIAL.sub(" \u2212", plain(text).casefold())
    return " ".join(re.sub(r"[_\-\s]+", " ", text).split())


class Sided(NamedTuple):
    """A name without its side, and the side: ``left``, ``right`` or empty."""

    name: str
    side: str


def take_side(name: str) -> Sided:
    """Split a normal form into name and side; a name that is only a side is kept whole.

    >>> take_side("rib left 7"), take_side("precentral l"), take_side("liver")
    (Sided(name='rib 7', side='left'), Sided(name='precentral', side='left'), Sided(name='liver', side=''))
    """
    words = name.split()
    found = [(i, SIDES[w]) for i, w in enumerate(words) if w in SIDES]
    # a single letter is a side only at the start or end: not in "vitamin r deficiency"
    found = [(i, s) for i, s in found if len(words[i]) > 2 or i in (0, len(words) - 1)]
    if len(found) != 1 or len(words) == 1:
        return Sided(name, "")
    index, side = found[0]
    return Sided(" ".join(words[:index] + words[index + 1 :]), side)


@lru_cache(maxsize=1 << 16)
def plural(word: str) -> str:
    """Return the regular plural of an English word.

    >>> plural("body"), plural("box"), plural("organ")
    ('bodies', 'boxes', 'organs')
    """
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|ch|sh)$", word) else "s")


def counted(n: int, noun: str) -> str:
    """Return a number with its noun, in the plural unless the number is 1.

    >>> counted(1, "study"), counted(2, "study"), counted(0, "box")
    ('1 study', '2 studies', '0 boxes')
    """
    return f"{n} {noun if n == 1 else plural(noun)}"


def contains_phrase(text: str, phrase: str) -> bool:
    """Return whether a normal form contains a phrase, or its plural, as whole words.

    >>> contains_phrase("which organs are shown", "organ"), contains_phrase("organic", "organ")
    (True, False)
    """
    return _whole(phrase).search(text) is not None


@lru_cache(maxsize=1 << 16)
def _whole(phrase: str) -> re.Pattern[str]:
    forms = "|".join(re.escape(normal(f)) for f in (phrase, plural(phrase)))
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)")
