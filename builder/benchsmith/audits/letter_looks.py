"""What a text reads like, where its letters are of another alphabet, or stand apart."""

from __future__ import annotations

import re
from collections.abc import Iterator

from benchsmith.text.letters_that_look_alike import LOOK_ALIKE, latin_look
from benchsmith.text.near_places import near

AROUND = 60
"""Characters before and after a letter that are read with it."""

_APART = re.compile(
    r"(?<![^\W_])(?:[^\W_](?:[ .·_*|\u00a0\u2009\u202f-]|[.] )){3,}[^\W_](?![^\W_])"
)
"""At least four letters or digits, each by itself."""
_BETWEEN = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W\d_]")


def looks_of(text: str) -> Iterator[str]:
    r"""Yield what a text reads like to a person, if that is something else.

    Digits that stand apart are joined only together with letters: rows of digits are measures.

    >>> list(looks_of("by K o w a l s k i, and K\u043ewalski"))
    ['by K o w a l s k i, and Kowalski', 'Kowalski']
    >>> list(looks_of("1 0 0 1 or a b"))
    []
    """
    if not text.isascii() and (found := list(near(LOOK_ALIKE, text, AROUND))):
        yield latin_look("\n".join(found))
    apart = {match[0] for match in _APART.finditer(text)}
    if words := sorted(_BETWEEN.sub("", word) for word in apart if _LETTER.search(word)):
        yield "\n".join(words)
