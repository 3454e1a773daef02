"""Run the checks on an exam, put signatures to failures, and say what stops publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module

from benchsmith.audits.contract import Check
from benchsmith.audits.exam import Exam
from benchsmith.audits.registry import CHECKS
from benchsmith.core.verdicts import FAIL, MAX_OFFENDERS, WARN, Audit, Found, Part, Verdict, tidy
from benchsmith.documents.benchmark import Marks
from benchsmith.documents.excerpt import synonyms
from benchsmith.documents.key_context import KeyContext
from benchsmith.tables.facts import Facts

SYNONYMS = ("option-in-question",)
"""The checks that read synonyms; to others a label has the one name that is shown."""
REVISION = 2
"""Changes when a check's verdict changes."""


def inputs(context: KeyContext) -> Facts:
    """Return the facts that the verdicts depend on."""
    return {
        **context.program(REVISION),
        **context.rendered_exam(),
        **synonyms(context.lexicon),
    }


def load(name: str) -> Check:
    """Return a check by its name. Raises KeyError."""
    module, function = CHECKS[name].split(":")
    found = getattr(import_module(module), function)
    assert isinstance(found, Check)
    return found


def audit(exam: Exam, marks: Marks, names: Iterable[str] = tuple(CHECKS)) -> Audit:
    """Run checks, all of them by default, and return their verdicts."""
    bare = exam.without_synonyms()
    return Audit(tuple(_verdict(n, load(n), exam if n in SYNONYMS else bare, marks) for n in names))


def _verdict(name: str, check: Check, exam: Exam, marks: Marks) -> Verdict:
    found = _signed(name, check(exam, marks), marks)
    return Verdict(
        check=name, section=check.section, family=check.family, asks=check.asks,
        formula=check.formula, remedy=check.remedy, hard=check.hard,
        outcome=found[0].outcome, says=found[0].says, value=tidy(found[0].value),
        low=tidy(found[0].low), high=tidy(found[0].high), n=found[0].n, mark=tidy(found[0].mark),
        unit=found[0].unit, parts=tuple(_tidied(p) for p in found[0].parts),
        offenders=tuple(found[0].offenders[:MAX_OFFENDERS]), offending=found[0].offending,
        waived_by=found[1],
    )  # fmt: skip


def _signed(name: str, found: Found, marks: Marks) -> tuple[Found, str]:
    """Turn a failure that somebody has signed for into a warning, and return who."""
    waiver = next((w for w in marks.waive if w.check == name), None)
    if waiver is None or found.outcome != FAIL:
        return found, ""
    says = f"fails, borne by {waiver.who}: {waiver.why} ({found.says})"
    return replace(found, outcome=WARN, says=says), waiver.who


def _tidied(part: Part) -> Part:
    return replace(part, value=tidy(part.value), low=tidy(part.low), high=tidy(part.high))


def reasons(found: Audit) -> list[str]:
    """Say in plain words why nothing may be published, and what to do; empty if it may."""
    lines = []
    for v in found.stops():
        lines.append(f"{v.check}: {v.asks} No: {v.says}")
        lines += [f"  {o.id}: {o.why}" for o in v.offenders[:3]]
        if v.offending > 3:
            lines.append(f"  ... and {v.offending - 3} more in audit.json")
        lines.append(f"  what to do: {v.remedy}")
    if lines:
        lines.append(
            "a failure that is known and borne can be signed for in the benchmark file: "
            f"`audit: {{waive: [{{check: {found.stops()[0].check}, who: ..., why: ...}}]}}`"
        )
    return lines
