"""The conclusions that the scores allow, and those that they do not, as sentences at the top of the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from benchsmith.evaluate import scores
from benchsmith.evaluate.compared_runs import Results, Scored
from benchsmith.evaluate.leaderboard import few_people, groups_of
from benchsmith.statistics.paired_tests import MIN_EFFECTIVE
from benchsmith.text.normal_form import counted

LEVEL = 0.05
"""Of Holm's corrected p, and of the intervals' complement."""
NAMED = 6
"""Models or groups that a sentence names; the others are counted."""


def conclusions(results: Results) -> list[str]:
    """Return the sentences: the size, which models beat a random guess, which beat each other, what is too small."""
    asked = [(run, row) for run in results.runs if (row := headline_row(results, run))]
    if not asked:
        return [f"Nobody answered a question of {results.headline}."]
    return [
        *_size(results, asked),
        *_above_chance(results, asked),
        *_order(results),
        *_too_small(results),
    ]


def headline_row(results: Results, run: Scored) -> dict[str, Any] | None:
    """Return a run's overall scores in the headline split, of single-choice questions if there are any."""
    at = results.headline
    return run.row(at, scores.ONE) or run.row(at, scores.SEVERAL)


def is_small(row: dict[str, Any]) -> bool:
    """Return whether too few people supply a group of questions to compare models on it."""
    return float(row["effective"]) < MIN_EFFECTIVE


def _size(results: Results, asked: Sequence[tuple[Scored, dict[str, Any]]]) -> Iterator[str]:
    row = max((row for _, row in asked), key=lambda r: int(r["n"]))
    whole = sum(not run.partial for run, _ in asked)
    yield (
        f"{results.headline} asks {counted(row['n'], 'question')} about {row['groups']} "
        f"{groups_of(results)}; {whole} of {counted(len(asked), 'run')} answered all of them."
    )


def _above_chance(
    results: Results, asked: Sequence[tuple[Scored, dict[str, Any]]]
) -> Iterator[str]:
    guess = results.expected(results.headline)
    models = [(r.name, row) for r, row in asked if r.run.kind != "baseline"]
    if guess is None or not models:
        return
    above = [name for name, row in models if row["low"] > guess["hit"]]
    rest = [name for name, row in models if not row["low"] > guess["hit"]]
    if above:
        yield f"Better than a random guess ({100 * guess['hit']:.1f} %): {_named(above)}."
    if rest:
        yield f"Not clearly better than a random guess ({100 * guess['hit']:.1f} %): {_named(rest)}."


def _order(results: Results) -> Iterator[str]:
    overall = [row for row in results.comparisons if row["task"] == "overall"]
    for row in overall:
        if not row["note"] and row["p_holm"] < LEVEL:
            better, worse = row["first"], row["second"]
            if row["mean"] < 0:
                better, worse = worse, better
            yield f"{better} is better than {worse}, by {abs(100 * row['mean']):.1f} points."
    alike = [row["second"] for row in overall if not row["note"] and not row["p_holm"] < LEVEL]
    if alike:
        yield f"No difference was found between {overall[0]['first']} and {_named(alike)}."
    for line in few_people(results):
        yield f"{line}."


def _too_small(results: Results) -> Iterator[str]:
    for axis in ("task", "department"):
        small = small_branches(results, axis)
        every = results.branches(axis)
        if small:
            yield (
                f"Too small to tell models apart, {len(small)} of {len(every)} {axis}s: "
                f"{_named(small)}."
            )


def small_branches(results: Results, axis: str) -> list[str]:
    """Return the branches of an axis in which too few people supply questions, even for the model that was asked most."""
    found = []
    for branch in results.branches(axis):
        rows = [
            row
            for run in results.runs
            if (row := run.row(results.headline, scores.ONE, axis, branch))
        ]
        if all(is_small(row) for row in rows):
            found.append(branch)
    return found


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
