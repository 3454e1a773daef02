"""Guessers of numbers: by their rank, and by the usual values in val. They see no picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from statistics import median

import numpy as np

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable, Mask
from benchsmith.audits.contract import at_most, check, not_run
from benchsmith.audits.prior_guessers import MIN_VAL, Guess, best, gained, part_of, rate
from benchsmith.audits.stated_numbers import numbers_of, stated_number
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.verdicts import Found, named, shown
from benchsmith.documents.benchmark import Marks

Pick = Callable[[AuditRow, Sequence[float]], Sequence[int]]
"""Return the options that a guesser thinks best, of a row and its numbers; all if it knows nothing."""
Words = tuple[str, ...]
Context = Callable[[AuditRow], Words]


@check(
    "C12",
    asks="What accuracy does a guesser of numbers reach from the usual values and ranks of val?",
    formula="questions of skills whose options are all numbers; best accuracy on test of ten guessers that "
    "never see a picture (smallest, largest, middle, one beside the middle; most frequent rank in val, and "
    "any other; nearest to the median of val's right numbers for the same structure and kind of question, "
    "or for the same kind, and any other); interval over patients; threshold prior_lift x chance + "
    "prior_points",
    remedy="Offer the same numbers for several pictures in which each of them is right; see docs/skills.md.",
    hard=True,
    skilled=True,
)
def number_prior(table: AuditTable, marks: Marks) -> Found:
    """Neither the rank of a number nor the usual value may reveal the answer."""
    numeric = table.where(
        [
            r.skill != RECOGNITION and len(r.answers) == 1 and bool(numbers_of(r.options))
            for r in table.rows
        ]
    )
    known, asked = numeric.sides() if len(numeric) else (np.zeros(0, bool), np.zeros(0, bool))
    if known.sum() < MIN_VAL or asked.sum() < MIN_VAL:
        return not_run(
            f"needs {MIN_VAL} questions with numbers in val and in test; there are {known.sum()} and"
            f" {asked.sum()}",
            int(asked.sum()),
        )
    most, every = best(numeric, asked, guesses(numeric, known))
    chance, n = float(numeric.chance[asked].mean()), int(asked.sum())
    found = rate(numeric, most.hits, asked)
    return at_most(
        found,
        marks.prior_lift * chance + marks.prior_points / 100,
        n,
        what=f"{most.name}: {shown(found.value, '%')} where chance is {shown(chance, '%')}; ",
        parts=[part_of(numeric, g, asked) for g in every],
        over=numeric.sample_size(asked),
        **named(gained(numeric, most, asked)),
    )


def guesses(table: AuditTable, known: Mask) -> Iterator[Guess]:
    """Yield the guessers; those that learn know the answers of the `known` questions (n, bool).

    All questions of the table have numbers as options, and one answer.
    """
    rows = [(row, numbers_of(row.options) or []) for row in table.rows]
    val = [row for (row, _), own in zip(rows, known, strict=True) if own]
    rank = _usual_rank(val)
    yield _guess(table, "smallest number", lambda _, x: [int(np.argmin(x))])
    yield _guess(table, "largest number", lambda _, x: [int(np.argmax(x))])
    yield _guess(table, "middle number", lambda _, x: _middle(x))
    yield _guess(table, "not the middle", lambda _, x: _others(x, _middle(x)))
    yield _guess(table, "usual rank", lambda _, x: _at_rank(x, rank.get(len(x))))
    yield _guess(
        table, "not the usual rank", lambda _, x: _others(x, _at_rank(x, rank.get(len(x))))
    )
    for name, context in (("structure and kind", _subject), ("kind", _kind)):
        near = partial(_usual, _usual_values(val, context), context)
        yield _guess(table, f"usual value, by {name}", near)
        yield _guess(table, f"not the usual value, by {name}", partial(_unlike, near))


def _usual(
    values: Mapping[Words, float], context: Context, row: AuditRow, numbers: Sequence[float]
) -> Sequence[int]:
    return _nearest(numbers, values.get(context(row)))


def _unlike(pick: Pick, row: AuditRow, numbers: Sequence[float]) -> Sequence[int]:
    return _others(numbers, pick(row, numbers))


def _guess(table: AuditTable, name: str, pick: Pick) -> Guess:
    hits = np.zeros(len(table))
    for i, row in enumerate(table.rows):
        chosen = pick(row, numbers_of(row.options) or [])
        hits[i] = (row.answers[0] in chosen) / len(chosen)
    return Guess(name, hits)


def _others(numbers: Sequence[float], chosen: Sequence[int]) -> Sequence[int]:
    rest = [i for i in range(len(numbers)) if i not in chosen]
    return rest or list(chosen)


def _middle(numbers: Sequence[float]) -> list[int]:
    order = [int(i) for i in np.argsort(numbers, kind="stable")]
    return order[(len(order) - 1) // 2 : len(order) // 2 + 1]


def _at_rank(numbers: Sequence[float], rank: int | None) -> list[int]:
    order = [int(i) for i in np.argsort(numbers, kind="stable")]
    return order if rank is None else [order[rank]]


def _usual_rank(rows: Sequence[AuditRow]) -> dict[int, int]:
    """Return by the number of options the rank, from 0, that was right most often."""
    counts: dict[int, Counter[int]] = {}
    for row in rows:
        numbers = numbers_of(row.options) or []
        own = sum(x < numbers[row.answers[0]] for x in numbers)
        counts.setdefault(len(numbers), Counter())[own] += 1
    return {k: min(c, key=lambda r: (-c[r], r)) for k, c in counts.items()}


def _usual_values(
    rows: Sequence[AuditRow], context: Callable[[AuditRow], Words]
) -> Mapping[Words, float]:
    """Return the median of the right numbers by context."""
    values: dict[Words, list[float]] = {}
    for row in rows:
        values.setdefault(context(row), []).append(numbers_of(row.options)[row.answers[0]])  # type: ignore[index]
    return {key: median(own) for key, own in values.items()}


def _nearest(numbers: Sequence[float], usual: float | None) -> Sequence[int]:
    """Return the options that are nearest to a value: by ratio where all are positive."""
    if usual is None:
        return range(len(numbers))
    x = np.array([*numbers, usual])
    if (x > 0).all():
        x = np.log(x)
    gap = np.abs(x[:-1] - x[-1])
    return [int(i) for i in np.flatnonzero(gap <= gap.min() + 1e-12)]


def _kind(row: AuditRow) -> Words:
    found = stated_number(row.options[0])
    return row.skill, "/".join(row.pool.split("/")[:2]), found.unit if found else ""


def _subject(row: AuditRow) -> Words:
    return (*_kind(row), row.label, row.modality)
