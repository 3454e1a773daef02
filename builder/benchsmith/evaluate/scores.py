"""Scores of one model, as pure functions of its grades.

Single-choice questions and questions with several right answers are scored separately, as in
GMAI-MMBench. `micro` scores are means over cases, `macro` scores are means over tasks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from benchsmith.evaluate.grades import AXES, FAULT, OUTCOMES, RIGHT, WRONG
from benchsmith.statistics.cluster_arrays import Floats, Ints, cluster_sums, codes, divided
from benchsmith.statistics.clustered import effective_clusters, share_interval
from benchsmith.statistics.intervals import Interval, percentile_interval
from benchsmith.statistics.resampling import bootstrap_counts, resampled_sums

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
OVERALL = "overall"
ONE, SEVERAL = "one", "several"


class Cases(NamedTuple):
    """The columns of graded cases that scores need."""

    numbers: Floats
    """(7, cases): the rows are the columns in NUMBERS."""
    groups: Ints
    """Cluster of each case (cases,)."""
    outcomes: Ints
    """Index into OUTCOMES (cases,)."""

    def some(self, at: npt.NDArray[np.bool_]) -> Cases:
        """Return the cases of a mask (cases,)."""
        return Cases(self.numbers[:, at], self.groups[at], self.outcomes[at])


NUMBERS = ("hit", "acc", "recall", "f1", "chance", "chance_acc", "chance_recall")


def cases_of(frame: pd.DataFrame) -> Cases:
    """Return the columns of a table of grades."""
    return Cases(
        np.stack([_floats(frame, name) for name in NUMBERS]),
        codes(frame["group"].to_numpy(object)),
        np.array([OUTCOMES.index(o) for o in frame["outcome"]], np.int64),
    )


def table(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return all scores of one model: a row per split, number of answers, axis and branch.

    Only answers in the published order of options count; for the others see :func:`benchsmith.evaluate.consistency.circular`.
    """
    plain = frame[frame["shift"] == 0]
    several = plain["several"].to_numpy(bool)
    rows = []
    for answers, kind in ((ONE, plain[~several]), (SEVERAL, plain[several])):
        for split, part in by_split(kind):
            place = {"split": split, "answers": answers}
            cases = cases_of(part)
            rows.append({**place, "axis": OVERALL, "branch": ALL, **score(cases), **macro(part)})
            for axis in AXES:
                names = part[axis].to_numpy(str)
                rows += [
                    {**place, "axis": axis, "branch": str(name), **score(cases.some(names == name))}
                    for name in np.unique(names)
                    if name  # an unknown value is not a branch
                ]
    return rows


def by_split(frame: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each split with its rows, val first, and then all rows if there are several splits."""
    names = sorted(frame["split"].unique(), key=lambda s: (s != "val", s))
    for name in names:
        yield name, frame[frame["split"] == name]
    if len(names) > 1:
        yield ALL, frame


def score(cases: Cases) -> dict[str, Any]:
    """Return the scores of at least one case.

    `micro` is the share of exactly right cases, with its interval clustered by group. `corrected` is
    that share corrected for chance. `answered` is the share of right cases among those with an
    answer. `acc`, `recall` and `f1` are means over cases; with several right answers `acc` and
    `recall` are GMAI-MMBench's ACC and Recall, where picking nothing counts as 0.
    """
    means = dict(zip(NUMBERS, cases.numbers.mean(axis=1).tolist(), strict=True))
    counts = np.bincount(cases.outcomes, minlength=len(OUTCOMES)).tolist()
    outcomes = dict(zip(OUTCOMES, counts, strict=True))
    answered = outcomes[RIGHT] + outcomes[WRONG]
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
        "answered": outcomes[RIGHT] / answered if answered else float("nan"),
        **means,
        **outcomes,
    }


def corrected(hits: Floats, chance: Floats) -> float:
    """Return Σ(hit - chance)/Σ(1 - chance): 0 for a guesser, 1 for a perfect score.

    >>> corrected(np.array([1.0, 0.0]), np.array([0.25, 0.25]))
    0.3333333333333333
    """
    return float((hits - chance).sum() / (1 - chance).sum())


def macro(cases: pd.DataFrame) -> dict[str, Any]:
    """Return the unweighted mean of the tasks' scores, with its interval, and that of the labels.

    The interval is a bootstrap over groups, so a patient's cases of all tasks are drawn together.
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
    # in a sample without cases of a task, the other tasks are averaged
    cells = divided(samples[:, :count], samples[:, count:])
    return percentile_interval(_macro(hits, tasks), np.nanmean(cells, axis=1))


def coverage(frame: pd.DataFrame, published: int) -> dict[str, Any]:
    """Return how many of the published cases were asked, and how many have no answer."""
    plain = frame[frame["shift"] == 0]
    faults = int((plain["outcome"] == FAULT).sum())
    return {"asked": len(plain), "published": published, "faults": faults}


def _floats(cases: pd.DataFrame, column: str) -> Floats:
    return cases[column].to_numpy(np.float64)
