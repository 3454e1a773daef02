"""The leaderboard, as lines for a terminal and as a JSON record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from benchsmith.evaluate import scores
from benchsmith.evaluate.compared_runs import Results
from benchsmith.statistics.paired_tests import MIN_EFFECTIVE, TOO_FEW


def board(results: Results) -> Iterator[str]:
    """Yield the ranked runs with their intervals, then notes on them."""
    at = results.headline
    yield from few_people(results)
    row = next((r for run in results.runs if (r := run.row(at, scores.ONE))), None)
    over = (
        f"{row['groups']} {groups_of(results)} (effective number {row['effective']:.1f})"
        if row
        else ""
    )
    yield f"{results.released.name}: accuracy in {at}, micro-averaged, 95 % interval over {over}"
    if (worth := results.expected(at)) is not None:
        yield f"     {'random guess (expected)':<40} {100 * worth['hit']:6.2f}"
    for run in results.runs:
        row = run.row(at, scores.ONE) or run.row(at, scores.SEVERAL)
        if row is None:
            continue
        rank = "  - " if run.rank is None else f"{run.rank.value:>3.0f} "
        score = f"{100 * row['micro']:6.2f}  ({100 * row['low']:.1f} to {100 * row['high']:.1f})"
        silent = row["n"] - row["right"] - row["wrong"]
        more = f"  no answer {silent}" if silent else ""
        part = (
            f"  {run.coverage['asked']} of {run.coverage['published']} asked" if run.partial else ""
        )
        yield f"{rank} {run.name[:40]:<40} {score}{more}{part}"
    yield from notes(results)


def few_people(results: Results) -> Iterator[str]:
    """Yield a line if there are too few people in the headline split to compare models."""
    rows = [row for run in results.runs if (row := run.row(results.headline, scores.ONE))]
    row = max(rows, key=lambda r: r["effective"], default=None)
    if row and row["effective"] < MIN_EFFECTIVE:
        yield (
            f"{results.headline} has {row['groups']} {groups_of(results)} (effective number "
            f"{row['effective']:.1f}): {TOO_FEW}; there are no ranks"
        )


def record(results: Results) -> dict[str, Any]:
    """Return the leaderboard as a JSON object, with each run's overall scores."""
    at = results.headline
    columns = ("n", "groups", "micro", "low", "high", "macro", "acc", "recall", "right", "wrong")
    return {
        "benchmark": results.released.name,
        "split": at,
        "chance": (results.expected(at) or {}).get("hit"),
        "models": [
            {
                "model": run.name,
                "rank": run.rank and int(run.rank.value),
                "rank_interval": run.rank and [run.rank.low, run.rank.high],
                "asked": run.coverage["asked"],
                "published": run.coverage["published"],
                **{
                    answers: {key: row[key] for key in columns}
                    for answers in (scores.ONE, scores.SEVERAL)
                    if (row := run.row(at, answers))
                },
            }
            for run in results.runs
        ],
        "history": results.history,
        "notes": [*few_people(results), *notes(results)],
    }


def notes(results: Results) -> Iterator[str]:
    """Yield warnings: changed questions, unreadable lines, missing answers, unknown patients."""
    for run in results.runs:
        if not run.coverage["asked"]:
            yield f"{run.name}: no question of {results.headline} was asked"
        if run.stale:
            yield f"{run.name}: {run.stale} answers belong to questions that changed or were removed"
        if run.spoilt:
            yield f"{run.name}: {run.spoilt} lines of its file are unreadable"
        if run.coverage["faults"]:
            yield f"{run.name}: {run.coverage['faults']} questions have no answer and count as wrong"
    if results.released.grouped_by == "target":
        yield "the release has no patients: intervals are clustered by target, and are too narrow"


def groups_of(results: Results) -> str:
    """Return the name for the clusters of intervals."""
    return "targets" if results.released.grouped_by == "target" else "patients"
