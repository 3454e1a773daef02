"""Greedy choice among the candidates of one answer: balanced first, then diverse.

Candidates are taken one by one. Shares are balanced first: only candidates whose group on the
first level (the source) has been chosen from least remain, then the same for the second level
(the patient), and so on. Among the remaining ones, the candidate with the largest gain is taken:
the increase of the sum, over all candidates, of the likeness to the nearest chosen one (facility
location). Unconstrained, the greedy choice reaches 1 - 1/e of the best sum (Nemhauser, Wolsey and
Fisher 1978).

Invariant: the order of choices does not depend on the quota, so a smaller quota gives a prefix of
a larger quota's choice. A choice of k among n takes O(k n^2) time at most, with the (n, n) likeness
in memory; n is at most `quota.shortlist` for each modality.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.likeness import Likeness
from benchsmith.tables.coded_columns import Codes


class Outcome(IntEnum):
    """What happened to a candidate."""

    OVER_QUOTA = 0
    """Neither taken nor excluded when the quota was full."""
    TAKEN = 1
    FULL_VOLUME = 2
    FULL_PATIENT = 3
    NEAR_SLICE = 4
    FULL_SOURCE = 5


@dataclass(frozen=True)
class Limits:
    """How many candidates may be taken, in all and of one kind."""

    total: int
    per_volume: int
    per_patient: int
    per_source: int = 0
    """Applies if at least `MIN_SOURCES` sources have candidates; 0 is no limit."""


MIN_SOURCES = 3
"""With fewer sources, a limit on one would only leave the quota unfilled."""


@dataclass(frozen=True)
class Candidates:
    """The n candidates of one answer on one side, in random order: the first wins a tie; columns (n,)."""

    levels: Sequence[Codes]
    """Groups to balance, the most important level first; the first level is the source."""
    volume: Codes
    patient: Codes
    axis: Codes
    plane: npt.NDArray[np.float64]
    """Index of the plane along its axis."""
    min_gap: npt.NDArray[np.float64]
    """Least distance, in planes, between two of one volume and axis; 0 for single pictures."""
    like: Likeness


def take(candidates: Candidates, limits: Limits) -> tuple[list[int], npt.NDArray[np.int8]]:
    """Return the chosen rows in the order of choice, and every candidate's `Outcome`, (n,)."""
    count = len(candidates.volume)
    outcome = np.zeros(count, np.int8)
    free = np.ones(count, bool)
    taken = [np.zeros(int(level.max(initial=-1)) + 1, np.int64) for level in candidates.levels]
    best = np.zeros(count, np.int32)
    chosen: list[int] = []
    while len(chosen) < limits.total:
        left = np.flatnonzero(free)
        if not left.size:
            break
        for level, counts in zip(candidates.levels, taken, strict=True):
            own = counts[level[left]]
            left = left[own == own.min()]
        one = int(left[0])
        if left.size > 1:
            gain = np.maximum(candidates.like[left] - best, 0).sum(axis=1, dtype=np.int64)
            one = int(left[gain.argmax()])
        chosen.append(one)
        for level, counts in zip(candidates.levels, taken, strict=True):
            counts[level[one]] += 1
        np.maximum(best, candidates.like[one], out=best)
        free[one] = False
        outcome[one] = Outcome.TAKEN
        for why, excluded in _excluded(candidates, limits, chosen):
            outcome[free & excluded] = why
            free &= ~excluded
    return chosen, outcome


def _excluded(
    candidates: Candidates, limits: Limits, chosen: Sequence[int]
) -> list[tuple[Outcome, npt.NDArray[np.bool_]]]:
    """Return which candidates the last choice excludes, as masks (n,), and why."""
    one = chosen[-1]
    volume = candidates.volume == candidates.volume[one]
    patient = candidates.patient == candidates.patient[one]
    found = []
    source = candidates.levels[0] == candidates.levels[0][one]
    many = limits.per_source and len(np.unique(candidates.levels[0])) >= MIN_SOURCES
    if many and np.count_nonzero(source[chosen]) >= limits.per_source:
        found.append((Outcome.FULL_SOURCE, source))
    if np.count_nonzero(volume[chosen]) >= limits.per_volume:
        found.append((Outcome.FULL_VOLUME, volume))
    if np.count_nonzero(patient[chosen]) >= limits.per_patient:
        found.append((Outcome.FULL_PATIENT, patient))
    if candidates.min_gap[one] > 0:
        close = np.abs(candidates.plane - candidates.plane[one]) < candidates.min_gap[one]
        same = volume & (candidates.axis == candidates.axis[one])
        found.append((Outcome.NEAR_SLICE, same & close))
    return found
