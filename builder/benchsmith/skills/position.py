"""Position: on which side of another structure one lies, and what it touches, in the picture.

The usual places of organs are known without a picture: the liver is left of the stomach in nearly every axial
slice. Each question is therefore asked again about the same picture, mirrored left to right or turned
upside down, and the other answer is right there.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contact import enclosed, touching
from benchsmith.skills.contract import Draft, Scene, Seen, Unclear
from benchsmith.skills.named_structures import named, pairs
from benchsmith.skills.patient_depth import depth
from benchsmith.skills.quadrant import quadrant
from benchsmith.skills.vertebral_level import level

LEFT, RIGHT, ABOVE, BELOW = "side:left", "side:right", "side:above", "side:below"
MIRRORED, UPSIDE_DOWN = 2, 3
"""EXIF orientations: left and right exchanged; turned by 180 degrees."""


def drafts(scene: Scene, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft for each pair of structures how one lies to the other, and for each one where it lies."""
    kept, unclear = named(scene, margins)
    yield from unclear
    for one in kept:
        yield quadrant(scene, one, margins)
        yield from level(scene, one, margins)
    for one, other in pairs(kept):
        for first, second in ((one, other), (other, one)):
            yield from _beside(scene, first, second, margins)
        if found := depth(scene, one, other, margins):
            yield found
    yield from touching(scene, kept, margins)
    yield from enclosed(scene, kept, margins)


def _beside(scene: Scene, first: Seen, second: Seen, margins: Margins) -> Iterator[Draft | Unclear]:
    """Yield what may be asked where the boxes of two structures leave a gap between them."""
    least = margins.gap * scene.long_side
    a, b = first.box, second.box
    across = (b.x0 - a.x1, a.x0 - b.x1)
    down = (b.y0 - a.y1, a.y0 - b.y1)
    found = 0
    for kind, gaps, pixel, names, turn in (
        ("beside", across, scene.pixel[1], (LEFT, RIGHT), MIRRORED),
        ("above", down, scene.pixel[0], (ABOVE, BELOW), UPSIDE_DOWN),
    ):
        gap = max(gaps) * pixel
        if gap < least or gap <= 0:
            continue
        key, turned = names if gaps[0] > gaps[1] else names[::-1]
        words = key.partition(":")[2]
        fact = Fact(
            subject=f"{first.label}|{second.label}",
            name=f"gap, the first {words}",
            value=gap,
            unit=scene.unit,
        )
        found += 1
        yield Draft(
            scene=scene, kind=kind, subjects=(first.label, second.label), options=names, key=key,
            evidence=(fact,), about=first, turn=turn, turned_key=turned,
        )  # fmt: skip
    if not found and first.label < second.label:
        detail = f"no gap of {least:.3g} {scene.unit} between their boxes"
        yield Unclear(subject=f"{first.label}|{second.label}", reason="too-close", detail=detail)
