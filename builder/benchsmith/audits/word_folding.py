"""The words of a text, normalised for comparison by the checks."""

from __future__ import annotations

import re
from functools import lru_cache

from benchsmith.text.normal_form import normal
from benchsmith.text.spelling import IRREGULAR

_TOKEN = re.compile(r"[\w+<>=%]+")


@lru_cache(maxsize=1 << 16)
def folded(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case and singular, without punctuation or wide letters.

    >>> folded("The Kidneys (LEFT)")
    ('the', 'kidney', 'left')
    """
    return tuple(_singular(w) for w in _TOKEN.findall(normal(text)))


def _singular(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word
