"""The normal form in which names are compared, and English plurals."""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache

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


DENIAL = re.compile(
    r"""^[\s"'(\[{]*-+(?=\s*\S)|(?<=[^-])-+(?=[\s"')\]}.,;:!]*$)|(?<=[(\[{])\s*-+(?=\s*[)\]}])|\+\s?/?\s?-|-\s?/?\s?\+"""
)
"""A minus that may negate: `COVID-`, `COVID: -`, `COVID (-)`, `-COVID`, `-1`, `COVID +/-`."""


CHANGED = frozenset("&`_-")
"""Characters of ASCII that a normal form does not keep, beside capitals and repeated spaces."""


@lru_cache(maxsize=1 << 16)
def normal(text: str) -> str:
    """Return the form in which names are compared; a negating minus is kept.

    >>> normal("Gluteus_maximus-LEFT "), normal("COVID-19"), normal("COVID-"), normal("-COVID")
    ('gluteus maximus left', 'covid 19', 'covid \u2212', '\u2212 covid')
    """
    if text.isascii() and CHANGED.isdisjoint(text):
        return " ".join(text.lower().split())
    text = DENIAL.sub(lambda m: re.sub(r"-+", " \u2212 ", m[0]), plain(text).casefold())
    return " ".join(re.sub(r"[_\-\s]+", " ", text).split())


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
    # most phrases are not in a text, and a regular expression costs as much as a thousand substring tests
    if not any(form in text for form in _forms(phrase)):
        return False
    return _whole(phrase).search(text) is not None


@lru_cache(maxsize=1 << 16)
def _forms(phrase: str) -> tuple[str, str]:
    return normal(phrase), normal(plural(phrase))


@lru_cache(maxsize=1 << 16)
def _whole(phrase: str) -> re.Pattern[str]:
    forms = "|".join(map(re.escape, _forms(phrase)))
    return re.compile(rf"(?<!\w)(?:{forms})(?!\w)")
