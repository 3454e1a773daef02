"""The verdicts of the checks in words: a summary sentence, and groups in the order of severity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benchsmith.core.verdicts import FAIL, INFO, NOT_RUN, PASS, WARN, Audit, Verdict

UNDECIDED = "TOO SMALL"
"""What a warning is called that only says that the benchmark is too small to tell."""


class Group(NamedTuple):
    """Verdicts of one kind."""

    name: str
    title: str
    says: str
    """What the kind means."""
    verdicts: Sequence[Verdict]
    open: bool
    """Whether a reader must see each verdict at once."""

    @property
    def style(self) -> str:
        """Name of the kind as a class of a style sheet."""
        return {UNDECIDED: "undecided"}.get(self.name, self.name.lower().replace(" ", "-"))


def groups(audit: Audit) -> list[Group]:
    """Return the kinds of verdicts that occur, the most severe first."""
    kinds = [
        (FAIL, "Fails", "The figure is beyond the threshold, with its whole 95 % interval.", True),
        (WARN, "Warnings", "Something was found that the author should know or decide.", True),
        (UNDECIDED, "Too small to tell", "The 95 % interval contains the threshold. More patients would decide.", False),
        (NOT_RUN, "Not run", "What the check needs is not there. It is named here.", True),
        (INFO, "Figures", "Reported without a threshold.", False),
        (PASS, "Passed", "The figure is within the threshold, with its whole 95 % interval.", False),
    ]  # fmt: skip
    found: dict[str, list[Verdict]] = {}
    for verdict in audit.by_severity():
        found.setdefault(kind_of(verdict), []).append(verdict)
    return [
        Group(kind, title, says, found[kind], open_)
        for kind, title, says, open_ in kinds
        if kind in found
    ]


def kind_of(verdict: Verdict) -> str:
    """Return a verdict's outcome; `UNDECIDED` for a warning with too little data."""
    return UNDECIDED if verdict.outcome == WARN and verdict.undecided else verdict.outcome


class Judgement(NamedTuple):
    """A summary of all verdicts."""

    style: str
    """``fail``, ``warn``, ``not-run`` or ``pass``."""
    head: str
    """A sentence."""
    more: str
    """Further sentences; empty if there are none."""


def judgement(audit: Audit) -> Judgement:
    """Return the checks that fail, warn (and where), have too little data, or were not run."""
    if not audit.verdicts:
        return Judgement("not-run", "No check was run.", "")
    found = {group.name: group.verdicts for group in groups(audit)}
    more = []
    if failed := found.get(FAIL):
        stops = ", which stops publication" if any(v.stops for v in failed) else ""
        head = f"{_checks(failed)} {_verb(failed, 'fails', 'fail')}{stops}: {_names(failed)}."
    else:
        head = "No check fails."
    if warned := found.get(WARN):
        more.append(
            f"{_checks(warned)} {_verb(warned, 'warns', 'warn')}, about {_families(warned)}."
        )
    if undecided := found.get(UNDECIDED):
        more.append(f"For {_checks(undecided)} the benchmark is too small to tell.")
    if not_run := found.get(NOT_RUN):
        more.append(f"{_checks(not_run)} {_verb(not_run, 'was', 'were')} not run.")
    style = (
        "fail" if failed else "warn" if warned else "not-run" if not_run or undecided else "pass"
    )
    return Judgement(style, head, " ".join(more))


def _checks(some: Sequence[Verdict]) -> str:
    return "1 check" if len(some) == 1 else f"{len(some)} checks"


def _verb(some: Sequence[Verdict], one: str, several: str) -> str:
    return one if len(some) == 1 else several


def _names(some: Sequence[Verdict]) -> str:
    return ", ".join(v.check for v in some)


def _families(some: Sequence[Verdict]) -> str:
    """Return the families of checks as a list in words, in the order of the checks."""
    names = list(dict.fromkeys(v.family for v in sorted(some, key=lambda v: v.section)))
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
