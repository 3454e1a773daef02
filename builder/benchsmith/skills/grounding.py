"""Grounding: which of the numbered boxes drawn into the picture is around a structure.

All boxes are around structures of the picture. They have numbers, because letters could be mistaken
for those of the options. The right box is the largest, the second largest and so on equally often.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from benchsmith.core.evidence import Fact
from benchsmith.core.model import Box, Form
from benchsmith.core.random_order import rank
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import SAYS, Draft, Scene, Seen, Unclear
from benchsmith.skills.named_structures import named

BOXES = 4
FEWEST = 3


def drafts(scene: Scene, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft for each structure which box is around it, with others that do not hide its own."""
    kept, unclear = named(scene, margins)
    yield from unclear
    for one in kept:
        others = [o for o in kept if o.label != one.label and _apart(one.box, o.box, margins)]
        some = _others(scene, one, others, margins)
        if len(some) + 1 < FEWEST:
            detail = f"{len(some)} other boxes are of similar size and do not overlap"
            yield Unclear(subject=one.label, reason="boxes-too-few", detail=detail)
        else:
            yield _draft(scene, one, some)


def _others(scene: Scene, one: Seen, others: Sequence[Seen], margins: Margins) -> tuple[Seen, ...]:
    """Return the other structures with boxes: any largest choice whose boxes are apart."""
    for count in range(min(BOXES - 1, len(others)), FEWEST - 2, -1):
        sets = [
            some
            for some in combinations(others, count)
            if all(_apart(a.box, b.box, margins) for a, b in combinations(some, 2))
        ]
        if sets:
            return min(
                sets,
                key=lambda s: rank(0, "boxes", scene.id, one.label, *(o.label for o in s)),
            )
    return ()


def _apart(one: Box, other: Box, margins: Margins) -> bool:
    """Return whether two boxes can be drawn in one picture: similar in size, and hardly overlapping."""
    small, large = sorted((one.area, other.area))
    if large > margins.box_ratio * small:
        return False
    wide = max(0, min(one.x1, other.x1) - max(one.x0, other.x0))
    high = max(0, min(one.y1, other.y1) - max(one.y0, other.y0))
    return wide * high <= margins.box_overlap * small


def _draft(scene: Scene, one: Seen, others: Sequence[Seen]) -> Draft:
    boxes = (one.box, *(other.box for other in others))
    larger = sum(other.box.area > one.box.area for other in others)
    fact = Fact(subject=one.label, name="box area", value=one.box.area, unit="px2")
    count = len(boxes)
    options = tuple(f"{SAYS}box {n}" for n in range(1, count + 1))
    return Draft(
        scene=scene, kind="boxed", subjects=(one.label,), about=one, evidence=(fact,),
        options=options, key=options[0], form=Form(boxes=boxes), in_order=True, ladder=f"{count} boxes",
        evened=(f"{larger} of {count}", tuple(f"{n} of {count}" for n in range(count))),
    )  # fmt: skip
