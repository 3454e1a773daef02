"""Relations of structures in one picture: their distance, and how far one surrounds another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations

from benchsmith.skills.contract import Relation
from benchsmith.skills.plane_facts import Apart


def relations(labels: Iterable[str], apart: Mapping[tuple[str, str], Apart]) -> Iterator[Relation]:
    """Yield the relation of each structure to each other one, sorted by their labels.

    `apart` has the measurements of each pair, by their labels in alphabetical order.
    """
    for first, second in permutations(sorted(labels), 2):
        found = apart[min(first, second), max(first, second)]
        yield Relation(first, second, found.distance, found.rims[first > second])
