"""Pictures of the questions that a check objects to: a failure is easier to see than to read."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.chance import order, public_id
from benchsmith.core.verdicts import FAIL, WARN, Audit, Offender
from benchsmith.exporters.thumbnail import thumbnail
from benchsmith.release.columns import LETTERS
from benchsmith.release.model import Release

EACH = 4
"""Examples of a check."""
SIDE = 180
"""Pixels on the longer side of one."""
NAMED_BY = ("label", "source", "pool", "target", "task", "modality")
"""What else than a case an offender may be; then one of its questions is shown."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question that a check objects to, or one of what it objects to."""

    id: str
    picture: str
    question: str
    answer: str
    why: str


def examples(release: Release, audit: Audit) -> dict[str, list[Example]]:
    """Return examples for each check that failed or warns, by its name; none where it names nobody."""
    place = _Finder(release)
    found = {}
    for verdict in audit.verdicts:
        if verdict.outcome in (FAIL, WARN) and verdict.offenders:
            shown = dict.fromkeys(
                (question, offender)
                for offender in verdict.offenders
                if (question := place.of(offender))
            )
            once: dict[str, Offender] = {}
            for question, offender in shown:
                once.setdefault(question, offender)
            found[verdict.check] = [_example(release, q, o) for q, o in list(once.items())[:EACH]]
    return {check: some for check, some in found.items() if some}


class _Finder:
    """Finds the question that an offender is, or one that it concerns."""

    def __init__(self, release: Release) -> None:
        seed = release.benchmark.seed
        asked = order(release.asked(), seed, "example", name=lambda q: q.id)
        self._places = {public_id(seed, q.id): q.id for q in asked}
        for question in asked:
            for column in NAMED_BY:
                self._places.setdefault(str(getattr(question, column)), question.id)
            stratum = f"{question.task}, {question.modality}, {question.view}"
            self._places.setdefault(stratum, question.id)

    def of(self, offender: Offender) -> str | None:
        return self._places.get(offender.id)


def _example(release: Release, question: str, offender: Offender) -> Example:
    item = release.item(question)
    asked = item.question
    answer = "; ".join(f"{LETTERS[i]}. {asked.options[i]}" for i in asked.answers)
    about = "" if offender.id == item.case.id else f"{offender.id}: "
    return Example(
        item.case.id, thumbnail(item.case.png, SIDE), asked.question, answer, about + offender.why
    )
