"""Guessers who never see a picture: what knowing val, or other questions, is worth to them.

A guesser scores every option of a question by what was counted elsewhere and takes the best; equal
ones are taken equally often. Chance is the share of right options.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from benchsmith.audits.contract import at_most, check, not_run
from benchsmith.audits.exam import Exam, Mask
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.intervals import Interval, normal_quantile, wilson

STRATA = ("task", "modality", "view")
STRATUM = 50
"""Questions of test that a stratum needs to be judged alone."""
FEWEST = 30
"""Questions of val that there is something to learn from."""


class Guess(NamedTuple):
    """One way to guess, and each question's expected hit."""

    name: str
    hits: Floats


def priors(exam: Exam, known: Mask) -> Iterator[Guess]:
    """Yield what guessers reach who have counted the questions in `known`.

    Counted are, for each label, how often it was right (a) and wrong (d) when offered: within task,
    modality and granularity, or within task and modality. The guessers go by (a + 1/2) / (a + d + 2),
    by a, by fewest a + d, by the reverse of each, and by how often each option was right where the
    very same options were offered.
    """
    for where, columns in (("stratum", STRATA), ("task and modality", STRATA[:2])):
        right, wrong = tally(exam, known, exam.codes(*columns)[0])
        for name, score in (
            ("right when offered", when_offered(right, wrong)),
            ("often right", right),
            ("rarely offered", -(right + wrong)),
        ):
            yield Guess(f"{name}, by {where}", exam.hits(score))
            yield Guess(f"not {name}, by {where}", exam.hits(-score))
    score = when_offered(*tally(exam, known, _sets(exam)[0]))
    yield Guess("right among the same options", exam.hits(score))


def tally(exam: Exam, known: Mask, context: Ints | None = None) -> tuple[Floats, Floats]:
    """Count, for each option, how often its label was right and wrong in the questions of `known`.

    With a `context`, a number for each question, only in questions of the same number.
    """
    labels, names = exam.option
    if context is not None:
        labels = context[exam.item] * len(names) + labels
    return _counted(labels, known[exam.item], exam.key)


def when_offered(right: Floats, wrong: Floats) -> Floats:
    """Return how probable it is that a label is right when it is offered."""
    share: Floats = (right + 0.5) / (right + wrong + 2)
    return share


def _counted(context: Ints, learned: Mask, key: Mask) -> tuple[Floats, Floats]:
    """Count, for each option, how often its context was right and wrong in what was learned."""
    _, place = np.unique(context, return_inverse=True)
    right = np.bincount(place, weights=(learned & key).astype(float))[place]
    wrong = np.bincount(place, weights=(learned & ~key).astype(float))[place]
    return right.astype(np.float64), wrong.astype(np.float64)


def _sets(exam: Exam) -> tuple[Ints, int]:
    """Return a number for each question's set of options."""
    seen: dict[tuple[str, ...], int] = {}
    found = [seen.setdefault(tuple(sorted(row.labels)), len(seen)) for row in exam.rows]
    return np.array(found, np.int64), len(seen)


def best(exam: Exam, which: Mask, guesses: Iterator[Guess]) -> tuple[Guess, list[Guess]]:
    """Return the guesser with most hits among some questions, and all of them."""
    every = list(guesses)
    return max(every, key=lambda g: float(g.hits[which].sum())), every


def rate(exam: Exam, hits: Floats, which: Mask) -> Interval:
    """Return the share of hits among some questions, its interval over clusters."""
    return exam.clusters.interval(hits * which, which.astype(float))


@check(
    "C1",
    asks="What does a guesser reach who has counted the answers of val?",
    formula="best accuracy on test of 13 guessers who never see a picture (right when offered, often "
    "right, rarely offered, the reverse of each, by stratum or by task and modality; right among the "
    "same options); interval over patients; mark prior_lift x chance + prior_points",
    remedy="Use `options.draw: matched` and cap frequent labels; look at the labels that are named.",
    hard=True,
)
def prior_attack(exam: Exam, marks: Marks) -> Found:
    """Counting val must not pay on test."""
    known, asked = exam.split("val"), exam.split("test")
    if known.sum() < FEWEST or asked.sum() < FEWEST:
        return not_run(
            f"needs {FEWEST} questions in val and in test; there are {known.sum()} and {asked.sum()}",
            int(asked.sum()),
        )
    most, every = best(exam, asked, priors(exam, known))
    chance, n = float(exam.chance[asked].mean()), int(asked.sum())
    found = rate(exam, most.hits, asked)
    parts = [part_of(exam, g, asked) for g in every]
    mark = marks.prior_lift * chance + marks.prior_points / 100
    what = f"{most.name}: {shown(found.value, '%')} where chance is {shown(chance, '%')}; "
    return at_most(
        found,
        mark,
        n,
        what=what,
        parts=parts,
        over=exam.over(asked),
        **named(gained(exam, most, asked)),
    )


def part_of(exam: Exam, guess: Guess, which: Mask) -> Part:
    """Return what a guesser reaches among some questions."""
    found = rate(exam, guess.hits, which)
    return Part(
        name=guess.name, value=found.value, low=found.low, high=found.high, n=int(which.sum())
    )


def gained(exam: Exam, guess: Guess, which: Mask) -> list[Offender]:
    """Return the answers at which a guesser gains most, as long as that is something."""
    of, names = exam.codes("label")
    gain = np.bincount(of, weights=(guess.hits - exam.chance) * which, minlength=len(names))
    count = np.bincount(of, weights=which.astype(float), minlength=len(names))
    return [
        Offender(names[i], f"guessed {gain[i]:.1f} times more than by chance in {count[i]:.0f}")
        for i in np.argsort(-gain, kind="stable")
        if gain[i] >= 1
    ]


@check(
    "C1",
    asks="And in each task, modality and granularity?",
    formula="the same guessers in every stratum with at least 50 questions of test; Wilson's interval "
    "over targets, corrected for the number of strata and guessers; mark stratum_lift x chance + stratum_points",
    remedy="Look at the stratum's pool: it is too small, or its labels are too unequal in number.",
    hard=True,
)
def prior_attack_strata(exam: Exam, marks: Marks) -> Found:
    """Counting val must not pay anywhere."""
    known, asked = exam.split("val"), exam.split("test")
    strata, names = exam.stratum
    sizes = np.bincount(strata, weights=asked.astype(float), minlength=len(names))
    large = np.flatnonzero(sizes >= STRATUM)
    if known.sum() < FEWEST or not len(large):
        return not_run(
            f"needs {FEWEST} questions in val and a stratum with {STRATUM} in test",
            int(asked.sum()),
        )
    guesses = list(priors(exam, known))
    z = normal_quantile(0.025 / (len(large) * len(guesses)))
    parts, bad, open_, worst = [], [], 0, None
    for stratum in large:
        here = asked & (strata == stratum)
        chance, n = float(exam.chance[here].mean()), int(here.sum())
        mark = min(1.0, marks.stratum_lift * chance + marks.stratum_points / 100)
        most = max(guesses, key=lambda g: float(g.hits[here].sum()))
        targets = len(np.unique(exam.codes("target")[0][here]))
        found = wilson(float(most.hits[here].mean()) * targets, targets, z)
        name = ", ".join(names[stratum])
        parts.append(Part(name=name, value=found.value, low=found.low, high=found.high, n=n))
        if found.low > mark:
            bad.append(Offender(name, f"{most.name}: {shown(found.value, '%')} of {n}"))
        open_ += found.low <= mark < wilson(found.value * targets, targets).high
        if worst is None or found.value - mark > worst[0]:
            worst = (found.value - mark, found, mark)
    assert worst is not None
    figures: dict[str, Any] = {"value": worst[1].value, "low": worst[1].low, "high": worst[1].high, "mark": worst[2],
               "unit": "%", "n": int(sizes[large].sum()), "parts": parts, **named(bad)}  # fmt: skip
    if bad:
        return Found(
            outcome=FAIL, says=f"{len(bad)} of {len(large)} strata can be guessed", **figures
        )
    if open_:
        says = f"none is surely guessed, but {open_} of {len(large)} strata are too small to tell"
        return Found(outcome=WARN, says=says, **figures)
    return Found(outcome=PASS, says=f"none of {len(large)} strata can be guessed", **figures)
