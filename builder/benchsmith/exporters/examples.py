"""Example pictures of the questions that failed a check, for the report."""

from __future__ import annotations

from dataclasses import dataclass

from benchsmith.core.random_order import order
from benchsmith.core.verdicts import FAIL, WARN, Audit, Offender
from benchsmith.exporters.thumbnail import thumbnail
from benchsmith.release import public_ids
from benchsmith.release.columns import LETTERS
from benchsmith.release.model import Release

EXAMPLES_PER_CHECK = 4
THUMBNAIL_SIDE_PX = 180
"""Pixels on the longer side."""
OFFENDER_COLUMNS = ("label", "source", "pool", "task", "modality")
"""Columns that an offender may be a value of, instead of the public id of a case or a target."""


@dataclass(frozen=True, slots=True)
class Example:
    """A question that is an offender, or belongs to one."""

    id: str
    """The case's public id."""
    picture: str
    """A data URL."""
    question: str
    answer: str
    why: str


def examples(release: Release, audit: Audit) -> dict[str, list[Example]]:
    """Return examples by check, for checks that failed or warn and list offenders."""
    finder = _Finder(release)
    found = {}
    for verdict in audit.verdicts:
        if verdict.outcome in (FAIL, WARN) and verdict.offenders:
            shown = dict.fromkeys(
                (question, offender)
                for offender in verdict.offenders
                if (question := finder.of(offender))
            )
            once: dict[str, Offender] = {}
            for question, offender in shown:
                once.setdefault(question, offender)
            found[verdict.check] = [
                _example(release, q, o) for q, o in list(once.items())[:EXAMPLES_PER_CHECK]
            ]
    return {check: some for check, some in found.items() if some}


class _Finder:
    """Finds a question for an offender: the case itself, or one with the named value."""

    def __init__(self, release: Release) -> None:
        seed = release.benchmark.seed
        asked = order(release.asked(), seed, "example", name=lambda q: release.published(q.id))
        self._questions = {release.published(q.id): q.id for q in asked}
        for question in asked:
            target = public_ids.of_target(seed, release.choices[question.target])
            self._questions.setdefault(target, question.id)
        for question in asked:
            for column in OFFENDER_COLUMNS:
                self._questions.setdefault(str(getattr(question, column)), question.id)
            stratum = f"{question.task}, {question.modality}, {question.view}"
            self._questions.setdefault(stratum, question.id)

    def of(self, offender: Offender) -> str | None:
        return self._questions.get(offender.id)


def _example(release: Release, question: str, offender: Offender) -> Example:
    item = release.item(question)
    asked = item.question
    answer = "; ".join(f"{LETTERS[i]}. {asked.options[i]}" for i in asked.answers)
    about = "" if offender.id == item.case.id else f"{offender.id}: "
    return Example(
        item.case.id,
        thumbnail(item.case.png, THUMBNAIL_SIDE_PX),
        asked.question,
        answer,
        about + offender.why,
    )
