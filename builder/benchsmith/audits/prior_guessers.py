"""Guessers that use answer frequencies from other questions, and never see a picture.

A guesser scores every option of a question by counts over other questions and chooses the best; ties
are broken evenly. Chance is the share of right options.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.contract import at_most, check, interval_part, not_run
from benchsmith.core.verdicts import FAIL, PASS, WARN, Found, Offender, Part, named, shown
from benchsmith.documents.benchmark import Marks
from benchsmith.statistics.cluster_arrays import Floats, Ints
from benchsmith.statistics.intervals import Interval, wilson

STRATA = ("task", "modality", "view")
MIN_STRATUM = 50
"""Questions in test that a stratum needs to be judged on its own."""
MIN_VAL = 30
"""Questions in val, and in test, that a guesser needs."""


class Guess(NamedTuple):
    """One guessing strategy, and its expected accuracy per question (n,)."""

    name: str
    hits: Floats


def priors(table: AuditTable, known: Mask) -> Iterator[Guess]:
    """Yield the guessers that have seen the answers of the `known` questions (n, bool).

    For each label they count how often it was right (a) and wrong (d) when offered, within task,
    modality and granularity, or within task and modality. They score by (a + 1/2) / (a + d + 2), by a,
    by fewest a + d, by the reverse of each, and by how often each option was right among the same set
    of options.
    """
    for where, columns in (("stratum", STRATA), ("task and modality", STRATA[:2])):
        right, wrong = tally(table, known, table.codes(*columns)[0])
        for name, score in (
            ("right when offered", when_offered(right, wrong)),
            ("often right", right),
            ("rarely offered", -(right + wrong)),
        ):
            yield Guess(f"{name}, by {where}", table.expected_hits(score))
            yield Guess(f"not {name}, by {where}", table.expected_hits(-score))
    score = when_offered(*tally(table, known, _option_set_codes(table)))
    yield Guess("right among the same options", table.expected_hits(score))


def tally(table: AuditTable, known: Mask, context: Ints | None = None) -> tuple[Floats, Floats]:
    """Return per option (m,) how often its label was right and wrong in the `known` questions.

    With a `context`, a code for each question (n,), only questions with the same code count.
    """
    labels, names = table.label_codes
    if context is not None:
        labels = context[table.question_of] * len(names) + labels
    return _counted(labels, known[table.question_of], table.is_right)


def when_offered(right: Floats, wrong: Floats) -> Floats:
    """Return the smoothed probability that a label is right when it is offered."""
    share: Floats = (right + 0.5) / (right + wrong + 2)
    return share


def _counted(context: Ints, learned: Mask, key: Mask) -> tuple[Floats, Floats]:
    """Return per option (m,) how often its context was right and wrong among the learned options."""
    _, place = np.unique(context, return_inverse=True)
    right = np.bincount(place, weights=(learned & key).astype(float))[place]
    wrong = np.bincount(place, weights=(learned & ~key).astype(float))[place]
    return right.astype(np.float64), wrong.astype(np.float64)


def _option_set_codes(table: AuditTable) -> Ints:
    """Return a code for each question's set of option labels: (n,), int64."""
    seen: dict[tuple[str, ...], int] = {}
    found = [seen.setdefault(tuple(sorted(row.labels)), len(seen)) for row in table.rows]
    return np.array(found, np.int64)


def best(table: AuditTable, which: Mask, guesses: Iterator[Guess]) -> tuple[Guess, list[Guess]]:
    """Return the guesser with the highest accuracy on some questions (n, bool), and all guessers."""
    every = list(guesses)
    return max(every, key=lambda g: float(g.hits[which].sum())), every


def rate(table: AuditTable, hits: Floats, which: Mask) -> Interval:
    """Return the mean of `hits` (n,) over some questions (n, bool), with an interval over clusters."""
    return table.clusters.interval(hits * which, which.astype(float))


@check(
    "C1",
    asks="What accuracy does a guesser reach from the answer frequencies of val?",
    formula="best accuracy on test of 13 guessers that never see a picture (right when offered, often "
    "right, rarely offered, the reverse of each, by stratum or by task and modality; right among the "
    "same options); interval over patients; threshold prior_lift x chance + prior_points",
    remedy="Use `options.draw: matched` and limit frequent labels; look at the labels that are listed.",
    hard=True,
)
def prior_attack(table: AuditTable, marks: Marks) -> Found:
    """Answer frequencies of val must not help on test."""
    known, asked = table.sides()
    if known.sum() < MIN_VAL or asked.sum() < MIN_VAL:
        return not_run(
            f"needs {MIN_VAL} questions in val and in test; there are {known.sum()} and {asked.sum()}",
            int(asked.sum()),
        )
    most, every = best(table, asked, priors(table, known))
    chance, n = float(table.chance[asked].mean()), int(asked.sum())
    found = rate(table, most.hits, asked)
    parts = [part_of(table, g, asked) for g in every]
    mark = marks.prior_lift * chance + marks.prior_points / 100
    what = f"{most.name}: {shown(found.value, '%')} where chance is {shown(chance, '%')}; "
    return at_most(
        found,
        mark,
        n,
        what=what,
        parts=parts,
        over=table.sample_size(asked),
        **named(gained(table, most, asked)),
    )


def part_of(table: AuditTable, guess: Guess, which: Mask) -> Part:
    """Return a guesser's accuracy on some questions (n, bool)."""
    found = rate(table, guess.hits, which)
    return interval_part(guess.name, found, int(which.sum()))


def gained(table: AuditTable, guess: Guess, which: Mask) -> list[Offender]:
    """Return the answers that a guesser gains most from, if it gains at least one question."""
    of, names = table.codes("label")
    gain = np.bincount(of, weights=(guess.hits - table.chance) * which, minlength=len(names))
    count = np.bincount(of, weights=which.astype(float), minlength=len(names))
    return [
        Offender(
            names[i],
            f"{gain[i]:.1f} more correct guesses than by chance in {count[i]:.0f} questions",
        )
        for i in np.argsort(-gain, kind="stable")
        if gain[i] >= 1
    ]


@check(
    "C1",
    asks="What accuracy do these guessers reach in each task, modality and granularity?",
    formula="the same guessers in every stratum with at least 50 questions in test; Wilson interval "
    "over targets, corrected for the number of strata and guessers; threshold stratum_lift x chance + stratum_points",
    remedy="Look at the stratum's pool: it is too small, or the frequencies of its labels differ too much.",
    hard=True,
)
def prior_attack_strata(table: AuditTable, marks: Marks) -> Found:
    """Answer frequencies of val must not help in any stratum."""
    known, asked = table.sides()
    strata, names = table.stratum
    sizes = np.bincount(strata, weights=asked.astype(float), minlength=len(names))
    large = np.flatnonzero(sizes >= MIN_STRATUM)
    if known.sum() < MIN_VAL or not len(large):
        return not_run(
            f"needs {MIN_VAL} questions in val and a stratum with {MIN_STRATUM} in test",
            int(asked.sum()),
        )
    guesses = list(priors(table, known))
    z = _z(0.025 / (len(large) * len(guesses)))
    parts, bad, open_, worst = [], [], 0, None
    for stratum in large:
        here = asked & (strata == stratum)
        chance, n = float(table.chance[here].mean()), int(here.sum())
        mark = min(1.0, marks.stratum_lift * chance + marks.stratum_points / 100)
        most = max(guesses, key=lambda g: float(g.hits[here].sum()))
        targets = len(np.unique(table.units[here]))
        found = wilson(float(most.hits[here].mean()) * targets, targets, z)
        name = ", ".join(names[stratum])
        parts.append(interval_part(name, found, n))
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
        says = f"no stratum is clearly guessable, but {open_} of {len(large)} are too small to tell"
        return Found(outcome=WARN, says=says, undecided=True, **figures)
    return Found(outcome=PASS, says=f"none of {len(large)} strata can be guessed", **figures)


def _z(tail: float) -> float:
    """Return the normal quantile that leaves `tail` above it."""
    from scipy.special import ndtri

    return float(-ndtri(tail))
