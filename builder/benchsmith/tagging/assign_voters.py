"""Who votes on what: drawn by rank, evenly, so that a newcomer moves few others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from benchsmith.core.chance import rank

Item = tuple[str, str]
"""A label and a modality (``*`` for all)."""


@dataclass(frozen=True, slots=True)
class Need:
    """How many people an item asks for, and who is out of the question."""

    item: Item
    count: int
    barred: frozenset[str] = frozenset()


def assign(
    needs: Iterable[Need], annotators: Collection[str], seed: int, *context: str
) -> dict[Item, tuple[str, ...]]:
    """Return the annotators of every item, sorted; each item's are different people.

    Each item takes the annotators of lowest rank (rendezvous hashing: Thaler and Ravishankar
    1998), which needs no other item. Then items go from those who have too many to those who have
    too few, again by rank, and no more of them than evenness asks for. Where nobody is barred,
    loads differ by at most one. Items and annotators are named, never counted, so the order in
    which they come is all the same.

    Raises ValueError where an item needs more people than there are for it.
    """
    listed = sorted(needs, key=lambda n: n.item)
    order: dict[Item, list[str]] = {}
    for need in listed:
        able = sorted(set(annotators) - need.barred)
        if len(able) < need.count:
            raise ValueError(f"{need.item} needs {need.count} annotators, and has {len(able)}")
        order[need.item] = sorted(able, key=lambda a: (rank(seed, *context, *need.item, a), a))
    chosen = {need.item: set(order[need.item][: need.count]) for need in listed}
    loads = Counter(a for people in chosen.values() for a in people)
    quotas = _quotas(loads, Counter(a for able in order.values() for a in able), seed, *context)
    moves = sorted(
        (order[item].index(b), rank(seed, *context, "move", *item, a, b), item, a, b)
        for item, people in chosen.items()
        for a in people
        if loads[a] > quotas[a]
        for b in order[item]
        if b not in people and loads[b] < quotas[b]
    )
    # one pass is enough: a move that cannot be made now cannot be made later either
    for _, _, item, a, b in moves:
        people = chosen[item]
        if loads[a] > quotas[a] and loads[b] < quotas[b] and a in people and b not in people:
            people.remove(a)
            people.add(b)
            loads[a] -= 1
            loads[b] += 1
    return {item: tuple(sorted(people)) for item, people in chosen.items()}


def _quotas(
    loads: Mapping[str, int], able: Mapping[str, int], seed: int, *context: str
) -> dict[str, int]:
    """Return how many items each annotator should have: as even as what they may have allows.

    Whoever has most already gets the one more that some must have.
    """
    total, level = sum(loads.values()), 0
    while sum(min(most, level) for most in able.values()) < total:
        level += 1
    quotas = {a: min(most, level) for a, most in able.items()}
    full = [a for a in able if quotas[a] == level]
    full.sort(key=lambda a: (loads[a], rank(seed, *context, "quota", a), a))
    for a in full[: sum(quotas.values()) - total]:
        quotas[a] -= 1
    return quotas
