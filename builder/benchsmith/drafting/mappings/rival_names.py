"""Words that name two labels in full, such as `melanoma/nevus`: neither is certain."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from benchsmith.drafting.mappings.word_match import Name
from benchsmith.text.name_tokens import ADJECTIVES, Tokens, tokens


def named_in(text: str, having: Callable[[Tokens], Iterable[Name]]) -> list[Name]:
    """Return the lexicon's names that stand in a normal form in full, without its adjectives and numbers.

    `having` returns the names that have one of some words.
    """
    nouns = tokens(" ".join(w for w in text.split() if w not in ADJECTIVES and not w.isdigit()))
    return [name for name in having(nouns) if name.own and name.tokens <= nouns]


def also_named(
    name: Name, word: Tokens, whole: Iterable[Name], related: Callable[[str, str], bool]
) -> str:
    """Return the doubt that a word names an unrelated label beside `name`; empty if it does not.

    `whole` are the names that stand in the word.
    """
    if not name.tokens < word:
        return ""
    others = (
        n.label for n in whole if not n.tokens & name.tokens and not related(n.label, name.label)
    )
    return f"the word also names {other}" if (other := next(others, "")) else ""
