"""Counting: how many separate parts of a structure, or lesions, a picture shows.

Each number of a set of questions is right once, so that the usual number (two kidneys, one liver) is
right no more often than by chance.
"""

from __future__ import annotations

from collections.abc import Iterator

from benchsmith.core.evidence import Fact
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Amount, Draft, Scene, Seen, Unclear
from benchsmith.skills.named_structures import conspicuous
from benchsmith.skills.plane_measures import MOST_PARTS

MOST = MOST_PARTS


def drafts(scene: Scene, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft the number of parts of each structure, up to `MOST`."""
    for one in scene.structures:
        if fault := conspicuous(one, margins):
            yield Unclear(subject=one.label, reason="hard-to-name", detail=fault)
        else:
            yield _parts(scene, one, margins)


def _parts(scene: Scene, one: Seen, margins: Margins) -> Draft | Unclear:
    assert one.flat is not None
    parts, shown = one.flat.parts, scene.shown
    if shown is not None and one.flat.deviation > margins.uneven * (shown.high - shown.low):
        # a bowel with gas and food in it has no outline that a reader could follow
        detail = f"its values deviate by {one.flat.deviation:.0f}"
        return Unclear(subject=one.label, reason="uneven", detail=detail)
    if parts[-1] < margins.part_px:
        detail = f"its smallest part has {parts[-1]} pixels"
    elif len(parts) > MOST:
        detail = f"it has {len(parts)} parts"
    elif min(one.flat.parting, one.flat.neck) < margins.part_gap * scene.long_side:
        detail = (
            f"a gap or a bridge is {min(one.flat.parting, one.flat.neck):.3g} {scene.unit} wide"
        )
    elif one.instances > 1 and one.instances != len(parts):
        detail = f"{len(parts)} parts are seen of {one.instances} that are marked"
    else:
        detail = ""
    if detail:
        return Unclear(subject=one.label, reason="parts-unclear", detail=detail)
    fact = Fact(subject=one.label, name="parts", value=len(parts), unit="")
    return Draft(
        scene=scene, kind="parts", subjects=(one.label,), about=one, evidence=(fact,),
        amount=Amount(value=len(parts), unit="", step=1, low=1, high=MOST, exact=True),
    )  # fmt: skip
