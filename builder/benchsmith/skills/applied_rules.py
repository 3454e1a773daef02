"""A published criterion beside the structure of a picture that it is about."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.documents.lexicon.reasoning_rules import Rule


@dataclass(frozen=True, slots=True)
class Applied:
    """A criterion that is about a structure of a picture."""

    rule: Rule
    label: str
    outside: str
    """Why it does not hold there; empty if it does."""
