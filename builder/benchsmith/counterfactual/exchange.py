"""Choose which questions change their answer, so that no answer is more frequent than before.

A change leads from the label that was right to the one that is right afterwards. Changes are chosen
in cycles: liver to spleen, spleen to kidney, kidney to liver. So among the altered questions of a
pool each label is the key exactly as often as among their originals, and a guesser who knows
that a picture was altered learns nothing from the frequency of answers.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from benchsmith.core.random_order import rank


class Change(NamedTuple):
    """One way to change one unit's answer."""

    unit: str
    before: str
    """The label that is right in the original picture."""
    after: str
    """The label that is right in the altered one."""
    kind: str
    mark: str = ""
    """Names a mark that at most one altered question may show; empty for a mark of the unit's own."""


def exchanged(changes: Sequence[Change], seed: int, pool: str) -> list[Change]:
    """Return at most one change of each unit of a pool, so that every label is gained as often as lost.

    Shortest cycles are taken first, from the label with the most units left; ties by rank.
    """
    left = _Left(changes, seed, pool)
    chosen: list[Change] = []
    while cycle := left.shortest_cycle():
        chosen += cycle
        for change in cycle:
            left.remove(change)
    return sorted(chosen)


class _Left:
    """The changes that may still be chosen."""

    def __init__(self, changes: Sequence[Change], seed: int, pool: str) -> None:
        self._seed, self._pool = seed, pool
        ordered = sorted(changes, key=lambda c: (rank(seed, "exchange", pool, *c), c))
        self._by_labels: dict[str, dict[str, list[Change]]] = {}
        self._of: dict[str, list[Change]] = {}
        """By unit, and by mark."""
        self._units: Counter[str] = Counter()
        """How many units have a label as their original answer."""
        self._closed: set[str] = set()
        """Labels that no cycle leads through any more."""
        for change in ordered:
            self._by_labels.setdefault(change.before, {}).setdefault(change.after, []).append(
                change
            )
            self._units[change.before] += change.unit not in self._of
            self._of.setdefault(change.unit, []).append(change)
            if change.mark:
                self._of.setdefault(change.mark, []).append(change)

    def remove(self, chosen: Change) -> None:
        """Remove all other changes of the unit of a chosen one, and those with its mark."""
        for change in (*self._of[chosen.unit], *self._of.get(chosen.mark, ())):
            others = self._by_labels[change.before].get(change.after, [])
            if change in others:
                others.remove(change)
            if not others:
                self._by_labels[change.before].pop(change.after, None)
        self._units[chosen.before] -= 1

    def shortest_cycle(self) -> list[Change]:
        """Return the changes of the shortest cycle through the first label that is in one."""
        for label in sorted(self._by_labels.keys() - self._closed, key=self._turn):
            if cycle := self._cycle(label):
                return cycle
            self._closed.add(label)
        return []

    def _turn(self, label: str) -> tuple[int, int, str]:
        return -self._units[label], rank(self._seed, "leads", self._pool, label), label

    def _cycle(self, start: str) -> list[Change]:
        """Return a shortest way from a label back to itself (breadth-first); empty without one."""
        came: dict[str, Change] = {}
        waiting = deque([start])
        while waiting:
            label = waiting.popleft()
            for after, changes in sorted(self._steps(label).items()):
                if after in came:
                    continue
                came[after] = changes[0]
                if after == start:
                    return _back(came, start)
                waiting.append(after)
        return []

    def _steps(self, label: str) -> Mapping[str, list[Change]]:
        return self._by_labels.get(label, {})


def _back(came: Mapping[str, Change], start: str) -> list[Change]:
    way = [came[start]]
    while way[-1].before != start:
        way.append(came[way[-1].before])
    return way
