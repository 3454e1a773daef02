"""Laterality: on which of the patient's sides a structure lies, or in which half of the picture.

The patient's side is asked only if the file states the directions of its axes. The picture is then
shown in radiological convention, and the stem says so. Since most structures always lie on one side, a
question is asked only as often with either answer: see :mod:`benchsmith.skills.balanced_sets`. The half
of the picture can be asked of any picture. It is asked twice, about the picture as it is and mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.documents.skill_pools import VIEW
from benchsmith.skills.contract import Draft, Scene, Seen, Unclear
from benchsmith.skills.named_structures import conspicuous, named

LEFT, RIGHT = SIDES = ("patient:left", "patient:right")
HALVES = ("half:left", "half:right")
MIRRORED = 2
"""EXIF orientation: left and right exchanged."""
OPPOSITE = {"left": "right", "right": "left"}


def drafts(scene: Scene, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft the patient's side and the picture's half of each structure, and the side of each marked one."""
    kept, unclear = named(scene, margins)
    yield from unclear
    for one in kept:
        yield _half(scene, one, margins)
        yield _of_patient(scene, one, "patient", margins)
    for one in scene.sided:
        if fault := conspicuous(one, margins):
            yield Unclear(subject=one.label, reason="hard-to-name", detail=fault)
        else:
            yield _of_patient(scene, one, "marked", margins)


def _half(scene: Scene, one: Seen, margins: Margins) -> Draft | Unclear:
    """Draft in which half of the picture, as it is shown, a structure lies."""
    middle = scene.size[1] / 2
    gap = max(middle - one.box.x1, one.box.x0 - middle) * scene.pixel[1]
    least = margins.gap * scene.long_side
    if gap < least or gap <= 0:
        detail = f"not {least:.3g} {scene.unit} from the middle of the picture"
        return Unclear(subject=one.label, reason="too-close", detail=detail)
    key, turned = HALVES if one.box.x1 <= middle else HALVES[::-1]
    fact = Fact(subject=one.label, name="distance from the middle of the picture", value=gap,
                unit=scene.unit)  # fmt: skip
    return Draft(
        scene=scene, kind="picture", subjects=(one.label,), options=HALVES, key=key,
        evidence=(fact,), about=one, turn=MIRRORED, turned_key=turned,
    )  # fmt: skip


def _of_patient(scene: Scene, one: Seen, kind: str, margins: Margins) -> Draft | Unclear:
    """Draft on which of the patient's sides a structure lies.

    All of it must be beyond the middle of the body, and the source must not contradict it.
    """
    if scene.left_is not in OPPOSITE:
        what = (
            "the file does not state which side of the picture is which, or its planes are oblique"
        )
        return _unclear(one, what)
    if scene.middle is None:
        return _unclear(one, "the picture cuts the body off at a side, so its middle is not known")
    lean = scene.leans[0] * scene.pixel[0] / scene.pixel[1]
    if lean and scene.middle_row is None:
        return _unclear(
            one, "the plane is turned, and it cuts the body off at the top or the bottom"
        )
    begin, end = scene.across(one.box)
    middle = scene.middle + lean * (scene.middle_row or 0.0)
    gap = max(middle - end, begin - middle) * scene.pixel[1]
    least = margins.midline * scene.long_side
    if gap < least:
        return _unclear(one, f"not {least:.3g} {scene.unit} from the middle of the body")
    left_half = end <= middle
    side = scene.left_is if left_half else OPPOSITE[scene.left_is]
    if one.stated_sides - {"", side}:
        return _unclear(one, f"the source states a side other than {side}")
    fact = Fact(subject=one.label, name=f"distance from the middle of the body, to the {side}",
                value=gap, unit=scene.unit)  # fmt: skip
    return Draft(
        scene=scene, kind=kind, subjects=(one.label,), options=SIDES, key=f"patient:{side}",
        evidence=(fact,), about=one,
        variant=f"{one.shown.layer}.{one.shown.value}" if kind == "marked" else "",
        view="contour" if kind == "marked" else VIEW,
    )  # fmt: skip


def _unclear(one: Seen, detail: str) -> Unclear:
    return Unclear(subject=one.label, reason="side-unclear", detail=detail)
