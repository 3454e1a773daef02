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
    a, b = first.box, second.box
    if scene.top_is in OPPOSITE:
        begin, gaps, pixel = scene.top_is, (b.y0 - a.y1, a.y0 - b.y1), scene.pixel[0]
    elif scene.left_is in OPPOSITE:
        begin, gaps, pixel = scene.left_is, (b.x0 - a.x1, a.x0 - b.x1), scene.pixel[1]
    else:
        return None
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
