"""Scores of one model: pure functions from graded answers to numbers.

Single-choice questions and those with several right answers are scored apart, as in GMAI-MMBench.
Every score says how it is averaged: `micro` over cases, `macro` over tasks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.evaluate.grades import AXES, FAULT, OUTCOMES, RIGHT, WRONG
from benchsmith.statistics.arrays import Floats, Ints, cluster_sums, codes, divided
from benchsmith.statistics.clustered import effective_clusters, share_interval
from benchsmith.statistics.intervals import Interval, percentile_interval
from benchsmith.statistics.resampling import bootstrap_counts, resampled_sums

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
OVERALL = "overall"
ONE, SEVERAL = "one", "several"


class Cases(NamedTuple):
    """Graded cases as columns: what a score is made of."""

    numbers: Floats
    """A row each of hit, acc, recall, f1, chance, chance_acc, chance_recall."""
    groups: Ints
    outcomes: Ints
    """Places in OUTCOMES."""

    def some(self, at: npt.NDArray[np.bool_]) -> Cases:
        """Return some of them."""
        return Cases(self.numbers[:, at], self.groups[at], self.outcomes[at])


NUMBERS = ("hit", "acc", "recall", "f1", "chance", "chance_acc", "chance_recall")


def cases_of(frame: pd.DataFrame) -> Cases:
    """Return a frame of grades as columns."""
    return Cases(
        np.stack([_floats(frame, name) for name in NUMBERS]),
        codes(frame["group"].to_numpy(object)),
        np.array([OUTCOMES.index(o) for o in frame["outcome"]], np.int64),
    )


def table(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return every score of one model, a row for each split, kind of question, axis and branch.

    Only answers to questions as published count here; for turned ones see :func:`circular`.
    """
    plain = frame[frame["shift"] == 0]
    several = plain["several"].to_numpy(bool)
    rows = []
    for answers, kind in ((ONE, plain[~several]), (SEVERAL, plain[several])):
        for split, part in _splits(kind):
            place = {"split": split, "answers": answers}
            cases = cases_of(part)
            rows.append({**place, "axis": OVERALL, "branch": ALL, **score(cases), **macro(part)})
            for axis in AXES:
                names = part[axis].to_numpy(str)
                rows += [
                    {**place, "axis": axis, "branch": str(name), **score(cases.some(names == name))}
                    for name in np.unique(names)
                    if name  # of a case of which it is not known there is no branch
                ]
    return rows


def _splits(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    names = sorted(frame["split"].unique(), key=lambda s: (s != "val", s))
    for name in names:
        yield name, frame[frame["split"] == name]
    if len(names) > 1:
        yield ALL, frame


def score(cases: Cases) -> dict[str, Any]:
    """Score cases of one kind, of which there is at least one.

    `micro` is the share that is exactly right; `corrected` is Σ(hit - chance)/Σ(1 - chance): 0 for
    a guesser, 1 for who is always right. `answered` is the share right of those answered at all.
    `acc`, `recall` and `f1` are means over cases; with several answers they are GMAI-MMBench's
    ACC and Recall, where picking nothing counts as 0.
    """
    means = dict(zip(NUMBERS, cases.numbers.mean(axis=1).tolist(), strict=True))
    counts = np.bincount(cases.outcomes, minlength=len(OUTCOMES)).tolist()
    outcomes = dict(zip(OUTCOMES, counts, strict=True))
    told = outcomes[RIGHT] + outcomes[WRONG]
    _, groups = np.unique(cases.groups, return_inverse=True)
    interval = share_interval(cases.numbers[0], groups)
    return {
        "n": len(groups),
        "groups": int(groups.max()) + 1,
        "effective": effective_clusters(groups),
        "micro": means.pop("hit"),
        "low": interval.low,
        "high": interval.high,
        "corrected": corrected(cases.numbers[0], cases.numbers[4]),
        "answered": outcomes[RIGHT] / told if told else float("nan"),
        **means,
        **outcomes,
    }


def corrected(hits: Floats, worth: Floats) -> float:
    """Return Σ(hit - chance)/Σ(1 - chance).

    >>> corrected(np.array([1.0, 0.0]), np.array([0.25, 0.25]))
    0.3333333333333333
    """
    return float((hits - worth).sum() / (1 - worth).sum())


def macro(cases: pd.DataFrame) -> dict[str, Any]:
    """Return the mean of the tasks' shares, each alike, with its interval, and that of labels.

    The interval is a bootstrap over groups: a patient's cases of all tasks are drawn together.
    """
    groups = codes(cases["group"].to_numpy(object))
    hits = _floats(cases, "hit")
    tasks = codes(cases["task"].to_numpy(object))
    labels = codes(cases["label"].to_numpy(object))
    interval = _macro_interval(hits, tasks, groups)
    return {
        "macro": interval.value,
        "macro_low": interval.low,
        "macro_high": interval.high,
        "macro_label": _macro(hits, labels),
    }


def _macro(hits: Floats, cells: Ints) -> float:
    return float((np.bincount(cells, weights=hits) / np.bincount(cells)).mean())


def _macro_interval(hits: Floats, tasks: Ints, groups: Ints) -> Interval:
    count = int(tasks.max()) + 1
    sums = cluster_sums(
        groups,
        *(np.where(tasks == t, hits, 0.0) for t in range(count)),
        *((tasks == t).astype(np.float64) for t in range(count)),
    )
    samples = resampled_sums(bootstrap_counts(len(sums), 0, "macro"), sums)
    # a sample that happens to hold no case of a task is the mean of the others
    cells = divided(samples[:, :count], samples[:, count:])
    return percentile_interval(_macro(hits, tasks), np.nanmean(cells, axis=1))


def circular(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Score questions that were asked once with each option first: right only if right each time.

    `plain` is the score of the same cases as published, `steady` the share that is answered alike
    whatever the order. By split; cases that lack a turn are left out.
    """
    one = frame[~frame["several"].astype(bool)]
    turns = one.groupby("id")["shift"].nunique()
    whole = one[one["id"].map(turns) == one["k"]]
    rows = []
    for split, cases in _splits(whole):
        by_case = cases.groupby("id", sort=True)
        first = cases[cases["shift"] == 0].set_index("id").sort_index()
        groups = codes(first["group"].to_numpy(object))
        every = by_case["hit"].min().to_numpy(np.float64)
        interval = share_interval(every, groups)
        worth = (1.0 / first["k"].to_numpy(np.float64)) ** first["k"].to_numpy(np.float64)
        rows.append(
            {
                "split": split,
                "n": len(first),
                "circular": float(every.mean()),
                "low": interval.low,
                "high": interval.high,
                "chance": float(worth.mean()),
                "plain": float(first["hit"].mean()),
                "steady": float((by_case["picked"].nunique() < 2).mean()),
            }
        )
    return rows


def mirrored(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Score mirrored sets: same stem and options, other keys. A set is right if all of it is.

    Who answers from the text alone answers them all `alike`, with the same words wherever they
    stand; where no two questions of a set have one key, he is never right in a whole set.
    """
    plain = frame[(frame["shift"] == 0) & (frame["mirror"] != "")]
    rows = []
    for split, cases in _splits(plain):
        by_set = cases.groupby("mirror", sort=True)
        size = by_set["id"].count()
        sets = size[size > 1].index
        if not len(sets):
            continue
        right = by_set["hit"].min()[sets].to_numpy(np.float64)
        alike = (by_set["chosen"].nunique()[sets] < 2).to_numpy(np.float64)
        worth = by_set["chance"].prod()[sets]
        rows.append(
            {
                "split": split,
                "sets": len(sets),
                "n": int(size[sets].sum()),
                "whole": float(right.mean()),
                "chance": float(worth.mean()),
                "alike": float(alike.mean()),
            }
        )
    return rows


def positions(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Count how often each position is the key, and how often it is picked: bias to a letter."""
    from benchsmith.release.columns import LETTERS

    plain = frame[(frame["shift"] == 0) & ~frame["several"].astype(bool)]
    keys = [k[0] for k in plain["key"]]
    picks = [p[0] for p in plain["picked"] if p]
    count = max([*keys, *picks], default=-1) + 1
    return [
        {"letter": LETTERS[i], "key": keys.count(i), "picked": picks.count(i)} for i in range(count)
    ]


def coverage(frame: pd.DataFrame, published: int) -> dict[str, Any]:
    """Say how much of what is published was asked."""
    plain = frame[frame["shift"] == 0]
    faults = int((plain["outcome"] == FAULT).sum())
    return {"asked": len(plain), "published": published, "faults": faults}


def _floats(cases: pd.DataFrame, column: str) -> Floats:
    return cases[column].to_numpy(np.float64)
