"""What a check is: a function from an exam and the pass marks to what it found.

Marks are judged by the interval. A figure fails where even the friendly end of its 95 % interval is
beyond the mark, passes where even the unfriendly end is within, and is a warning, "cannot tell with
so many items", in between: so a small benchmark is neither failed by noise nor passed by silence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchsmith.audits.exam import Exam
from benchsmith.core.verdicts import (
    FAIL,
    INFO,
    NOT_RUN,
    PASS,
    WARN,
    Found,
    Offender,
    Part,
    named,
    shown,
)
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.intervals import Interval

FAMILIES = {
    "A": "form",
    "B": "positions and counts",
    "C": "options",
    "D": "truth",
    "E": "picture and overlay",
    "F": "balance",
    "G": "split",
    "M": "models",
    "P": "power and chance",
}
SAYS = {
    "area_px": "how large a region is",
    "box": "where a region is",
    "file_bytes": "how large a file is",
    "group": "what belongs together",
    "height": "how high a picture is",
    "kind": "what a label is said of",
    "mark": "what colour a mark on a grey picture has",
    "neighbours": "what else a picture shows",
    "patient": "whose pictures these are",
    "phash": "what a picture looks like",
    "picture": "which pictures are the same",
    "plane": "how large a plane was in its source",
    "sample": "which image a picture is of",
    "width": "how wide a picture is",
}
"""What the columns are that a check may need, in words."""
Run = Callable[[Exam, Marks], Found]


@dataclass(frozen=True, slots=True)
class Check:
    """A check and what a reader must know of it."""

    section: str
    asks: str
    formula: str
    remedy: str
    hard: bool
    needs: tuple[str, ...]
    """Columns of the exam without which nothing can be said."""
    least: int
    """Items that it needs."""
    only_warns: bool
    run: Run

    @property
    def family(self) -> str:
        """Name the family that it belongs to."""
        return FAMILIES[self.section[0]]

    def __call__(self, exam: Exam, marks: Marks) -> Found:
        """Look at an exam; what cannot be looked at is said to be not run."""
        if len(exam) < max(self.least, 1):
            return not_run(f"needs {max(self.least, 1)} questions and has {len(exam)}", len(exam))
        gone = [name for name in self.needs if not exam.has(name)]
        if gone:
            return not_run(f"it is not known here {' or '.join(SAYS[name] for name in gone)}")
        found = self.run(exam, marks)
        if self.only_warns and found.outcome == FAIL:
            return replace(found, outcome=WARN)
        return found


def check(
    section: str,
    *,
    asks: str,
    formula: str,
    remedy: str,
    hard: bool = False,
    needs: Sequence[str] = (),
    least: int = 1,
    only_warns: bool = False,
) -> Callable[[Run], Check]:
    """Make a check of a function; `only_warns` is for what is a matter of the author's choice."""

    def make(run: Run) -> Check:
        return Check(section, asks, formula, remedy, hard, tuple(needs), least, only_warns, run)

    return make


def not_run(why: str, n: int = 0) -> Found:
    """Return that nothing was looked at, and why."""
    return Found(outcome=NOT_RUN, says=why, n=n)


def at_most(
    found: Interval,
    mark: float,
    n: int,
    *,
    unit: str = "%",
    what: str = "",
    over: str = "",
    **more: Any,
) -> Found:
    """Judge a figure that should not be larger than a mark."""
    limit = shown(mark, unit)
    if found.low > mark:
        outcome, says = FAIL, f"{what}surely above {limit}"
    elif found.high <= mark:
        outcome, says = PASS, f"{what}surely not above {limit}"
    else:
        outcome = WARN
        side = "within" if found.value <= mark else "above"
        says = f"{what}{side} {limit}, but {over or f'{n} questions'} are too few to tell"
    return _found(outcome, says, found, n, mark, unit, more)


def within(
    found: Interval,
    margin: float,
    n: int,
    *,
    unit: str = "%",
    what: str = "",
    over: str = "",
    **more: Any,
) -> Found:
    """Judge an excess that should not be further from zero than a margin."""
    limit = shown(margin, unit)
    if found.low > margin or found.high < -margin:
        outcome, says = FAIL, f"{what}surely more than {limit} off"
    elif -margin <= found.low and found.high <= margin:
        outcome, says = PASS, f"{what}surely within {limit}"
    else:
        outcome = WARN
        side = "within" if abs(found.value) <= margin else "beyond"
        says = f"{what}{side} {limit}, but {over or f'{n} questions'} are too few to tell"
    return _found(outcome, says, found, n, margin, unit, more)


def _found(
    outcome: str, says: str, found: Interval, n: int, mark: float, unit: str, more: dict[str, Any]
) -> Found:
    return Found(
        outcome=outcome, says=says, value=found.value, low=found.low, high=found.high,
        n=n, mark=mark, unit=unit, **more,
    )  # fmt: skip


def none_of(
    offenders: Iterable[Offender],
    n: int,
    what: str,
    *,
    outcome: str = FAIL,
    parts: Sequence[Part] = (),
    of: str = "questions",
) -> Found:
    """Judge a count that must be zero; it is exact, so there is no interval."""
    every = named(offenders)
    if n == 0:
        return not_run(f"there are no {of} that it concerns")
    count = every["offending"]
    says = f"{what}: {count} of {n} {of}" if count else f"{what}: none of {n} {of}"
    return Found(
        outcome=outcome if count else PASS, says=says, value=float(count), n=n, mark=0.0,
        parts=parts, **every,
    )  # fmt: skip


def told(says: str, n: int, **more: Any) -> Found:
    """Return a figure that is not judged."""
    return Found(outcome=INFO, says=says, n=n, **more)
