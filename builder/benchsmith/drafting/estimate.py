"""What asking a model costs: guessed before, counted after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchsmith.documents.stems import lengths
from benchsmith.drafting.stem_prompts import Prompt
from benchsmith.text.languages import LANGUAGES

CHARACTERS_A_TOKEN = 4
"""About so many of English; a character of an unspaced script is taken as a token of its own."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Tokens of prompts and of answers."""

    asked: int = 0
    told: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        """Add them up."""
        return Tokens(self.asked + other.asked, self.told + other.told)

    def __str__(self) -> str:
        """Say them in words."""
        return f"{self.asked:,} tokens in and {self.told:,} out"


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens in, and out; None where it was not told."""

    asked: float | None
    told: float | None

    def of(self, tokens: Tokens) -> float | None:
        """Return what tokens cost; None where a price is missing."""
        if self.asked is None or self.told is None:
            return None
        return (tokens.asked * self.asked + tokens.told * self.told) / MILLION

    def say(self, tokens: Tokens) -> str:
        """Say tokens, and what they cost where that is known."""
        cost = self.of(tokens)
        return str(tokens) + ("" if cost is None else f", {cost:.4f} in the prices' currency")


def estimate(prompt: Prompt, count: int, language: str) -> Tokens:
    """Guess the tokens of a prompt and its answer: a guess, made of characters alone."""
    spaced = LANGUAGES[language].spaced
    answer = count * (lengths(LANGUAGES[language])[1] + 8)
    return Tokens(_tokens(prompt.text), answer // CHARACTERS_A_TOKEN if spaced else answer)


def _tokens(text: str) -> int:
    wide = sum(ord(c) > 0x2E7F for c in text)
    return wide + (len(text) - wide) // CHARACTERS_A_TOKEN


def total(of: Iterable[Tokens]) -> Tokens:
    """Add up the tokens of many."""
    return sum(of, Tokens())
