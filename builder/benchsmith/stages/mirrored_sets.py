"""Mirrored sets: questions with one stem and one list of options, whose pictures have different keys.

In a *closed* set every option is the key of exactly one question. A guesser who answers without the
pictures gives the same answer throughout, so exactly one answer of the set is right whatever the
guesser knows about frequencies, wording or habits. (NaturalBench, arXiv 2410.14669, pairs pictures
for the same reason.)

The sets of a pool are built greedily:

1. The label with the most items left leads, so that what is left stays even, and with its item
   that has the fewest wrong labels, since that one is the hardest to place.
2. A depth-first search looks for items of other labels so that each label is wrong for all the
   other pictures; labels are tried in a weighted random order. It is limited to `MAX_STEPS` steps.
   If no set of the wanted size is found, smaller ones are tried.
3. Items that are in no closed set share their options with as many others as possible, in *open*
   sets; the remaining options are drawn in proportion to how often each is the key among them.

Invariant: each item is in exactly one set, and every option of a set is wrong for its picture or is
its key. Every set costs at most `MAX_STEPS` steps for each size, and one draw among the labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchsmith.core.random_order import draw, order, rank
from benchsmith.stages.nearness import Nearness

MAX_STEPS = 400
"""Limit on the search for one set: items that are added to a partial set."""
ITEMS_PER_LABEL = 3
"""How many items of one label the search tries at one point."""

Queues = dict[str, list["Item"]]
"""The items that are in no set yet, by label, those with the fewest wrong labels first."""


@dataclass(frozen=True, slots=True)
class Item:
    """A target to draw options for: its key, and the labels that are wrong for its picture."""

    id: str
    label: str
    wrong: frozenset[str]
    count: int
    """How many wrong options to offer."""
    fewest: int
    """How many are enough if that closes a set."""


@dataclass(frozen=True, slots=True)
class MirroredSet:
    """Questions with the same options, or a single one."""

    members: tuple[str, ...]
    """Ids of the items; their keys differ, except in a fair set."""
    labels: tuple[str, ...]
    """The options, sorted."""
    fair: bool = False
    """Whether its keys were mixed with those of other sets: :mod:`benchsmith.stages.fair_sets`."""

    @property
    def closed(self) -> bool:
        """Return whether each option is the key of one member."""
        return len(self.members) == len(self.labels) and not self.fair


def mirrored_sets(
    items: Sequence[Item], seed: int, context: str, near: Nearness
) -> list[MirroredSet]:
    """Divide a pool's items into sets with the same options: closed sets first, then open ones.

    `context` names the pool in the draws. `near` weighs how readily two labels are offered together.
    """
    queues: Queues = {}
    for item in order(items, seed, "mirror", context, name=lambda i: i.id):
        queues.setdefault(item.label, []).append(item)
    for queue in queues.values():
        queue.sort(key=lambda i: len(i.wrong))
    found: list[MirroredSet] = []
    left: list[Item] = []
    while queues:
        lead = _lead(queues, seed, context)
        members = _closed(lead, queues, seed, near)
        if members:
            found.append(_set(members))
        else:
            left.append(lead)
        _remove(members or [lead], queues)
    return found + _open_sets(left, items, seed, context, near)


def _closed(lead: Item, queues: Queues, seed: int, near: Nearness) -> list[Item]:
    """Return the members of a closed set with `lead`; empty if none is found."""
    labels = _candidates(lead, queues, seed, near)
    for count in range(lead.count, min(lead.count, lead.fewest) - 1, -1):
        # a label with as many items as there are sets still to build must be in each: it comes first
        total = sum(map(len, queues.values()))
        urgent = sorted(labels, key=lambda n: len(queues[n]) * (count + 1) < total)
        members = _search([lead], urgent, count, queues, [MAX_STEPS])
        if len(members) == count + 1:
            return members
    return []


def _search(
    members: list[Item],
    labels: Sequence[str],
    more: int,
    queues: Queues,
    steps: list[int],
) -> list[Item]:
    """Return `members` with up to `more` items of other labels, each wrong for all other pictures.

    `steps` holds one number, the steps that are left, which is counted down over the recursion. The
    largest set found is returned.
    """
    best = members
    keys = {m.label for m in members}
    for place, label in enumerate(labels):
        if not more or len(labels) - place < more:
            break
        if not all(label in m.wrong for m in members):
            continue
        for item in [i for i in queues[label] if keys <= i.wrong][:ITEMS_PER_LABEL]:
            if not steps[0]:
                return best
            steps[0] -= 1
            found = _search([*members, item], labels[place + 1 :], more - 1, queues, steps)
            if len(found) > len(best):
                best = found
            if len(best) == len(members) + more:
                return best
    return best


def _candidates(lead: Item, queues: Queues, seed: int, near: Nearness) -> list[str]:
    """Return the labels that are wrong for an item, in random order weighted by their items left."""
    weights = {n: len(queues[n]) * near(lead.label, n) for n in lead.wrong if n in queues}
    return draw(weights, len(weights), seed, "beside", lead.id)


def _open_sets(
    left: Sequence[Item], items: Sequence[Item], seed: int, context: str, near: Nearness
) -> list[MirroredSet]:
    """Divide the items `left` by the closed sets into open ones, each as large as possible."""
    everywhere = Counter(item.label for item in items)
    own = Counter(item.label for item in left)
    weights = {n: own[n] + everywhere[n] / (1 + len(left)) for n in everywhere}
    queues: Queues = {}
    for item in left:
        queues.setdefault(item.label, []).append(item)
    found = []
    while queues:
        lead = _lead(queues, seed, context)
        labels = _candidates(lead, queues, seed, near)
        members = _search([lead], labels, lead.count, queues, [MAX_STEPS])
        while len(shared := _shared(members)) + len(members) < lead.count + 1:
            members.pop()  # more labels are wrong for all of fewer pictures
        drawn = draw(
            {n: weights[n] * near(lead.label, n) for n in shared},
            lead.count + 1 - len(members),
            seed,
            "options",
            lead.id,
        )
        found.append(_set(members, drawn))
        _remove(members, queues)
    return found


def _shared(members: Sequence[Item]) -> frozenset[str]:
    """Return the labels that are wrong for every member's picture and no member's key."""
    keys = {m.label for m in members}
    return frozenset.intersection(*(m.wrong | {m.label} for m in members)) - keys


def _lead(queues: Queues, seed: int, context: str) -> Item:
    """Return the first item of the label with the most items left, ties by rank."""
    label = max(queues, key=lambda n: (len(queues[n]), rank(seed, "lead", context, n), n))
    return queues[label][0]


def _remove(members: Sequence[Item], queues: Queues) -> None:
    for member in members:
        queues[member.label].remove(member)
        if not queues[member.label]:
            del queues[member.label]


def _set(members: Sequence[Item], drawn: Iterable[str] = ()) -> MirroredSet:
    """Return the set of some members, with `drawn` as options beside their keys."""
    options = sorted([*(m.label for m in members), *drawn])
    return MirroredSet(tuple(m.id for m in members), tuple(options))
