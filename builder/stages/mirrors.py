"""Mirrored sets: one stem and one list of options over several pictures, each with its own key.

In a closed set every option is the key exactly once. Whoever answers without the pictures answers
all of it alike, and is right in one question of the set: no frequency, no wording and no habit of
the makers can help. (NaturalBench, arXiv 2410.14669, pairs pictures for the same reason.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from builder.chance import draw, order, rank

Near = Callable[[str, str], float]
"""How much rather than another label a label is offered beside a key; 1 for no difference."""


@dataclass(frozen=True, slots=True)
class Item:
    """What is to be asked: the true label, and the labels that are wrong for this picture."""

    id: str
    label: str
    wrong: frozenset[str]
    count: int
    """How many wrong options it is to have."""


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

    Each set is led by the label with the most items left, so that what is left stays even; the
    others are drawn in proportion to what they have left. Items that no closed set takes share
    their options with as many others as can be, two at least where there is a second, and the
    other options are drawn in proportion to how often each is the key among them.
    """
    queues: dict[str, list[Item]] = {}
    for item in order(items, seed, "mirror", context, name=lambda i: i.id):
        queues.setdefault(item.label, []).append(item)
    found: list[Mirror] = []
    left: list[Item] = []
    while queues:
        lead = _longest(queues, seed, context)
        members = _gather(lead, queues, seed, near)
        if len(members) == lead.count + 1:
            found.append(Mirror(tuple(m.id for m in members), _sorted(m.label for m in members)))
        else:
            members = [lead]
            left.append(lead)
        _take(members, queues)
    return found + _open(left, items, seed, context, near)


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
        members = _gather(lead, queues, seed, near)
        keys = {m.label for m in members}
        shared = frozenset.intersection(*(m.wrong | {m.label} for m in members)) - keys
        while len(shared) + len(members) < lead.count + 1:
            members.pop()  # with fewer pictures to be wrong for, more labels are
            keys = {m.label for m in members}
            shared = frozenset.intersection(*(m.wrong | {m.label} for m in members)) - keys
        more = draw(
            {n: weights[n] * near(lead.label, n) for n in shared},
            lead.count + 1 - len(members),
            seed,
            "options",
            lead.id,
        )
        found.append(Mirror(tuple(m.id for m in members), _sorted([*keys, *more])))
        _take(members, queues)
    return found


def _longest(queues: dict[str, list[Item]], seed: int, context: str) -> Item:
    label = max(queues, key=lambda n: (len(queues[n]), rank(seed, "lead", context, n), n))
    return queues[label][0]


def _gather(lead: Item, queues: dict[str, list[Item]], seed: int, near: Near) -> list[Item]:
    """Return the lead and items of other labels, each wrong for the pictures of all the others."""
    members = [lead]
    weights = {n: len(queues[n]) * near(lead.label, n) for n in lead.wrong if n in queues}
    drawn = draw(weights, len(weights), seed, "beside", lead.id)
    # a label that has one question for each set that is still to come must be in all of them
    whole = sum(map(len, queues.values()))
    drawn.sort(key=lambda n: len(queues[n]) * (lead.count + 1) < whole)
    for label in drawn:
        if len(members) == lead.count + 1:
            break
        if not all(label in m.wrong for m in members):
            continue
        keys = {m.label for m in members}
        fitting = (i for i in queues[label] if keys <= i.wrong)
        if (found := next(fitting, None)) is not None:
            members.append(found)
    return members


def _take(members: Sequence[Item], queues: dict[str, list[Item]]) -> None:
    for member in members:
        queues[member.label].remove(member)
        if not queues[member.label]:
            del queues[member.label]


def _sorted(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(labels))
