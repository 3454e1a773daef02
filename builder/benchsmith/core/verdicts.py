"""The verdicts of the audit's checks, as they are printed, exported and compared."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

PASS, WARN, FAIL, NOT_RUN, INFO = OUTCOMES = ("PASS", "WARN", "FAIL", "NOT RUN", "INFO")
SEVERITY = (FAIL, NOT_RUN, WARN, INFO, PASS)
"""The order in which outcomes are shown; a check that was not run is shown like a failure."""
MAX_OFFENDERS = 20
"""Offenders that are listed; further ones are counted."""
DIGITS = 6
"""Decimals of published figures; further ones can differ between processors."""


@dataclass(frozen=True, slots=True)
class Offender:
    """One case, pool, source or label that fails a check."""

    id: str
    """A case's public id, or the name of a pool, a source, a label."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The figure of one group, or of one variant of a check."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the function of a check returns: its outcome and its figures."""

    outcome: str
    says: str
    """The outcome as a sentence, with its evidence."""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0
    """Number of items that were checked."""
    mark: float | None = None
    """The threshold."""
    unit: str = ""
    """``%`` for shares, which are stored as 0 to 1; otherwise a word, or empty."""
    parts: Sequence[Part] = ()
    offenders: Sequence[Offender] = ()
    offending: int = 0
    """Number of offenders, including those not listed."""
    suspects: Sequence[str] = ()
    """Ids of all cases whose label is suspected, for people to look at."""
    undecided: bool = False
    """Whether a warning means that the benchmark is too small to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A check, its result, and what to do about a failure."""

    check: str
    section: str
    """Letter and number within its family, such as ``C1``."""
    family: str
    asks: str
    formula: str
    remedy: str
    hard: bool
    """Whether a failure stops publication."""
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
    """Who waived a failure; `says` has the reason."""
    undecided: bool = False
    """Whether a warning means that the benchmark is too small to tell."""

    @property
    def stops(self) -> bool:
        """Whether this verdict stops publication."""
        return self.hard and self.outcome == FAIL

    def figure(self) -> str:
        """Return value and interval as text: ``27.3 % (24.1 to 30.6)``."""
        if self.value is None:
            return ""
        text = shown(self.value, self.unit)
        if self.low is None or self.high is None:
            return text
        low, high = shown(self.low, self.unit), shown(self.high, self.unit)
        unit = f" {self.unit}" if self.unit else ""
        return f"{text} ({low.removesuffix(unit)} to {high.removesuffix(unit)})"

    def limit(self) -> str:
        """Return the threshold as text; empty if there is none."""
        return "" if self.mark is None else shown(self.mark, self.unit)


@dataclass(frozen=True, slots=True)
class Audit:
    """All verdicts of one benchmark, in the order of the checks."""

    verdicts: tuple[Verdict, ...] = field(default_factory=tuple)
    suspects: tuple[tuple[str, str], ...] = ()
    """(check, case) of every case whose label a check suspects; kept with the build, never published."""

    def by_severity(self) -> list[Verdict]:
        """Return the verdicts: failures first, then checks that were not run, then warnings."""
        return sorted(self.verdicts, key=lambda v: (SEVERITY.index(v.outcome), not v.hard))

    def counts(self) -> dict[str, int]:
        """Return the number of verdicts by outcome, the most severe first."""
        return {o: sum(v.outcome == o for v in self.verdicts) for o in SEVERITY}

    def stops(self) -> list[Verdict]:
        """Return the verdicts that stop publication."""
        return [v for v in self.verdicts if v.stops]

    def of(self, check: str) -> Verdict:
        """Return a check's verdict. Raises KeyError."""
        found = {v.check: v for v in self.verdicts}
        return found[check]


def shown(value: float, unit: str) -> str:
    """Return a figure as text.

    >>> shown(0.27345, "%"), shown(3, "items"), shown(0.0312, "")
    ('27.3 %', '3 items', '0.031')
    """
    if unit == "%":
        return f"{100 * value:.1f} %"
    number = f"{value:.0f}" if float(value).is_integer() else f"{value:.3f}"
    return f"{number} {unit}".strip()


def tidy(value: float | None) -> float | None:
    """Round a figure to `DIGITS`; NaN and infinity become None.

    >>> tidy(0.1 + 0.2), tidy(float("nan"))
    (0.3, None)
    """
    if value is None or not isfinite(value):
        return None
    return round(float(value), DIGITS) + 0.0


def without_details(audit: Audit) -> Audit:
    """Return an audit without cases, labels and groups, for a release with hidden answers."""
    says = "a split is hidden, so the findings are only in audit.json, beside the release"
    return Audit(
        tuple(replace(v, says=says, parts=(), offenders=(), offending=0) for v in audit.verdicts)
    )


def named(offenders: Iterable[Offender]) -> dict[str, Any]:
    """Return the first offenders and the number of all, as arguments of :class:`Found`."""
    every = list(offenders)
    return {"offenders": every[:MAX_OFFENDERS], "offending": len(every)}
