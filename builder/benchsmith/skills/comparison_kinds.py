"""More of comparison: longer, nearer, the larger of two sides, and the slice where one is largest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import SAYS, Draft, Scene, Seen, Unclear
from benchsmith.skills.montages import TILES, largest_tiles
from benchsmith.skills.named_structures import conspicuous, pairs

LEFT, RIGHT = "side:left", "side:right"


def longer(scene: Scene, one: Seen, other: Seen, margins: Margins) -> Draft | Unclear:
    """Return which of two structures has the longer diameter in the picture."""
    assert one.flat is not None
    assert other.flat is not None
    a, b = one.flat.long, other.flat.long
    labels = (one.label, other.label)
    if min(a, b) <= 0 or max(a, b) < margins.larger * min(a, b):
        detail = f"longest diameters {a:.4g} and {b:.4g} {scene.unit}"
        return Unclear(subject="|".join(labels), reason="too-alike", detail=detail)
    evidence = tuple(
        Fact(subject=label, name="longest diameter", value=value, unit=scene.unit)
        for label, value in zip(labels, (a, b), strict=True)
    )
    right = one if a > b else other
    return Draft(
        scene=scene, kind="longer", subjects=labels, options=labels, key=right.label,
        evidence=evidence, about=right,
    )  # fmt: skip


def nearer(scene: Scene, kept: Sequence[Seen], margins: Margins) -> Iterator[Draft | Unclear]:
    """Yield for each two structures which one is nearer to a third in the picture."""
    least = margins.gap * scene.long_side
    for to in kept:
        distance = {
            one.label: scene.apart[min(one.label, to.label), max(one.label, to.label)].distance
            for one in kept
            if one.label != to.label
        }
        for one, other in pairs([o for o in kept if o.label != to.label]):
            a, b = distance[one.label], distance[other.label]
            if abs(a - b) < least or max(a, b) < margins.larger * min(a, b):
                subject = f"{one.label}|{other.label}|{to.label}"
                detail = f"distances {a:.4g} and {b:.4g} {scene.unit}"
                yield Unclear(subject=subject, reason="too-alike", detail=detail)
                continue
            evidence = tuple(
                Fact(subject=f"{label}|{to.label}", name="shortest distance", value=value,
                     unit=scene.unit)
                for label, value in ((one.label, a), (other.label, b))
            )  # fmt: skip
            labels = (one.label, other.label)
            yield Draft(
                scene=scene, kind="nearer", subjects=(*labels, to.label), options=labels,
                key=labels[a > b], evidence=evidence, about=to, ladder=f"to {to.label}",
            )  # fmt: skip


def larger_side(scene: Scene, one: Seen, margins: Margins) -> Iterator[Draft | Unclear]:
    """Yield on which side of the picture the larger of a left and a right structure lies."""
    if len(one.sides) != 2 or conspicuous(one, margins):
        return
    # both sides are known; the picture shows which is where, however it is hung
    first, second = sorted(one.sides.values(), key=lambda s: s.box.x0)
    gap = (second.box.x0 - first.box.x1) * scene.pixel[1]
    if gap < margins.gap * scene.long_side or min(first.whole, second.whole) < margins.min_whole:
        detail = "they are not two separate areas side by side"
        yield Unclear(subject=one.label, reason="too-close", detail=detail)
        return
    ratio = max(first.area, second.area) / min(first.area, second.area)
    if ratio < margins.larger:
        detail = f"the sides' areas are in the ratio {ratio:.3f}"
        yield Unclear(subject=one.label, reason="too-alike", detail=detail)
        return
    evidence = tuple(
        Fact(subject=one.label, name=f"area at the picture's {name}", value=s.area,
             unit=f"{scene.unit}2")
        for name, s in (("left", first), ("right", second))
    )  # fmt: skip
    yield Draft(
        scene=scene, kind="side", subjects=(one.label,), options=(LEFT, RIGHT),
        key=LEFT if first.area > second.area else RIGHT, evidence=evidence, about=one,
    )  # fmt: skip


def largest_tile(scene: Scene, one: Seen, margins: Margins) -> Iterator[Draft]:
    """Yield montages that ask in which tile a structure is largest, with each possible answer."""
    if scene.anchor.axis != "axial" or one.flat is None or one.around is None:
        return
    options = tuple(f"{SAYS}tile {n}" for n in range(1, TILES + 1))
    for found in largest_tiles(scene, one, one.around, margins.tile):
        facts = tuple(
            Fact(subject=one.label, name=f"area in tile {n}", value=area, unit="px2")
            for n, area in enumerate(found.areas, start=1)
        )
        key = options[found.number - 1]
        yield Draft(
            scene=scene, kind="tile", subjects=(one.label,), options=options, key=key,
            evidence=facts, about=one, form=found.form, variant=f"tile{found.number}",
            once=f"{scene.anchor.sample} {one.label} {key}", in_order=True,
        )  # fmt: skip
