"""Order targets so that any beginning of the list is spread over sources, patients and volumes."""

from __future__ import annotations

from collections.abc import Sequence

from builder.chance import order
from builder.model import Target

LEVELS = ("source", "patient", "sample", "axis")


def spread(targets: Sequence[Target], seed: int, depth: int = 0) -> list[Target]:
    """Take turns: one from each source, within a source from each patient, and so on.

    Turns at each level are in random order by name, so the result does not depend on the order
    of the input.
    """
    if depth == len(LEVELS):
        return order(targets, seed, "target", name=lambda t: t.id)
    groups: dict[str, list[Target]] = {}
    for target in targets:
        groups.setdefault(getattr(target, LEVELS[depth]), []).append(target)
    queues = [
        spread(groups[name], seed, depth + 1)
        for name in order(groups, seed, LEVELS[depth], name=str)
    ]
    turns = []
    for turn in range(max(map(len, queues), default=0)):
        turns += [queue[turn] for queue in queues if turn < len(queue)]
    return turns
