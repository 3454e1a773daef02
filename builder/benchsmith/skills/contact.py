"""Which of two structures touches a third one, and whether one lies inside another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, permutations

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Draft, Relation, Scene, Seen, Unclear

INSIDE, OUTSIDE = WAYS = ("place:inside", "place:outside")
Known = Mapping[tuple[str, str], Relation]


def touching(scene: Scene, kept: Sequence[Seen], margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft for each structure and two others which of these touches it.

    One of them shares at least `margins.contact` of its rim; the other leaves the gap that
    positions need.
    """
    known = {(r.first, r.second): r for r in scene.relations}
    least = margins.gap * scene.long_side
    for first in kept:
        others = [one for one in kept if one.label != first.label]
        near = [o for o in others if known[first.label, o.label].rim >= margins.contact]
        far = {o.label for o in others if known[first.label, o.label].distance >= max(least, 1e-9)}
        if not near and len(others) > 1:
            detail = f"no structure covers {margins.contact:.3g} of its rim"
            yield Unclear(subject=first.label, reason="too-close", detail=detail)
        for a, b in combinations(others, 2):
            for one, other in ((a, b), (b, a)):
                if one in near and other.label in far:
                    yield _touching(scene, first, one, other, known)


def _touching(scene: Scene, first: Seen, near: Seen, far: Seen, known: Known) -> Draft:
    options = sorted((near.label, far.label))
    return Draft(
        scene=scene, kind="touching", subjects=(first.label, *options), options=tuple(options),
        key=near.label, about=first, ordered=True,
        evidence=(
            _fact(first, near, "share of the first's rim", known[first.label, near.label].rim, ""),
            _fact(first, far, "distance", known[first.label, far.label].distance, scene.unit),
        ),
    )  # fmt: skip


def enclosed(scene: Scene, kept: Sequence[Seen], margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft for each two structures whether the first lies inside the second.

    It does if the second one covers `margins.enclosed` of its rim, and does not if they leave a gap.
    """
    least = margins.gap * scene.long_side
    known = {(r.first, r.second): r for r in scene.relations}
    for first, second in permutations(kept, 2):
        if first.area >= second.area:
            continue
        found = known[first.label, second.label]
        if found.rim >= margins.enclosed:
            key = INSIDE
            fact = _fact(first, second, "share of the first's rim", found.rim, "")
        elif found.distance >= max(least, 1e-9):
            key = OUTSIDE
            fact = _fact(first, second, "distance", found.distance, scene.unit)
        else:
            subject = f"{first.label}|{second.label}"
            detail = f"it covers {found.rim:.3g} of the rim, at {found.distance:.3g} {scene.unit}"
            yield Unclear(subject=subject, reason="too-close", detail=detail)
            continue
        yield Draft(
            scene=scene, kind="inside", subjects=(first.label, second.label), options=WAYS,
            key=key, evidence=(fact,), about=first, ordered=True,
        )  # fmt: skip


def _fact(first: Seen, second: Seen, name: str, value: float, unit: str) -> Fact:
    return Fact(subject=f"{first.label}|{second.label}", name=name, value=value, unit=unit)
