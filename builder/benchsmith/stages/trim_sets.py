"""Leave out questions of open mirrored sets until no label is the key too often among its offers.

A label's excess is the number of questions whose key it is, less the number expected by chance:
1/k for each question with k options that offers it. The label with the largest excess over its
tolerance loses the last of its questions in open sets, until no label exceeds its tolerance or no
such question is left. Each round removes one question, so there are at most as many rounds as
questions, each linear in labels.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from benchsmith.stages.mirrored_sets import MirroredSet

TOLERANCE = 0.02
"""Excess that is accepted, as a share of the questions that offer a label; at least one question."""


def trimmed(sets: Sequence[MirroredSet], keys: Mapping[str, str]) -> list[MirroredSet]:
    """Return the sets without the questions that are left out; `keys` has each item's key by id.

    Closed sets are kept as they are: they have no excess. Fair sets are kept too: together they
    have no excess.
    """
    kept = [list(one.members) for one in sets]
    counts = _Counts()
    open_sets: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(sets):
        for member in one.members:
            counts.add(one, keys[member], 1)
            if not (one.closed or one.fair):
                open_sets[keys[member]].append(number)
    while True:
        over = {label: counts.over(label) for label in counts.excess if open_sets[label]}
        worst = max(over, key=lambda label: (over[label], label), default="")
        if not worst or over[worst] <= 0:
            break
        number = open_sets[worst].pop()
        gone = next(m for m in kept[number] if keys[m] == worst)
        kept[number].remove(gone)
        counts.add(sets[number], worst, -1)
    return [
        replace(one, members=tuple(members))
        for one, members in zip(sets, kept, strict=True)
        if members
    ]


class _Counts:
    """The excess of each label, and how many questions offer it."""

    def __init__(self) -> None:
        self.excess: dict[str, float] = defaultdict(float)
        self._offers: Counter[str] = Counter()

    def add(self, one: MirroredSet, key: str, times: int) -> None:
        """Count a question of a set; `times` is -1 to remove it."""
        self.excess[key] += times
        for label in one.labels:
            self.excess[label] -= times / len(one.labels)
            self._offers[label] += times

    def over(self, label: str) -> float:
        """Return the excess of a label over its tolerance."""
        return self.excess[label] - max(1.0, TOLERANCE * self._offers[label])
