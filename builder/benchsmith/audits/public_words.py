"""The words of public texts, and the words that are joined in them, which identify nobody."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from itertools import accumulate

from benchsmith.audits.word_forms import WORD, forms_of
from benchsmith.text.plain_letters import plain_letters

MAX_LOOKED_UP = 1000
"""Forms that are looked up among the joined words; with more of them, all joined words are taken apart."""

_NO_LETTER = re.compile(r"[^\w\n]|_")


class PublicWords:
    """The words of a text in plain letters, in all their forms."""

    def __init__(self, text: str) -> None:
        self._plain, others = set[str](), list[str]()
        for word in set(WORD.findall(text)):
            bare = word.replace("_", "")
            if (
                bare.isascii()
                and bare.isalpha()
                and (bare.islower() or (word[1:].islower() and bare == word))
            ):
                self._plain.update((low := word.lower(), low.replace("_", ""), *low.split("_")))
            else:
                others.append(word)
        self._plain.discard("")
        self._others = others
        self._looked_up: dict[str, bool] = {}
        self._every: frozenset[str] | None = None
        # every form of a word is a part of it, without what joins its parts
        self._joined = _joined("\n".join(others))
        self._starts = [0, *accumulate(len(one) + 1 for one in self._joined.split("\n"))]
        self._forms: dict[int, set[str]] = {}

    def __contains__(self, form: str) -> bool:
        """Return whether a form in plain letters is one of a word of the text."""
        if form in self._plain:
            return True
        if self._every is not None:
            return form in self._every
        if form not in self._looked_up:
            if len(self._looked_up) >= MAX_LOOKED_UP:
                self._every = frozenset().union(*map(forms_of, self._others))
                return form in self._every
            self._looked_up[form] = self._is_in_joined(form)
        return self._looked_up[form]

    def _is_in_joined(self, form: str) -> bool:
        part = _joined(form)
        at = self._joined.find(part) if part else -1
        while at >= 0:
            place = bisect_right(self._starts, at) - 1
            if place not in self._forms:
                self._forms[place] = forms_of(self._others[place])
            if form in self._forms[place]:
                return True
            at = self._joined.find(part, self._starts[place + 1])
        return False


def _joined(word: str) -> str:
    return _NO_LETTER.sub("", plain_letters(word))


@lru_cache(maxsize=2)
def public_words(text: str) -> PublicWords:
    """Return the words of a text; the last two texts are kept: the program's own is the same for every release."""
    return PublicWords(text)
