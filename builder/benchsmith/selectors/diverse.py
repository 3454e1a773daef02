"""Take targets one by one: first where least was taken, then where most is still unlike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from benchsmith.selectors.likeness import Likeness
from benchsmith.tables.coded_columns import Codes


class Fate(IntEnum):
    """What became of a candidate."""

    LEFT = 0
    """There was no room for it."""
    TAKEN = 1
    FULL_VOLUME = 2
    FULL_PATIENT = 3
    NEAR_SLICE = 4
    FULL_SOURCE = 5


@dataclass(frozen=True)
class Limits:
    """How much may be taken."""

    room: int
    per_volume: int
    per_patient: int
    per_source: int = 0
    """Where three sources or more have candidates; 0 is no limit."""


SOURCES = 3
"""With fewer, a limit on one would only leave places empty."""


@dataclass(frozen=True)
class Candidates:
    """The candidates of one answer on one side, in random order: the first wins a tie."""

    levels: Sequence[Codes]
    """What is shared out evenly, the most important first: the sources."""
    volume: Codes
    patient: Codes
    axis: Codes
    place: npt.NDArray[np.float64]
    """Number of the plane in its stack."""
    apart: npt.NDArray[np.float64]
    """Planes that must lie between two of one volume and axis; 0 where there is no stack."""
    like: Likeness


def take(candidates: Candidates, limits: Limits) -> tuple[list[int], npt.NDArray[np.int8]]:
    """Return the chosen in their order, and every candidate's fate.

    Of those that may still be taken, those remain whose group on the first level was taken from
    least, of these those on the second level, and so on: equal shares until a group is used up.
    Among what remains, the one is taken that adds most to the sum, over all candidates, of the
    likeness to the nearest that was taken (facility location; the greedy choice reaches
    1 - 1/e of the best sum where it is free, Nemhauser, Wolsey and Fisher 1978). The order does
    not depend on the room: what a smaller room takes is a beginning of what a larger one takes.
    """
    count = len(candidates.volume)
    fate = np.zeros(count, np.int8)
    free = np.ones(count, bool)
    taken = [np.zeros(int(level.max(initial=-1)) + 1, np.int64) for level in candidates.levels]
    best = np.zeros(count, np.int32)
    chosen: list[int] = []
    while len(chosen) < limits.room:
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
        fate[one] = Fate.TAKEN
        for why, shut in _shut(candidates, limits, chosen):
            fate[free & shut] = why
            free &= ~shut
    return chosen, fate


def _shut(
    candidates: Candidates, limits: Limits, chosen: Sequence[int]
) -> list[tuple[Fate, npt.NDArray[np.bool_]]]:
    """Return who may not be taken any more after the last choice, and why."""
    one = chosen[-1]
    volume = candidates.volume == candidates.volume[one]
    patient = candidates.patient == candidates.patient[one]
    found = []
    source = candidates.levels[0] == candidates.levels[0][one]
    many = limits.per_source and len(np.unique(candidates.levels[0])) >= SOURCES
    if many and np.count_nonzero(source[chosen]) >= limits.per_source:
        found.append((Fate.FULL_SOURCE, source))
    if np.count_nonzero(volume[chosen]) >= limits.per_volume:
        found.append((Fate.FULL_VOLUME, volume))
    if np.count_nonzero(patient[chosen]) >= limits.per_patient:
        found.append((Fate.FULL_PATIENT, patient))
    if candidates.apart[one] > 0:
        beside = np.abs(candidates.place - candidates.place[one]) < candidates.apart[one]
        same = volume & (candidates.axis == candidates.axis[one])
        found.append((Fate.NEAR_SLICE, same & beside))
    return found
