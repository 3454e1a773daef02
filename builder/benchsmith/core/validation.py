"""The results of human validation, without names, as they are shown and exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

DIGITS = 6
"""Decimals of published figures; further ones can differ between processors."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure with its 95 % confidence interval; None if it is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def shown(self) -> str:
        """Return the figure as a table shows it.

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
    """How often people answered correctly before they saw the key."""

    of: str
    """``all``, ``task`` or ``person``."""
    name: str
    answers: int
    unsure: int
    """Answers marked as unsure; they count as wrong."""
    cases: int
    patients: int
    right: float
    """Share of right answers, 0 to 1, with its 95 % confidence interval."""
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """Inter-rater agreement on independent answers."""

    name: str
    """The question that was answered, such as a decision or an axis."""
    items: int
    """Items with at least two raters; the other figures are of these."""
    votes: int
    raw: float | None
    """Share of pairs of raters with the same answer, 0 to 1."""
    kappa: Figure
    """Fleiss' kappa."""
    alpha: Figure
    """Krippendorff's alpha, nominal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The figures of one person, who is named by a number."""

    name: str
    said: int
    """Number of decisions or votes."""
    weights: Sequence[tuple[str, float]] = ()
    """By question, the estimated probability that the person is right (Dawid and Skene 1979)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The results of reviewing cases."""

    decisions: int
    targets: int
    """Reviewed targets of the release."""
    elsewhere: int
    """Decisions on targets that are neither in the release nor dropped."""
    dropped: int
    """Targets dropped by reviewers."""
    reasons: Sequence[tuple[str, int]]
    """Reasons for dropping, with the number of decisions; the most frequent first."""
    missed: int
    """Dropped targets that would otherwise be in the release."""
    filled: int
    """How many of these were replaced by another target with the same answer."""
    accuracy: Sequence[Accuracy]
    """Overall, by task and by person; only of answers to questions as released."""
    earlier: int
    """Answers to questions that are not released or were changed since; not counted."""
    agreement: Agreed
    people: Sequence[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The results of one round of votes on labels of the benchmark's sources."""

    name: str
    labels: int
    further: int
    """Votes that were requested to break ties; agreement is computed without them."""
    agreement: Sequence[Agreed]
    """By axis."""
    people: Sequence[Person]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """What experts found when they verified keys, and the bound on wrong ones."""

    questions: int
    """Questions of the release, hidden splits included."""
    judged: int
    """Questions of the random order that count: all before the first that nobody has judged."""
    ahead: int
    """Questions that were judged out of turn; they do not count yet."""
    suspects: int
    """Questions of the release that the audit suspects; all of them are to be judged."""
    suspects_judged: int
    right: int
    wrong: int
    """Of the questions that count and the suspects, those whose key is wrong."""
    unfair: int
    unsure: int
    """Questions that no expert could judge; the bound counts them as wrong."""
    removed: int
    """Wrong keys that are not in the release any more."""
    unknown: int
    """Questions of the release that are not in the frame; the bound counts them as wrong."""
    estimate: float
    """Estimated share of wrong keys in the release, 0 to 1."""
    upper: float
    """Upper 95 % bound of the share of wrong keys in the release."""
    upper_flawed: float
    """The same for keys that are wrong and questions that are unfair."""
    most: float
    """The share at which the sample may stop, `audit.wrong_keys`."""
    left: int | None
    """How many more questions must be judged, if all of them are right; None if no number is enough."""
    waves: int
    """Builds whose questions are in the frame."""
    first: str
    """Date of the first verdict; empty if there is none."""
    last: str
    people: Sequence[Person]

    @property
    def reached(self) -> bool:
        """Whether the bound is within the share."""
        return self.upper <= self.most


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """All results of human validation."""

    review: Review | None = None
    """None if no case was reviewed."""
    rounds: Sequence[Round] = ()
    keys: KeyCheck | None = None
    """None if no expert verified a key."""


def as_json(found: Validation) -> dict[str, Any]:
    """Return the results as JSON values, with figures rounded to `DIGITS`."""
    plain: dict[str, Any] = _rounded(asdict(found))
    if found.keys is not None:
        plain["keys"] = keys_json(found.keys)
    return plain


def keys_json(found: KeyCheck) -> dict[str, Any]:
    """Return the experts' verdicts on the keys as JSON values."""
    return {**_rounded(asdict(found)), "reached": found.reached}


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
