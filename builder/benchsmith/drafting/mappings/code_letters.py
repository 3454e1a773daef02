"""Codes of capitals: the names whose letters they may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from benchsmith.drafting.mappings.word_match import ALIKE, SURE, Match, Name
from benchsmith.text.name_tokens import STOP, Tokens, tokens
from benchsmith.text.normal_form import normal

CODE = re.compile(r"[A-Z][A-Za-z]{0,5}|[a-z]{2,4}")
MIN_SURE = 4
"""Letters of the shortest code whose only name with these initials is filled in."""
LETTERS = 60.0
"""How sure a name is that has a code's letters in their order, before its length counts."""
FIRST = 60.0
"""How sure a name is that begins with a code of one letter, before its words count."""
CUT = 70.0
"""How sure a name of one word is that begins with a cut word, such as `Eosi`, before its length counts."""
MIN_CUT, MIN_LEFT = 3, 2
"""Length of the shortest abbreviated word, and of the part that is cut off."""


def initials(text: str) -> tuple[str, ...]:
    """Return the first letters of a name's words, with and without small words.

    >>> sorted(initials("foreign body of the eye"))
    ['fbe', 'fbote']
    """
    words = re.sub(r"[^\w\s]", " ", normal(text)).split()
    kept = (words, [w for w in words if w not in STOP])
    return tuple(sorted({"".join(w[0] for w in each) for each in kept if len(each) > 1}))


def by_letters(raw: str, names: Iterable[Name], organs: Tokens) -> Iterator[tuple[Name, Match]]:
    """Yield the names that a code may abbreviate; words for the source's `organs` may be left out."""
    code = re.sub(r"[\s_.-]", "", raw)
    if not CODE.fullmatch(code):
        return
    letters = code.casefold()
    near = list(names)
    begun = {n.label: n for n in near if letters in n.initials}
    sure = SURE + 2 if len(begun) == 1 and len(code) >= MIN_SURE else ALIKE - 3
    for name in begun.values():
        yield name, Match(sure, f"initials of {name.text}")
    for name in near:
        if name.label in begun:
            continue
        words = re.sub(r"[^\w\s]", " ", normal(name.text)).split()
        if len(letters) == 1:
            if normal(name.text).startswith(letters):
                yield name, Match(FIRST - len(words), f"begins like {name.text}")
            continue
        if is_cut(letters, normal(name.text)):
            yield name, Match(CUT + 4 * len(letters) / len(name.text), f"cut from {name.text}")
            continue
        kept = [w for w in words if w not in STOP and not tokens(w) <= organs]
        if not kept or kept[0][0] != letters[0]:  # as most names
            continue
        if letters in initials(" ".join(kept)):
            yield name, Match(ALIKE - 4, f"initials of {' '.join(kept)}")
        elif share := spread(letters, kept):
            yield name, Match(LETTERS + 10 * share, f"letters of {name.text}")


def spread(letters: str, words: Sequence[str]) -> float:
    """Return the share of some words' letters that a code has, in their order; 0 if it fits none.

    Each word's first letter must be among the code's, in the words' order.

    >>> spread("ack", ["actinic", "keratosis"]), spread("ack", ["acute", "colitis"])
    (0.1875, 0.0)
    """
    text = "".join(words)
    begins = iter(letters)
    if not words or text[0] != letters[0] or not all(w[0] in begins for w in words):
        return 0.0
    rest = iter(text)
    return len(letters) / len(text) if all(c in rest for c in letters) else 0.0


def is_cut(word: str, name: str) -> bool:
    """Return whether a word is the beginning of a name of one word.

    >>> is_cut("eosi", "eosinophil"), is_cut("mono", "mononuclear cell"), is_cut("rib", "ribs")
    (True, False, False)
    """
    left = len(name) - len(word)
    return len(word) >= MIN_CUT and left >= MIN_LEFT and name.isalpha() and name.startswith(word)
