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
   If no set of the wanted size is found, other sizes are tried. Wanted is the number of wrong
   options that the fewest questions of the pool have so far, so that all become equally frequent.
3. Items that are in no closed set share their options with as many others as possible, in *open*
   sets; the remaining options are drawn in proportion to how often each is the key among them,
   none of them related to another.

Invariant: each item is in exactly one set, and every option of a set is wrong for its picture or is
its key. Every set costs at most `MAX_STEPS` steps for each size, and one draw among the labels.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from benchsmith.core.random_order import draw, order, rank
from benchsmith.stages.nearness import Nearness
from benchsmith.stages.unrelated_options import Apart, draw_unrelated

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
    counts: tuple[int, ...]
    """How many wrong options to offer: one of these numbers, which are ascending."""
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
    items: Sequence[Item], seed: int, context: str, near: Nearness, apart: Apart
) -> list[MirroredSet]:
    """Divide a pool's items into sets with the same options: closed sets first, then open ones.

    `context` names the pool in the draws. `near` gives the weight of offering two labels together;
    `apart` has the pairs that are never offered together.
    """
    sizes = _Sizes(seed, context)
    queues: Queues = {}
    for item in order(items, seed, "mirror", context, name=lambda i: i.id):
        queues.setdefault(item.label, []).append(item)
    for queue in queues.values():
        queue.sort(key=lambda i: len(i.wrong))
    found: list[MirroredSet] = []
    left: list[Item] = []
    while queues:
        lead = _lead(queues, seed, context)
        members = _closed(lead, queues, seed, near, sizes)
        if members:
            found.append(_set(members))
            sizes.add(found[-1])
        else:
            left.append(lead)
        _remove(members or [lead], queues)
    return found + _Open(items, left, seed, context, near, apart, sizes).sets()


class _Sizes:
    """How many questions of a pool have each number of wrong options so far."""

    def __init__(self, seed: int, context: str) -> None:
        self._questions: Counter[int] = Counter()
        self._seed, self._context = seed, context

    def add(self, one: MirroredSet) -> None:
        self._questions[len(one.labels) - 1] += len(one.members)

    def wanted(self, lead: Item) -> list[int]:
        """Return the numbers of wrong options that an item may have, the rarest first."""
        ties = rank(self._seed, "option count", self._context, lead.id) % 2
        return sorted(lead.counts, key=lambda n: (self._questions[n], n if ties else -n))


def _closed(lead: Item, queues: Queues, seed: int, near: Nearness, sizes: _Sizes) -> list[Item]:
    """Return the members of a closed set with `lead`; empty if none is found."""
    labels = _candidates(lead, queues, seed, near)
    smaller = range(lead.counts[0] - 1, lead.fewest - 1, -1)
    for count in (*sizes.wanted(lead), *smaller):
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

    `steps` holds one number, the remaining steps, which the recursion counts down. The
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


class _Open:
    """Divides the items `left` by the closed sets into open ones, each as large as possible."""

    def __init__(
        self,
        items: Sequence[Item],
        left: Sequence[Item],
        seed: int,
        context: str,
        near: Nearness,
        apart: Apart,
        sizes: _Sizes,
    ) -> None:
        everywhere = Counter(item.label for item in items)
        own = Counter(item.label for item in left)
        self._weights = {n: own[n] + everywhere[n] / (1 + len(left)) for n in everywhere}
        self._queues: Queues = {}
        for item in left:
            self._queues.setdefault(item.label, []).append(item)
        self._seed, self._context, self._near = seed, context, near
        self._apart, self._sizes = apart, sizes

    def sets(self) -> list[MirroredSet]:
        """Return the sets of all items."""
        found = []
        while self._queues:
            lead = _lead(self._queues, self._seed, self._context)
            found.append(self._set_of(lead))
            self._sizes.add(found[-1])
        return found

    def _set_of(self, lead: Item) -> MirroredSet:
        count = self._sizes.wanted(lead)[0]
        labels = _candidates(lead, self._queues, self._seed, self._near)
        members = _search([lead], labels, count, self._queues, [MAX_STEPS])
        drawn = self._drawn(lead, members, count)
        while len(drawn) + len(members) < count + 1 and len(members) > 1:
            members.pop()  # more labels are wrong for all of fewer pictures
            drawn = self._drawn(lead, members, count)
        _remove(members, self._queues)
        return _set(members, drawn)

    def _drawn(self, lead: Item, members: Sequence[Item], count: int) -> list[str]:
        """Draw the options that are not the key of any member."""
        weights = {
            n: self._weights[n] * self._near(lead.label, n) for n in sorted(_shared(members))
        }
        wanted = count + 1 - len(members)
        return draw_unrelated(weights, wanted, self._apart, self._seed, "options", lead.id)


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
