"""Mirrored sets: one stem and one list of options over several pictures, each with its own key.

In a closed set every option is the key exactly once. Whoever answers without the pictures answers
all of it alike, and is right in one question of the set: no frequency, no wording and no habit of
the makers can help. (NaturalBench, arXiv 2410.14669, pairs pictures for the same reason.)
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from benchsmith.core.chance import draw, order, rank

Near = Callable[[str, str], float]
"""How much rather than another label a label is offered beside a key; 1 for no difference."""


SLACK = 0.02
"""How much more often than by chance a label may be right where it is offered."""
SEARCH = 400
"""Steps of the search for one set."""
TRIES = 3
"""Items of one label that are tried."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be asked: the true label, and the labels that are wrong for this picture."""

    id: str
    label: str
    wrong: frozenset[str]
    count: int
    """How many wrong options it is to have."""
    fewest: int
    """How many it may have where that closes a set."""


@dataclass(frozen=True, slots=True)
class Mirror:
    """Questions with the same options."""

    members: tuple[str, ...]
    """Ids of the items, each with another key."""
    labels: tuple[str, ...]
    """The options, sorted."""

    @property
    def closed(self) -> bool:
        """Whether each option is the key of one member."""
        return len(self.members) == len(self.labels)


def mirrors(items: Iterable[Item], seed: int, context: str, near: Near) -> list[Mirror]:
    """Part a pool's items into sets with the same options, closed ones as far as they go.

    Each set is led by the label with the most items left, so that what is left stays even, and
    there by the item with the fewest wrong labels, which is the hardest to place; the others are
    drawn in proportion to what they have left. Where no set of the wanted size closes, a smaller
    one may. Items that no closed set takes share their options with as many others as can be, two
    at least where there is a second, and the other options are drawn in proportion to how often
    each is the key among them.
    """
    queues: dict[str, list[Item]] = {}
    for item in order(items, seed, "mirror", context, name=lambda i: i.id):
        queues.setdefault(item.label, []).append(item)
    for queue in queues.values():
        queue.sort(key=lambda i: len(i.wrong))
    found: list[Mirror] = []
    left: list[Item] = []
    while queues:
        lead = _longest(queues, seed, context)
        members = _close(lead, queues, seed, near)
        if members:
            found.append(Mirror(tuple(m.id for m in members), _sorted(m.label for m in members)))
        else:
            left.append(lead)
        _take(members or [lead], queues)
    return found + _open(left, items, seed, context, near)


def fair(sets: Sequence[Mirror], labels: Mapping[str, str]) -> list[Mirror]:
    """Take members out of open sets until no label is right too often where it is offered.

    `labels` are the items' keys. Too often is more than by chance, by the larger of one question
    and SLACK of the questions that offer it. Closed sets are fair as they are.
    """
    kept = [list(one.members) for one in sets]
    excess: dict[str, float] = defaultdict(float)
    offers: Counter[str] = Counter()
    opened: dict[str, list[int]] = defaultdict(list)
    for number, one in enumerate(sets):
        for member in one.members:
            _weigh(one, labels[member], 1, excess, offers)
            if not one.closed:
                opened[labels[member]].append(number)
    while True:
        over = {n: e - max(1.0, SLACK * offers[n]) for n, e in excess.items() if opened[n]}
        worst = max(over, key=lambda n: (over[n], n), default="")
        if not worst or over[worst] <= 0:
            break
        number = opened[worst].pop()
        gone = next(m for m in kept[number] if labels[m] == worst)
        kept[number].remove(gone)
        _weigh(sets[number], worst, -1, excess, offers)
    return [
        replace(one, members=tuple(members))
        for one, members in zip(sets, kept, strict=True)
        if members
    ]


def _weigh(
    one: Mirror, key: str, times: int, excess: dict[str, float], offers: Counter[str]
) -> None:
    """Count a question: its key is right once, each of its labels once in as many by chance."""
    excess[key] += times
    for label in one.labels:
        excess[label] -= times / len(one.labels)
        offers[label] += times


def _close(lead: Item, queues: dict[str, list[Item]], seed: int, near: Near) -> list[Item]:
    """Return the members of a closed set, or none."""
    labels = _beside(lead, queues, seed, near)
    for count in range(lead.count, min(lead.count, lead.fewest) - 1, -1):
        # a label that has one question for each set that is still to come must be in all of them
        whole = sum(map(len, queues.values()))
        first = sorted(labels, key=lambda n: len(queues[n]) * (count + 1) < whole)
        members = _search([lead], first, count, queues, [SEARCH])
        if len(members) == count + 1:
            return members
    return []


def _search(
    members: list[Item],
    labels: Sequence[str],
    more: int,
    queues: dict[str, list[Item]],
    steps: list[int],
) -> list[Item]:
    """Add `more` items of other labels, each wrong for all the others' pictures.

    Returns as many as there are, or as the steps that are left find.
    """
    best = members
    keys = {m.label for m in members}
    for place, label in enumerate(labels):
        if not more or len(labels) - place < more:
            break
        if not all(label in m.wrong for m in members):
            continue
        for item in [i for i in queues[label] if keys <= i.wrong][:TRIES]:
            if not steps[0]:
                return best
            steps[0] -= 1
            found = _search([*members, item], labels[place + 1 :], more - 1, queues, steps)
            if len(found) > len(best):
                best = found
            if len(best) == len(members) + more:
                return best
    return best


def _beside(lead: Item, queues: dict[str, list[Item]], seed: int, near: Near) -> list[str]:
    """Return the labels that may stand beside an item, in proportion to what they have left."""
    weights = {n: len(queues[n]) * near(lead.label, n) for n in lead.wrong if n in queues}
    return draw(weights, len(weights), seed, "beside", lead.id)


def _open(
    left: Sequence[Item], items: Iterable[Item], seed: int, context: str, near: Near
) -> list[Mirror]:
    """Give the items that no closed set took their options, shared by as many as can be."""
    everywhere = Counter(item.label for item in items)
    own = Counter(item.label for item in left)
    weights = {n: own[n] + everywhere[n] / (1 + len(left)) for n in everywhere}
    queues: dict[str, list[Item]] = {}
    for item in left:
        queues.setdefault(item.label, []).append(item)
    found = []
    while queues:
        lead = _longest(queues, seed, context)
        labels = _beside(lead, queues, seed, near)
        members = _search([lead], labels, lead.count, queues, [SEARCH])
        while len(shared := _shared(members)) + len(members) < lead.count + 1:
            members.pop()  # with fewer pictures to be wrong for, more labels are
        drawn = draw(
            {n: weights[n] * near(lead.label, n) for n in shared},
            lead.count + 1 - len(members),
            seed,
            "options",
            lead.id,
        )
        labels_of_all = [*(m.label for m in members), *drawn]
        found.append(Mirror(tuple(m.id for m in members), _sorted(labels_of_all)))
        _take(members, queues)
    return found


def _shared(members: Sequence[Item]) -> frozenset[str]:
    """Return the labels that are wrong for every member's picture, and no member's own."""
    keys = {m.label for m in members}
    return frozenset.intersection(*(m.wrong | {m.label} for m in members)) - keys


def _longest(queues: dict[str, list[Item]], seed: int, context: str) -> Item:
    label = max(queues, key=lambda n: (len(queues[n]), rank(seed, "lead", context, n), n))
    return queues[label][0]


def _take(members: Sequence[Item], queues: dict[str, list[Item]]) -> None:
    for member in members:
        queues[member.label].remove(member)
        if not queues[member.label]:
            del queues[member.label]


def _sorted(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(labels))
