"""Scores and comparisons of all runs of a benchmark, for the tables and the page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.evaluate import (
    answer_log,
    chain_scores,
    consistency,
    pair_scores,
    run_history,
    scores,
)
from benchsmith.evaluate import comparisons as compare
from benchsmith.evaluate.answer_log import Run
from benchsmith.evaluate.baselines import chance
from benchsmith.evaluate.grades import Grade, frame, grade
from benchsmith.evaluate.items import Item
from benchsmith.evaluate.log_lines import Ended
from benchsmith.evaluate.release_reader import Released
from benchsmith.evaluate.run_record import headline_of
from benchsmith.statistics.intervals import Interval
from benchsmith.statistics.paired_tests import holm

if TYPE_CHECKING:
    import pandas as pd


@dataclass(slots=True, kw_only=True)
class Scored:
    """One run with its scores."""

    name: str
    run: Run
    grades: tuple[Grade, ...]
    frame: pd.DataFrame
    rows: list[dict[str, Any]]
    """See :func:`benchsmith.evaluate.scores.table`."""
    coverage: dict[str, int]
    """Cases of the headline split: asked, published, and without an answer."""
    stale: int
    """Answers to questions that changed or were removed."""
    spoilt: int
    """Unreadable lines of the file of answers."""
    judges: tuple[str, ...]
    sessions: tuple[Ended, ...] = ()
    """The ends of its sessions, oldest first."""
    rank: Interval | None = None
    """Among the runs that were asked every case; None for the others."""

    @property
    def partial(self) -> bool:
        """Whether questions of the headline split were never asked."""
        return self.coverage["asked"] < self.coverage["published"]

    def row(self, split: str, answers: str, axis: str = scores.OVERALL, branch: str = scores.ALL) -> dict[str, Any] | None:  # fmt: skip
        """Return one row of scores; None if nothing was asked."""
        wanted = (split, answers, axis, branch)
        return next(
            (r for r in self.rows if (r["split"], r["answers"], r["axis"], r["branch"]) == wanted),
            None,
        )


@dataclass(slots=True, kw_only=True)
class Results:
    """Every run of one benchmark."""

    released: Released
    headline: str
    """The split that runs are ranked by."""
    runs: list[Scored]
    """Sorted by rank; partial runs come last."""
    comparisons: list[dict[str, Any]] = field(default_factory=list)
    views: list[dict[str, Any]] = field(default_factory=list)
    circular: list[dict[str, Any]] = field(default_factory=list)
    mirrored: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[dict[str, Any]] = field(default_factory=list)
    chains: list[dict[str, Any]] = field(default_factory=list)
    positions: list[dict[str, Any]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    """See :func:`benchsmith.evaluate.run_history.histories`."""

    @property
    def splits(self) -> list[str]:
        """The splits with answers, val first."""
        found = {item.split for item in self.released.items if item.key}
        return sorted(found, key=lambda s: (s != "val", s))

    def branches(self, axis: str) -> list[str]:
        """Return the sorted branches of an axis, over the single-choice cases."""
        found = {getattr(i, axis) for i in self.released.items if i.key and not i.several}
        return sorted(found - {""})

    def expected(self, split: str, axis: str = "", branch: str = "", *, several: bool = False) -> dict[str, float] | None:  # fmt: skip
        """Return the expected scores of a random guess; None if there is no such case."""
        cases = [
            chance(item)
            for item in self.released.items
            if item.key
            and item.several == several
            and split in (item.split, scores.ALL)
            and (not axis or getattr(item, axis) == branch)
        ]
        if not cases:
            return None
        return {name: sum(c[name] for c in cases) / len(cases) for name in cases[0]}


def gather(released: Released, folder: Path, against: Sequence[str] = ()) -> Results:
    """Score every run in a benchmark's `answers/`, and compare.

    Each run is compared with the runs named in `against`, by default with the best one. Raises
    DocumentError if nothing was answered, and for an unknown name.
    """
    keyed = [item for item in released.items if item.key]
    if not keyed:
        what = "its answers are not published, so no score is possible"
        raise DocumentError([Problem(released.name, 1, what, "name a file of answers with --key")])
    headline = headline_of(keyed)
    files = [(path, answer_log.read(path)) for path in answer_log.files(folder)]
    files = [(path, kept) for path, kept in files if kept.answers]
    names = run_names([kept.run for _, kept in files])
    published = sum(item.split == headline for item in keyed)
    runs = []
    for name, (_, kept) in zip(names, files, strict=True):
        graded = grade(keyed, kept)
        if not graded.grades:
            continue
        table = frame(keyed, graded.grades)
        runs.append(
            Scored(
                name=name,
                run=kept.run,
                grades=graded.grades,
                frame=table,
                rows=scores.table(table),
                coverage=scores.coverage(table[table["split"] == headline], published),
                stale=graded.stale,
                spoilt=kept.spoilt,
                judges=tuple(sorted({v.judge for v in kept.verdicts.values()})),
                sessions=tuple(kept.sessions),
            )
        )
    if not runs:
        hint = "run `benchsmith evaluate` first"
        raise DocumentError([Problem(str(folder), 1, "there are no answers to score", hint)])
    found = Results(released=released, headline=headline, runs=runs)
    found.history = run_history.histories(found, folder)
    return compared(found, against)


def run_names(runs: Sequence[Run]) -> list[str]:
    """Return the name of each run: its model, with prompt and digest if that is ambiguous."""
    plain = [_plain(run) for run in runs]
    counts = Counter(plain)
    return [
        name if counts[name] == 1 else f"{name} ({run.name})"
        for name, run in zip(plain, runs, strict=True)
    ]


def _plain(run: Run) -> str:
    panel = str(dict(run.settings).get(answer_log.PANEL, ""))
    name = f"{run.model}, panel {panel.rpartition('-')[0]}" if panel else run.model
    return name if run.pictures else f"{name}, no picture"


def compared(results: Results, against: Sequence[str]) -> Results:
    """Return the results with ranks and comparisons. Raises DocumentError for an unknown name."""
    at = results.headline
    own = {run.name: run.frame[run.frame["split"] == at] for run in results.runs}
    whole = {run.name: own[run.name] for run in results.runs if not run.partial}
    places = compare.ranks(whole)
    for run in results.runs:
        run.rank = places.get(run.name)
    results.runs.sort(key=lambda r: (r.partial, r.rank is None, -_headline_score(r, at), r.name))
    names = [run.name for run in results.runs]
    for name in against:
        if name not in names:
            hint = did_you_mean(name, names) or f"there are {', '.join(names)}"
            raise DocumentError([Problem.without_place(f"no run is called {name!r}", hint)])
    pairs = {
        frozenset(p): p
        for base in against or names[:1]
        for o in names
        if o != base
        for p in [(base, o)]
    }
    found = [
        compare.models(own[base], own[other], names=(base, other)) for base, other in pairs.values()
    ]
    found = [rows for rows in found if rows]
    overall = holm([rows[0]["p"] for rows in found])
    for rows, adjusted in zip(found, overall, strict=True):
        results.comparisons += [{**rows[0], "p_holm": adjusted}, *rows[1:]]
    for run in results.runs:
        results.views += _named(run.name, compare.views(run.frame))
        results.circular += _named(run.name, consistency.circular(run.frame))
        results.mirrored += _named(run.name, consistency.mirrored(run.frame))
        results.chains += _named(run.name, chain_scores.chains(results.released.items, run.frame))
        results.pairs += _named(run.name, pair_scores.pairs(run.frame))
        results.positions += _named(run.name, consistency.positions(run.frame))
    return results


def _headline_score(run: Scored, split: str) -> float:
    row = run.row(split, scores.ONE) or run.row(split, scores.SEVERAL)
    return float(row["micro"]) if row else -1.0


def _named(name: str, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"model": name, **row} for row in rows]


def items_by_id(results: Results) -> dict[str, Item]:
    """Return the release's items by id."""
    return {item.id: item for item in results.released.items}
