"""Codes of capitals: the names whose letters they may be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from benchsmith.drafting.mappings.name_tokens import STOP
from benchsmith.drafting.mappings.word_match import ALIKE, SURE, Match, Name
from benchsmith.text.normal_form import normal

CODE = re.compile(r"[A-Z][A-Za-z]{1,5}")
MIN_SURE = 4
"""Letters of the shortest code whose only name with these initials is filled in."""
LETTERS = 60.0
"""How sure a name is that has a code's letters in their order, before its length counts."""


def initials(text: str) -> tuple[str, ...]:
    """Return the first letters of a name's words, with and without small words.

    >>> sorted(initials("foreign body of the eye"))
    ['fbe', 'fbote']
    """
    words = re.sub(r"[^\w\s]", " ", normal(text)).split()
    kept = (words, [w for w in words if w not in STOP])
    return tuple(sorted({"".join(w[0] for w in each) for each in kept if len(each) > 1}))


def by_letters(raw: str, names: Iterable[Name]) -> Iterator[tuple[Name, Match]]:
    """Yield the names that a code may abbreviate."""
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
        if name.label not in begun and (share := spread(letters, name.text)):
            yield name, Match(LETTERS + 10 * share, f"letters of {name.text}")


def spread(letters: str, text: str) -> float:
    """Return the share of a name's letters that a code has, in their order; 0 if it has others.

    The code's first letter must begin a word of the name.

    >>> spread("ack", "actinic keratosis"), spread("xyz", "actinic keratosis")
    (0.1875, 0.0)
    """
    name = normal(text)
    begins = (i for i, c in enumerate(name) if c == letters[0] and (not i or name[i - 1] == " "))
    for start in begins:
        rest = iter(name[start + 1 :])
        if all(c in rest for c in letters[1:]):
            return len(letters) / len(name.replace(" ", ""))
    return 0.0
