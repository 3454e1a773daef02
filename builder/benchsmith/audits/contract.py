"""The interface of a check: a function from an audit table and thresholds to a finding.

A figure is judged by its 95 % interval. It fails if the whole interval is beyond the threshold,
passes if the whole interval is within it, and is a warning ("too few to tell") otherwise. So noise
does not fail a small benchmark, and a lack of data does not pass it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchsmith.audits.audit_table import AuditTable
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
    "H": "counterfactual pairs",
    "M": "models",
    "P": "power and chance",
    "S": "skills",
}
COLUMN_TITLES = {
    "area_px": "region area",
    "box": "region box",
    "department": "department",
    "file_bytes": "file size",
    "group": "leak group",
    "height": "picture height",
    "kind": "annotation kind",
    "laterality": "side that the source states",
    "level": "values inside the regions",
    "mark": "mark colour on grey pictures",
    "measures": "measurements of published pictures",
    "neighbours": "other labels in the picture",
    "patient": "patient",
    "phash": "perceptual hash",
    "picture": "picture digest",
    "plane": "size of the source plane",
    "sample": "source image",
    "thickness": "mark thickness on grey pictures",
    "text": "text in the pictures (it is read with `audit.burned_in_text: search` in the benchmark, "
    "after `pip install 'benchsmith[ocr]'`)",
    "width": "picture width",
}
"""Titles of the columns that a check may need."""
Run = Callable[[AuditTable, Marks], Found]


@dataclass(frozen=True, slots=True)
class Check:
    """A check with its documentation."""

    section: str
    """Letter of the family and number, such as ``C1``."""
    asks: str
    """The question that the check answers."""
    formula: str
    """What is computed, and the threshold it is compared with."""
    remedy: str
    """What to do after a failure."""
    hard: bool
    """Whether a failure stops publication."""
    needs: tuple[str, ...]
    """Columns of the table that the check requires."""
    least: int
    """Smallest number of questions that the check can judge."""
    only_warns: bool
    """Whether a failure is reported as a warning."""
    every: bool
    """Whether the check also judges questions whose key is withheld or impossible."""
    paired: bool
    """Whether the check is about counterfactual pairs; it is not run where there are none."""
    skilled: bool
    """Whether the check is about questions of other skills than recognition; it is not run without."""
    altered: bool
    """Whether the check also judges questions about altered pictures."""
    labels: bool
    """Whether the check is about options that are labels, so that it judges only questions of recognition."""
    run: Run

    @property
    def family(self) -> str:
        """Name of the check's family."""
        return FAMILIES[self.section[0]]

    def __call__(self, table: AuditTable, marks: Marks) -> Found:
        """Judge a table; the outcome is ``NOT RUN`` if it is too small or lacks a column."""
        if not self.every:
            table = table.answered()
        if not self.altered:
            table = table.unaltered()
        if self.labels:
            table = table.of_recognition()
        if len(table) < max(self.least, 1):
            return not_run(f"needs {max(self.least, 1)} questions and has {len(table)}", len(table))
        gone = [name for name in self.needs if not table.has(name)]
        if gone:
            return not_run(f"unknown here: {', '.join(COLUMN_TITLES[name] for name in gone)}")
        found = self.run(table, marks)
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
    every: bool = False,
    paired: bool = False,
    skilled: bool = False,
    altered: bool = True,
    labels: bool = False,
) -> Callable[[Run], Check]:
    """Turn a function into a check; the arguments are those of :class:`Check`.

    `only_warns` is for properties that the author of a benchmark may choose.
    """

    def make(run: Run) -> Check:
        return Check(
            section, asks, formula, remedy, hard, tuple(needs), least, only_warns, every,
            paired, skilled, altered, labels, run,
        )  # fmt: skip

    return make


def not_run(why: str, n: int = 0) -> Found:
    """Return the outcome ``NOT RUN`` with its reason."""
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
    """Judge a figure that should not exceed `mark`.

    `what` names the figure and `over` the sample in the message; `more` are fields of
    :class:`~benchsmith.core.verdicts.Found`.
    """
    limit = shown(mark, unit)
    if found.low > mark:
        outcome, says = FAIL, f"{what}clearly above {limit}"
    elif found.high <= mark:
        outcome, says = PASS, f"{what}clearly not above {limit}"
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
    """Judge an excess that should be no further from zero than `margin`; see :func:`at_most`."""
    limit = shown(margin, unit)
    if found.low > margin or found.high < -margin:
        outcome, says = FAIL, f"{what}clearly more than {limit} off"
    elif -margin <= found.low and found.high <= margin:
        outcome, says = PASS, f"{what}clearly within {limit}"
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
        n=n, mark=mark, unit=unit, undecided=outcome == WARN, **more,
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
    """Judge a count that must be zero; the count is exact, so there is no interval."""
    every = named(offenders)
    if n == 0:
        return not_run(f"there are no applicable {of}")
    count = every["offending"]
    says = f"{what}: {count} of {n} {of}" if count else f"{what}: none of {n} {of}"
    return Found(
        outcome=outcome if count else PASS, says=says, value=float(count), n=n, mark=0.0,
        parts=parts, **every,
    )  # fmt: skip


def interval_part(name: str, figure: Interval, n: int) -> Part:
    """Return a part of a finding: the figure of a group or variant, with its interval."""
    return Part(name=name, value=figure.value, low=figure.low, high=figure.high, n=n)


def informational(says: str, n: int, **more: Any) -> Found:
    """Return a figure that is reported and not judged."""
    return Found(outcome=INFO, says=says, n=n, **more)
