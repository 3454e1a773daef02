"""How words are compared: one normal form, and the side that a name may carry."""

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
"""Words and letters for a side, in English, Latin and German."""
LETTERS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\ufe58\ufe63\uff0d", "-")
    | dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4\u2032", "'")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff")
)
"""Every dash is a hyphen, every apostrophe is the plain one; marks without width are nothing."""


def plain(text: str) -> str:
    """Return a text with its HTML entities, wide letters, dashes and blanks as plain ones.

    >>> plain("COVID\u201119 &amp; \uff2c\uff49ver")
    'COVID-19 & Liver'
    """
    if "&" in text:
        text = html.unescape(text)
    return unicodedata.normalize("NFKC", text.translate(LETTERS)).translate(LETTERS)


DENIAL = re.compile(r"(?<=[\w\s)\]])-(?=\s*$)|(?<=[(\[])\s*-(?=\s*[)\]])")
"""A minus that says no: `COVID-`, `COVID (-)`."""


def normal(text: str) -> str:
    """Return the form in which names are compared; a minus that says no stays.

    >>> normal("Gluteus_maximus-LEFT "), normal("COVID-19"), normal("COVID-")
    ('gluteus maximus left', 'covid 19', 'covid \u2212')
    """
    text = DENIAL.sub(" \u2212", plain(text).casefold())
    return " ".join(re.sub(r"[_\-\s]+", " ", text).split())


class Sided(NamedTuple):
    """A name without its side, and the side."""

    name: str
    side: str


def take_side(name: str) -> Sided:
    """Take left or right off a normal form; a name that is nothing but a side keeps it.

    >>> take_side("rib left 7"), take_side("precentral l"), take_side("liver")
    (Sided(name='rib 7', side='left'), Sided(name='precentral', side='left'), Sided(name='liver', side=''))
    """
    words = name.split()
    found = [(i, SIDES[w]) for i, w in enumerate(words) if w in SIDES]
    # letters are a side only at an end of the name: "vitamin r deficiency" is no side
    found = [(i, s) for i, s in found if len(words[i]) > 2 or i in (0, len(words) - 1)]
    if len(found) != 1 or len(words) == 1:
        return Sided(name, "")
    place, side = found[0]
    return Sided(" ".join(words[:place] + words[place + 1 :]), side)


@lru_cache(maxsize=1 << 16)
def plural(word: str) -> str:
    """Return the regular English plural, for comparing only.

    >>> plural("body"), plural("box"), plural("organ")
    ('bodies', 'boxes', 'organs')
    """
    if re.search(r"[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + ("es" if re.search(r"(s|x|z|ch|sh)$", word) else "s")


def says(text: str, phrase: str) -> bool:
    """Say whether a normal form holds a phrase, or its plural, as whole words.

    >>> says("which organs are shown", "organ"), says("organic", "organ")
    (True, False)
    """
    return _whole(phrase).search(text) is not None


@lru_cache(maxsize=1 << 16)
def _whole(phrase: str) -> re.Pattern[str]:
    forms = "|".join(re.escape(normal(f)) for f in (phrase, plural(phrase)))
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)")
