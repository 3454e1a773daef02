"""Histories: a model's score each time it was run, over settings, states and editions of a benchmark.

The dates are those of the records beside the answers, so a page of the same answers has the same bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchsmith.documents.benchmark.editions import MARK, split_name
from benchsmith.evaluate import answer_log, scores
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.log_lines import Ended
from benchsmith.evaluate.run_record import state_of

if TYPE_CHECKING:
    from benchsmith.evaluate.compared_runs import Results


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A run at the end of its last session about one state of a release."""

    run: Run
    at: Ended
    row: dict[str, Any] | None
    """The run's scores now, if that state is the release that is scored; else the record's count."""


def histories(results: Results, answers: Path) -> list[dict[str, Any]]:
    """Return a row for each run of a model, if it was run more than once.

    The rows are sorted by model and date. A row about the release being scored has the current score;
    any other, also one of a sibling edition, has the score that was recorded when the run ended. A
    share is None if the answers were not known.
    """
    found = [*_here(results), *_elsewhere(results, answers)]
    times = Counter(_name(point.run) for point in found)
    often = [point for point in found if times[_name(point.run)] > 1]
    often.sort(key=lambda p: (_name(p.run), p.at.ended, p.at.edition, p.run.name))
    return [_row(point) for point in often]


def _here(results: Results) -> Iterator[Point]:
    """Yield the points of the runs that are scored, by state of the release."""
    now = state_of(results.released.items)
    for run in results.runs:
        row = run.row(results.headline, scores.ONE)
        for at in _last(run.sessions):
            yield Point(run=run.run, at=at, row=row if at.release == now else None)


def _elsewhere(results: Results, answers: Path) -> Iterator[Point]:
    """Yield the points of runs about other editions of the benchmark, whose answers are beside these."""
    base, _ = split_name(results.released.name)
    stems = (f"{base}{MARK}", answer_log.plain(f"{base}{MARK}").rpartition("-")[0])
    for folder in sorted(answers.parent.parent.glob("*/answers")):
        if folder == answers or not (
            folder.parent.name == base or folder.parent.name.startswith(stems)
        ):
            continue
        for path in answer_log.files(folder):
            run, sessions = answer_log.sessions(path)
            own = [one for one in sessions if split_name(one.edition)[0] == base]
            if run is not None:
                yield from (Point(run=run, at=at, row=None) for at in _last(own))


def _last(sessions: Sequence[Ended]) -> list[Ended]:
    """Return the last session about each state of a release."""
    return list({one.release: one for one in sessions}.values())


def _name(run: Run) -> str:
    return run.model if run.pictures else f"{run.model}, no picture"


def _row(point: Point) -> dict[str, Any]:
    at, row = point.at, point.row
    told = [f"prompt {point.run.prompt}"] if point.run.prompt else []
    told += [f"{name} {value}" for name, value in point.run.settings]
    if row is not None:
        asked, right, low, high = (row[name] for name in ("n", "right", "low", "high"))
    else:
        asked, right, low, high = at.asked, at.right, at.low, at.high
    return {
        "model": _name(point.run),
        "ended": at.ended,
        "edition": at.edition,
        "version": at.version,
        "settings": ", ".join(told),
        "split": at.split,
        "published": at.published,
        "asked": asked,
        "right": right,
        "micro": right / asked if asked else None,
        "low": low if asked else None,
        "high": high if asked else None,
        "chance": at.chance if at.published else None,
        "scored": "now" if row is not None else "then",
    }
