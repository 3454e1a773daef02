"""Comparison: which of two structures is larger, or brighter, in the picture."""

from __future__ import annotations

from collections.abc import Iterator

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.comparison_kinds import larger_side, largest_tile, longer, nearer
from benchsmith.skills.contract import Draft, Scene, Seen, Unclear
from benchsmith.skills.named_structures import named, pairs


def drafts(scene: Scene, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft for each pair of structures which one is larger, brighter, longer or nearer to a third one.

    For one structure, draft which of its sides is larger, and in which slice it is largest.
    """
    kept, unclear = named(scene, margins)
    yield from unclear
    for one, other in pairs(kept):
        yield _larger(scene, one, other, margins)
        if one.grey is not None and other.grey is not None:
            yield _brighter(scene, one, other, one.grey, other.grey, margins)
        if one.flat is not None and other.flat is not None:
            yield longer(scene, one, other, margins)
    if scene.apart:
        yield from nearer(scene, kept, margins)
    for one in scene.structures:
        yield from larger_side(scene, one, margins)
    for one in kept:
        yield from largest_tile(scene, one, margins)


def _larger(scene: Scene, one: Seen, other: Seen, margins: Margins) -> Draft | Unclear:
    ratio = max(one.area, other.area) / min(one.area, other.area)
    if ratio < margins.larger:
        subject = f"{one.label}|{other.label}"
        return Unclear(
            subject=subject, reason="too-alike", detail=f"the areas are in the ratio {ratio:.3f}"
        )
    unit = f"{scene.unit}2"
    evidence = tuple(
        Fact(subject=s.label, name="area", value=s.area, unit=unit) for s in (one, other)
    )
    return _draft(scene, "larger", one, other, one if one.area > other.area else other, evidence)


def _brighter(
    scene: Scene, one: Seen, other: Seen, a: float, b: float, margins: Margins
) -> Draft | Unclear:
    if abs(a - b) < margins.brighter:
        subject, detail = f"{one.label}|{other.label}", f"{abs(a - b):.1f} grey levels apart"
        return Unclear(subject=subject, reason="too-alike", detail=detail)
    evidence = tuple(
        Fact(subject=s.label, name="mean grey level", value=grey, unit="")
        for s, grey in ((one, a), (other, b))
    )
    return _draft(scene, "brighter", one, other, one if a > b else other, evidence)


def _draft(
    scene: Scene, kind: str, one: Seen, other: Seen, right: Seen, evidence: tuple[Fact, ...]
) -> Draft:
    labels = (one.label, other.label)
    return Draft(
        scene=scene, kind=kind, subjects=labels, options=labels, key=right.label,
        evidence=evidence, about=right,
    )  # fmt: skip
