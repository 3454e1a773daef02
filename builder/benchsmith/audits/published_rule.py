"""The published rule beside ours: what it would have given away on the very same choices."""

from __future__ import annotations

from benchsmith.audits.contract import check, not_run, told
from benchsmith.audits.exam import Exam
from benchsmith.audits.prior_guessers import FEWEST, best, part_of, priors, rate
from benchsmith.audits.text_guessers import LEAST, ways
from benchsmith.core.verdicts import Found, Part, shown
from benchsmith.documents.benchmark import Marks


@check(
    "C1",
    asks="And what would the published rule have given away?",
    formula="the best of the same guessers, on the same choices with wrong options drawn uniformly, as "
    "GMAI-MMBench's rule does; beside it the model that learns from words, and both on the questions as "
    "they are; figures to compare, not judged",
    remedy="Nothing to do: it shows what drawing in proportion to the answers' counts is worth.",
)
def published_rule(exam: Exam, marks: Marks) -> Found:
    """The same attacks where options are drawn uniformly."""
    if exam.published is None:
        return not_run("the choices are not at hand, so nothing can be drawn again")
    other = exam.published
    known, asked = other.split("val"), other.split("test")
    if known.sum() < FEWEST or asked.sum() < FEWEST:
        return not_run(f"needs {FEWEST} questions in val and in test", int(asked.sum()))
    most, every = best(other, asked, priors(other, known))
    found = rate(other, most.hits, asked)
    chance = float(other.chance[asked].mean())
    beside = [*_beside(exam, "as drawn here"), *_beside(other, "by the published rule")]
    return told(
        f"the published rule would give a guesser {shown(found.value, '%')} where chance is "
        f"{shown(chance, '%')}",
        int(asked.sum()), value=found.value, low=found.low, high=found.high, unit="%",
        parts=[*beside, *(part_of(other, g, asked) for g in every)],
    )  # fmt: skip


def _beside(exam: Exam, whose: str) -> list[Part]:
    """Return chance, the best guesser and the model that learns from words, for one way to draw."""
    known, asked = exam.split("val"), exam.split("test")
    n = int(asked.sum())
    if not n:
        return []
    found = [Part(name=f"chance, {whose}", value=float(exam.chance[asked].mean()), n=n)]
    if known.sum() >= FEWEST:
        part = part_of(exam, best(exam, asked, priors(exam, known))[0], asked)
        found.append(_named(part, f"best guesser, {whose}"))
    if len(exam) >= LEAST:
        for way in ways(exam):
            part = part_of(exam, way.guess, way.which)
            found.append(_named(part, f"text model, {way.guess.name}, {whose}"))
    return found


def _named(part: Part, name: str) -> Part:
    return Part(name=name, value=part.value, low=part.low, high=part.high, n=part.n)
