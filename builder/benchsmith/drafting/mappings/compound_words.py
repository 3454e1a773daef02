"""Words that one source joins and another separates: soft tissue and softtissue."""

from __future__ import annotations

from collections.abc import Callable, Container

from benchsmith.text.name_tokens import listed

PREFIXES = listed(
    "para supra infra sub peri pre post inter intra hypo hyper ante retro endo epi extra"
)
"""Syllables that names in camel case part from their words, although they may be words as well."""
MIN_PART = 4
"""Letters of the shortest part of a word that is divided."""


def rejoined(text: str, known: Container[str], single: Callable[[str], str]) -> str:
    """Return a normal form with its words joined or split if only that gives known words.

    `known` holds the comparable words of all names, and `single` makes a word comparable. A known word is
    unchanged, and so is a word that could be divided in several ways.

    >>> rejoined("para hippocampal", {"parahippocampal", "gyrus"}, str)
    'parahippocampal'
    >>> rejoined("softtissue mass", {"soft", "tissue", "mass"}, str)
    'soft tissue mass'
    """
    words = text.split()
    found: list[str] = []
    while words:
        word, *words = words
        apart = word in PREFIXES or single(word) not in known
        if words and apart and single(word + words[0]) in known:
            found.append(word + words.pop(0))
        elif word.isalpha() and single(word) not in known:
            found.extend(_divided(word, known, single))
        else:
            found.append(word)
    return " ".join(found)


def _divided(word: str, known: Container[str], single: Callable[[str], str]) -> list[str]:
    ways = [
        [word[:i], word[i:]]
        for i in range(MIN_PART, len(word) - MIN_PART + 1)
        if single(word[:i]) in known and single(word[i:]) in known
    ]
    return ways[0] if len(ways) == 1 else [word]
