"""The published option rule applied to the same choices, for comparison."""

from __future__ import annotations

from dataclasses import replace

from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, informational, not_run
from benchsmith.audits.prior_guessers import MIN_VAL, best, part_of, priors, rate
from benchsmith.audits.text_guessers import MIN_QUESTIONS, evaluations
from benchsmith.core.verdicts import INFO, Audit, Found, Part, Verdict, shown
from benchsmith.documents.benchmark import Marks

NAME = "published-rule"
"""The check's name in the registry."""
HERE = "as drawn here"
"""How the names of the figures of the questions as built end."""


@check(
    "C1",
    asks="What accuracy would these guessers reach under the published rule?",
    formula="the best of the same guessers, on the same choices with wrong options drawn uniformly, as "
    "in GMAI-MMBench's rule; also the text model, and both on the questions as "
    "built; figures for comparison, not judged",
    remedy="Nothing to do: it shows the benefit of drawing options in proportion to answer frequencies.",
    altered=False,
)
def published_rule(table: AuditTable, marks: Marks) -> Found:
    """The same guessers on uniformly drawn options."""
    if table.published_verdict is not None:
        return _as_before(table, table.published_verdict)
    if table.published is None:
        return not_run("the choices are missing, so options cannot be drawn again")
    other = table.published
    known, asked = other.in_split("val"), other.in_split("test")
    if known.sum() < MIN_VAL or asked.sum() < MIN_VAL:
        return not_run(f"needs {MIN_VAL} questions in val and in test", int(asked.sum()))
    most, every = best(other, asked, priors(other, known))
    found = rate(other, most.hits, asked)
    chance = float(other.chance[asked].mean())
    compared = [*_figures(table, HERE), *_figures(other, "by the published rule")]
    return informational(
        f"the published rule would give a guesser {shown(found.value, '%')} where chance is "
        f"{shown(chance, '%')}",
        int(asked.sum()), value=found.value, low=found.low, high=found.high, unit="%",
        parts=[*compared, *(part_of(other, g, asked) for g in every)],
    )  # fmt: skip


def published_in(found: Audit) -> Verdict | None:
    """Return the verdict of this check among those of an audit; None if it is not among them."""
    return next((v for v in found.verdicts if v.check == NAME), None)


def _as_before(table: AuditTable, before: Verdict) -> Found:
    """Return an earlier finding about the same choices, with the figures of these questions.

    How the published rule draws depends on all choices of a build, whichever questions of it are judged.
    """
    if before.outcome != INFO:
        return not_run(before.says, before.n)
    of_rule = [part for part in before.parts if not part.name.endswith(f", {HERE}")]
    return informational(
        before.says, before.n, value=before.value, low=before.low, high=before.high, unit=before.unit,
        parts=[*_figures(table, HERE), *of_rule],
    )  # fmt: skip


def _figures(table: AuditTable, rule: str) -> list[Part]:
    """Return chance, the best guesser and the text model, for options drawn by one rule."""
    known, asked = table.in_split("val"), table.in_split("test")
    n = int(asked.sum())
    if not n:
        return []
    found = [Part(name=f"chance, {rule}", value=float(table.chance[asked].mean()), n=n)]
    if known.sum() >= MIN_VAL:
        part = part_of(table, best(table, asked, priors(table, known))[0], asked)
        found.append(replace(part, name=f"best guesser, {rule}"))
    if len(table) >= MIN_QUESTIONS:
        for guess, which in evaluations(table):
            part = part_of(table, guess, which)
            found.append(replace(part, name=f"text model, {guess.name}, {rule}"))
    return found
