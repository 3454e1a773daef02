"""What a check of a benchmark found, in a form that is printed, exported and compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from math import isfinite
from typing import Any

PASS, WARN, FAIL, NOT_RUN, INFO = OUTCOMES = ("PASS", "WARN", "FAIL", "NOT RUN", "INFO")
LOUDNESS = (FAIL, NOT_RUN, WARN, INFO, PASS)
"""The order in which outcomes are shown: what nobody looked at is as loud as what failed."""
WORST = 20
"""Offenders that are named; the others are counted."""
DIGITS = 6
"""Decimals of published figures: beyond them, processors may add up in another order."""


@dataclass(frozen=True, slots=True)
class Offender:
    """One thing that a check objects to."""

    id: str
    """A case's public id, or the name of a pool, a source, a label."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A figure of one group or one variant of a check."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a check's function gives back: its figures and its outcome."""

    outcome: str
    says: str
    """The outcome in plain words, with what it rests on."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    """Items that were looked at."""
    mark: float | None = None
    unit: str = ""
    """``%`` for shares, which are kept as 0 to 1; else a word, or empty."""
    parts: Sequence[Part] = ()
    offenders: Sequence[Offender] = ()
    offending: int = 0
    """How many offenders there are, the unnamed ones with them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A check, what it found, and what to do about it."""

    check: str
    section: str
    """Letter and number within its family, such as ``C1``."""
    family: str
    asks: str
    formula: str
    remedy: str
    hard: bool
    """A failure stops publication."""
    outcome: str
    says: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    mark: float | None
    unit: str
    parts: tuple[Part, ...] = ()
    offenders: tuple[Offender, ...] = ()
    offending: int = 0
    waived_by: str = ""
    """Who signed for a failure; the reason stands in `says`."""

    @property
    def stops(self) -> bool:
        """Say whether nothing may be published because of this."""
        return self.hard and self.outcome == FAIL

    def figure(self) -> str:
        """Return value and interval as a person reads them: ``27.3 % (24.1 to 30.6)``."""
        if self.value is None:
            return ""
        text = shown(self.value, self.unit)
        if self.low is None or self.high is None:
            return text
        low, high = shown(self.low, self.unit), shown(self.high, self.unit)
        unit = f" {self.unit}" if self.unit else ""
        return f"{text} ({low.removesuffix(unit)} to {high.removesuffix(unit)})"

    def limit(self) -> str:
        """Return the mark as a person reads it; empty where there is none."""
        return "" if self.mark is None else shown(self.mark, self.unit)


@dataclass(frozen=True, slots=True)
class Audit:
    """All verdicts of one benchmark, in the checks' own order."""

    verdicts: tuple[Verdict, ...] = field(default_factory=tuple)

    def loudest(self) -> list[Verdict]:
        """Return the verdicts, failures first, then what was not run, then warnings."""
        return sorted(self.verdicts, key=lambda v: (LOUDNESS.index(v.outcome), not v.hard))

    def counts(self) -> dict[str, int]:
        """Return how many verdicts there are of each outcome, the loudest first."""
        return {o: sum(v.outcome == o for v in self.verdicts) for o in LOUDNESS}

    def stops(self) -> list[Verdict]:
        """Return the verdicts for which nothing may be published."""
        return [v for v in self.verdicts if v.stops]

    def of(self, check: str) -> Verdict:
        """Return a check's verdict. Raises KeyError."""
        found = {v.check: v for v in self.verdicts}
        return found[check]


def shown(value: float, unit: str) -> str:
    """Return a figure for people.

    >>> shown(0.27345, "%"), shown(3, "items"), shown(0.0312, "")
    ('27.3 %', '3 items', '0.031')
    """
    if unit == "%":
        return f"{100 * value:.1f} %"
    number = f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}"
    return f"{number} {unit}".strip()


def tidy(value: float | None) -> float | None:
    """Round a figure to what is published; a number that is none becomes None.

    >>> tidy(0.1 + 0.2), tidy(float("nan"))
    (0.3, None)
    """
    if value is None or not isfinite(value):
        return None
    return round(float(value), DIGITS) + 0.0


def as_json(audit: Audit, about: Mapping[str, Any]) -> dict[str, Any]:
    """Return an audit as JSON values, with what it is about."""
    return {
        **about,
        "outcomes": audit.counts(),
        "publishable": not audit.stops(),
        "checks": [asdict(v) for v in audit.verdicts],
    }


def from_json(value: Mapping[str, Any]) -> Audit:
    """Return the audit that :func:`as_json` wrote."""
    return Audit(tuple(_verdict(v) for v in value["checks"]))


def _verdict(value: Mapping[str, Any]) -> Verdict:
    parts = tuple(Part(**p) for p in value["parts"])
    offenders = tuple(Offender(**o) for o in value["offenders"])
    return Verdict(**{**value, "parts": parts, "offenders": offenders})


def without_details(audit: Audit) -> Audit:
    """Return an audit that tells of no case, label or group: of a split whose answers are hidden."""
    says = "what was found is told in audit.json, beside the release: a split is hidden"
    return Audit(
        tuple(replace(v, says=says, parts=(), offenders=(), offending=0) for v in audit.verdicts)
    )


def named(offenders: Iterable[Offender]) -> dict[str, Any]:
    """Return the first offenders and the count of all, as :class:`Found` takes them."""
    every = list(offenders)
    return {"offenders": every[:WORST], "offending": len(every)}
