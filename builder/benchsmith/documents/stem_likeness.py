"""Similarity of stems: no stem of a list nearly repeats another, and they do not all begin alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from benchsmith.documents.stems import PLACEHOLDER
from benchsmith.text.languages import Language
from benchsmith.text.normal_form import normal

DUPLICATE_SIMILARITY = 88
"""Similarity in percent, with words in any order, from which two stems are duplicates."""
MIN_STEMS_TO_VARY = 4
"""Smallest number of stems of a granularity whose first words must vary."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A stem and its line."""

    text: str
    line: int


def skeleton(text: str) -> str:
    """Return a stem without placeholder and punctuation, for comparison.

    >>> skeleton("Which organ, if any, does this <modality> image show?")
    'which organ if any does this image show'
    """
    bare = re.sub(r"<(\w+)>", r" \1 ", text.replace(PLACEHOLDER, " "))
    return " ".join(re.sub(r"[^\w\s]", " ", normal(bare)).split())


def similarity(a: str, b: str, language: Language) -> float:
    """Return the similarity of two skeletons in percent, with their words in any order."""
    from rapidfuzz import fuzz

    return fuzz.token_sort_ratio(a, b) if language.spaced else fuzz.ratio(a, b)


def duplicate(bare: str, others: Iterable[tuple[str, str]], language: Language) -> str:
    """Return a message if a skeleton repeats one of the others, otherwise an empty string.

    `others` are pairs of a skeleton and its place.
    """
    for other, place in others:
        if bare == other:
            return f"repeats {place}"
        if similarity(bare, other, language) >= DUPLICATE_SIMILARITY:
            return f"nearly repeats {place}"
    return ""


def repeated(stems: Sequence[Placed], language: Language) -> Iterator[tuple[Placed, str]]:
    """Yield the stems of one granularity that repeat an earlier one, with a message."""
    earlier: list[tuple[str, str]] = []
    for stem in stems:
        bare = skeleton(stem.text)
        if what := duplicate(bare, earlier, language):
            yield stem, what
        earlier.append((bare, f"line {stem.line}"))


def monotonous(stems: Sequence[Placed], language: Language) -> str:
    """Return a message if most stems of a granularity start alike, otherwise an empty string."""
    starts = Counter(language.first_word(skeleton(s.text)) for s in stems)
    word, n = max(starts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    if len(stems) < MIN_STEMS_TO_VARY or n * 2 <= len(stems):
        return ""
    return f"{n} of {len(stems)} stems start with {word!r}"
