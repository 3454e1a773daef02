"""Run the checks on an audit table, apply waivers, and list what stops publication."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from importlib import import_module

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import Check
from benchsmith.audits.registry import CHECKS
from benchsmith.core.verdicts import FAIL, MAX_OFFENDERS, WARN, Audit, Found, Part, Verdict, tidy
from benchsmith.documents.benchmark import Marks

SYNONYMS = ("option-in-question",)
"""The checks that read synonyms; the others see only the option texts."""
PRINTED_OFFENDERS = 3


def load(name: str) -> Check:
    """Return a check by its name. Raises KeyError for an unknown name."""
    module, function = CHECKS[name].split(":")
    found = getattr(import_module(module), function)
    assert isinstance(found, Check)
    return found


def audit(table: AuditTable, marks: Marks, names: Iterable[str] = tuple(CHECKS)) -> Audit:
    """Run the named checks, by default all, and return their verdicts in that order.

    Checks of counterfactual pairs are left out for a table without pairs, and checks of skills for
    a table with only recognition.
    """
    bare = table.without_synonyms()
    checks = {name: load(name) for name in names}
    checks = {
        n: c
        for n, c in checks.items()
        if (table.paired or not c.paired) and (table.skilled or not c.skilled)
    }
    found = {n: c(table if n in SYNONYMS else bare, marks) for n, c in checks.items()}
    return Audit(
        tuple(_verdict(n, checks[n], one, marks) for n, one in found.items()),
        tuple((n, case) for n, one in found.items() for case in sorted(one.suspects)),
    )


def _verdict(name: str, check: Check, judged: Found, marks: Marks) -> Verdict:
    found = _waived(name, judged, marks)
    return Verdict(
        check=name, section=check.section, family=check.family, asks=check.asks,
        formula=check.formula, remedy=check.remedy, hard=check.hard,
        outcome=found[0].outcome, says=found[0].says, value=tidy(found[0].value),
        low=tidy(found[0].low), high=tidy(found[0].high), n=found[0].n, mark=tidy(found[0].mark),
        unit=found[0].unit, parts=tuple(_tidied(p) for p in found[0].parts),
        offenders=tuple(found[0].offenders[:MAX_OFFENDERS]), offending=found[0].offending,
        waived_by=found[1], undecided=found[0].undecided,
    )  # fmt: skip


def _waived(name: str, found: Found, marks: Marks) -> tuple[Found, str]:
    """Turn a waived failure into a warning; return it with the name of the person who signed."""
    waiver = next((w for w in marks.waive if w.check == name), None)
    if waiver is None or found.outcome != FAIL:
        return found, ""
    says = f"fails, waived by {waiver.who}: {waiver.why} ({found.says})"
    return replace(found, outcome=WARN, says=says), waiver.who


def _tidied(part: Part) -> Part:
    return replace(part, value=tidy(part.value), low=tidy(part.low), high=tidy(part.high))


def reasons(found: Audit) -> list[str]:
    """Return lines that explain what stops publication and what to do; empty if nothing does."""
    lines = []
    for v in found.stops():
        lines.append(f"{v.check}: {v.asks} {v.says}")
        lines += [f"  {o.id}: {o.why}" for o in v.offenders[:PRINTED_OFFENDERS]]
        if v.offending > PRINTED_OFFENDERS:
            lines.append(f"  ... and {v.offending - PRINTED_OFFENDERS} more in audit.json")
        lines.append(f"  what to do: {v.remedy}")
    if lines:
        lines.append(
            "a known, accepted failure can be waived in the benchmark file: "
            f"`audit: {{waive: [{{check: {found.stops()[0].check}, who: ..., why: ...}}]}}`"
        )
    return lines
