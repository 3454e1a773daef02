"""What people made of a benchmark, in a form that is shown and exported; it names nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

DIGITS = 6
"""Decimals of published figures: beyond them, processors may add up in another order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its 95 % interval; None where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def shown(self) -> str:
        """Say it as a table has it.

        >>> Figure(value=0.5, low=0.25, high=0.75).shown(), Figure(value=None).shown()
        ('0.500 (0.250 to 0.750)', 'not defined')
        """
        if self.value is None:
            return "not defined"
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuracy:
    """How often people were right before they saw the key."""

    of: str
    """``all``, ``task`` or ``person``."""
    name: str
    answers: int
    unsure: int
    """Answers that say so; they are not right."""
    cases: int
    patients: int
    right: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """How far people agree on what each said alone."""

    name: str
    """What they said."""
    items: int
    """Things that two people or more said something of; what follows is of these."""
    votes: int
    raw: float | None
    """Share of pairs of people who said the same of a thing."""
    kappa: Figure
    """Fleiss'."""
    alpha: Figure
    """Krippendorff's, nominal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """What came of one person, by a number."""

    name: str
    said: int
    """Decisions, or votes."""
    weights: Sequence[tuple[str, float]] = ()
    """By what was said: how often the person is expected to be right (Dawid and Skene)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What people decided of cases."""

    decisions: int
    targets: int
    """Targets of the release that somebody decided on."""
    elsewhere: int
    """Decisions on targets that are neither in the release nor dropped."""
    dropped: int
    """Targets that people dropped."""
    reasons: Sequence[tuple[str, int]]
    """Why, with how many decisions say so; the most frequent first."""
    missed: int
    """Dropped targets that would be in the release otherwise."""
    filled: int
    """Of these, how many have the next of their answer in their place."""
    accuracy: Sequence[Accuracy]
    """In all, by task, by person; of questions as they are released."""
    earlier: int
    """Answers to questions that are not released, or were changed since; they are not counted."""
    agreement: Agreed
    people: Sequence[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What people voted on labels that a source of the benchmark has."""

    name: str
    labels: int
    further: int
    """Votes that were asked for because others tied; agreement is without them."""
    agreement: Sequence[Agreed]
    """By axis."""
    people: Sequence[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """All of it."""

    review: Review | None = None
    """None where nobody has decided on a case."""
    rounds: Sequence[Round] = ()


def as_json(found: Validation) -> dict[str, Any]:
    """Return it as JSON's types, its figures rounded."""
    plain: dict[str, Any] = _rounded(asdict(found))
    return plain


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
