"""Fair sets: mirrored sets whose keys are mixed, so that knowing some keys says nothing about the others.

In a closed set each option is the key of one question. A reader who knows some keys, or answers all
questions of the set together, can rule options out. Here two questions of two sets exchange their places, again
and again at random: a question whose key is `a` goes to a set that offers `a`, and one whose key is
`b` comes from there. So a set may have one key twice and another never.

Invariant: every label is the key as often as before, and is offered as often, so a guesser without
the pictures is right by chance. Every option of a set is wrong for a member's picture or is its key.
If no other set offers the same two labels, a set stays closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from benchsmith.core.random_order import randint
from benchsmith.stages.mirrored_sets import Item, MirroredSet

EXCHANGES = 12
"""Exchanges that are tried for each question; most questions have moved after three."""


def fair_sets(
    sets: Sequence[MirroredSet], items: Sequence[Item], seed: int, context: str
) -> list[MirroredSet]:
    """Return the sets, with the members of closed ones exchanged; `context` names the pool."""
    by_id = {item.id: item for item in items}
    closed = [n for n, one in enumerate(sets) if one.closed]
    place = {id_: n for n in closed for id_ in sets[n].members}
    with_key: dict[str, list[str]] = {}
    for id_ in sorted(place):
        with_key.setdefault(by_id[id_].label, []).append(id_)
    offered = {n: frozenset(sets[n].labels) for n in closed}

    def fits(item: Item, number: int) -> bool:
        return item.label in offered[number] and offered[number] <= item.wrong | {item.label}

    for turn in range(EXCHANGES):
        for id_ in sorted(place):
            one, own = by_id[id_], place[id_]
            others = [n for n in sets[own].labels if n != one.label]
            names = ("exchange", context, str(turn), id_)
            label = others[randint(seed, 0, len(others) - 1, *names, "label")]
            partners = with_key.get(label, [])
            if not partners:
                continue
            other = by_id[partners[randint(seed, 0, len(partners) - 1, *names, "partner")]]
            there = place[other.id]
            if there != own and fits(one, there) and fits(other, own):
                place[one.id], place[other.id] = there, own
    members: dict[int, list[str]] = {}
    for id_ in sorted(place):
        members.setdefault(place[id_], []).append(id_)
    return [
        replace(one, members=tuple(members[n]), fair=True) if n in members else one
        for n, one in enumerate(sets)
    ]
