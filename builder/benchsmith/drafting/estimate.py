"""Tokens and costs of drafting: estimated before, counted after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchsmith.documents.stems import lengths
from benchsmith.drafting.stem_prompts import Prompt
from benchsmith.text.languages import LANGUAGES

CHARACTERS_PER_TOKEN = 4
"""In English, roughly; in unspaced scripts each character is estimated as one token."""
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """Input tokens (prompts) and output tokens (answers)."""

    input: int = 0
    output: int = 0

    def __add__(self, other: Tokens) -> Tokens:
        """Return the sum."""
        return Tokens(self.input + other.input, self.output + other.output)

    def __str__(self) -> str:
        """Return both numbers as text."""
        return f"{self.input:,} input and {self.output:,} output tokens"


@dataclass(frozen=True, slots=True)
class Price:
    """Price per million input and output tokens; None if unknown."""

    input: float | None
    output: float | None

    def of(self, tokens: Tokens) -> float | None:
        """Return the cost of tokens, or None if a price is unknown."""
        if self.input is None or self.output is None:
            return None
        return (tokens.input * self.input + tokens.output * self.output) / MILLION

    def describe(self, tokens: Tokens) -> str:
        """Return tokens as text, with their cost if the price is known."""
        cost = self.of(tokens)
        return str(tokens) + ("" if cost is None else f", {cost:.4f} in the prices' currency")


def estimate(prompt: Prompt, count: int, language: str) -> Tokens:
    """Estimate the tokens of a prompt and its answer from their lengths in characters."""
    spaced = LANGUAGES[language].spaced
    answer = count * (lengths(LANGUAGES[language])[1] + 8)
    return Tokens(_tokens(prompt.text), answer // CHARACTERS_PER_TOKEN if spaced else answer)


def _tokens(text: str) -> int:
    wide = sum(ord(c) > 0x2E7F for c in text)
    return wide + (len(text) - wide) // CHARACTERS_PER_TOKEN


def total(tokens: Iterable[Tokens]) -> Tokens:
    """Return the sum of tokens."""
    return sum(tokens, Tokens())
