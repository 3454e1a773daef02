"""Assigns items to annotators: evenly, by rank, so that a new annotator changes few assignments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from benchsmith.core.random_order import rank

Item = tuple[str, str]
"""A label and a modality (``*`` for all)."""


@dataclass(frozen=True, slots=True)
class Need:
    """How many annotators an item needs, and who must not be among them."""

    item: Item
    count: int
    excluded: frozenset[str] = frozenset()


def assign(
    needs: Iterable[Need], annotators: Collection[str], seed: int, *context: str
) -> dict[Item, tuple[str, ...]]:
    """Return the annotators of every item, sorted and distinct.

    First, each item gets the annotators of lowest rank, independently of other items (rendezvous
    hashing: Thaler and Ravishankar 1998). Then as few items as possible move from annotators above
    their quota to annotators below it, by rank. If nobody is excluded, loads differ by at most
    one. The result does not depend on the order of items and annotators.

    Raises ValueError if fewer annotators are available for an item than it needs.
    """
    listed = sorted(needs, key=lambda n: n.item)
    order: dict[Item, list[str]] = {}
    for need in listed:
        available = sorted(set(annotators) - need.excluded)
        if len(available) < need.count:
            raise ValueError(
                f"{need.item} needs {need.count} annotators, but only {len(available)} are available"
            )
        order[need.item] = sorted(available, key=lambda a: (rank(seed, *context, *need.item, a), a))
    chosen = {need.item: set(order[need.item][: need.count]) for need in listed}
    loads = Counter(a for people in chosen.values() for a in people)
    quotas = _quotas(
        loads, Counter(a for available in order.values() for a in available), seed, *context
    )
    moves = sorted(
        (order[item].index(b), rank(seed, *context, "move", *item, a, b), item, a, b)
        for item, people in chosen.items()
        for a in people
        if loads[a] > quotas[a]
        for b in order[item]
        if b not in people and loads[b] < quotas[b]
    )
    # one pass is enough: a move that is impossible now stays impossible
    for _, _, item, a, b in moves:
        people = chosen[item]
        if loads[a] > quotas[a] and loads[b] < quotas[b] and a in people and b not in people:
            people.remove(a)
            people.add(b)
            loads[a] -= 1
            loads[b] += 1
    return {item: tuple(sorted(people)) for item, people in chosen.items()}


def _quotas(
    loads: Mapping[str, int], available: Mapping[str, int], seed: int, *context: str
) -> dict[str, int]:
    """Return each annotator's quota: as even as the items available to each allow.

    `available` are the numbers of items for each annotator. The remainder goes to the annotators
    with the highest loads.
    """
    total, level = sum(loads.values()), 0
    while sum(min(most, level) for most in available.values()) < total:
        level += 1
    quotas = {a: min(most, level) for a, most in available.items()}
    full = [a for a in available if quotas[a] == level]
    full.sort(key=lambda a: (loads[a], rank(seed, *context, "quota", a), a))
    for a in full[: sum(quotas.values()) - total]:
        quotas[a] -= 1
    return quotas
