"""Whether one structure lies in front of another one in the patient, in planes that show depth."""

from __future__ import annotations

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Draft, Scene, Seen, Unclear

FRONT, BACK = WAYS = ("patient:front", "patient:back")
OPPOSITE = {"front": "back", "back": "front"}


def depth(scene: Scene, first: Seen, second: Seen, margins: Margins) -> Draft | Unclear | None:
    """Draft the side of the second structure on which the first one lies, front or back.

    None if the picture shows no depth, or its directions are unknown.
    """
    if scene.top_is in OPPOSITE:
        begin, pixel = scene.top_is, scene.pixel[0]
        a, b = scene.down(first.box), scene.down(second.box)
    elif scene.left_is in OPPOSITE:
        begin, pixel = scene.left_is, scene.pixel[1]
        a, b = scene.across(first.box), scene.across(second.box)
    else:
        return None
    gaps = b[0] - a[1], a[0] - b[1]
    subject, gap = f"{first.label}|{second.label}", max(gaps) * pixel
    least = margins.gap * scene.long_side
    if gap < least or gap <= 0:
        detail = f"no gap of {least:.3g} {scene.unit} between their boxes, front to back"
        return Unclear(subject=subject, reason="too-close", detail=detail)
    way = begin if gaps[0] > gaps[1] else OPPOSITE[begin]
    fact = Fact(subject=subject, name=f"gap, the first at the {way}", value=gap, unit=scene.unit)
    return Draft(
        scene=scene, kind="depth", subjects=(first.label, second.label), options=WAYS,
        key=f"patient:{way}", evidence=(fact,), about=first, ordered=True,
    )  # fmt: skip
