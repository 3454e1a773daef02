"""Measurement: length, size, distance, density and share, with the picture's own scale to measure by.

Lengths and areas are those of the picture, which has a bar with its length in millimetres. Mean values
are read from a wedge of grey with values. A volume is asked about a montage of slices through all of
the structure, and only if these slices give it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchsmith.core.evidence import Fact
from benchsmith.core.model import Form
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Amount, Draft, Scene, Seen, Unclear
from benchsmith.skills.montages import volume_form
from benchsmith.skills.named_structures import named, pairs

SCALE = Form(scale=True)
HOUNSFIELD = "HU"
LARGEST_SHARE = 80.0
"""Percent: above it nearly all of a structure is the other one."""
ENCLOSED = 0.9
"""Least share of a structure's rim that the one around it covers."""


def drafts(scene: Scene, margins: Margins) -> Iterator[Draft | Unclear]:
    """Draft numbers of each structure, and of each two."""
    kept, unclear = named(scene, margins)
    yield from unclear
    if scene.unit != "mm":
        yield Unclear(subject="", reason="no-scale", detail="the file states no spacing")
    elif kept:
        for one in kept:
            yield from _lengths(scene, one, margins)
            yield from _volume(scene, one, margins)
        for one, other in pairs(kept):
            yield _distance(scene, one, other, margins)
    for one in kept:
        yield _mean(scene, one, margins)
    for first in scene.structures:
        for second in kept:
            if first.label != second.label:
                yield from share_of(scene, first, second, margins)


def cut_off(scene: Scene, one: Seen) -> bool:
    """Return whether a structure reaches the edge of the plane, so that its end is not seen."""
    box, (rows, columns) = one.box, scene.size
    return box.x0 == 0 or box.y0 == 0 or box.x1 == columns or box.y1 == rows


def _lengths(scene: Scene, one: Seen, margins: Margins) -> Iterator[Draft | Unclear]:
    """Yield the longest diameter and the area of one structure."""
    assert one.flat is not None
    if cut_off(scene, one):
        yield Unclear(
            subject=one.label, reason="not-whole", detail="it reaches the edge of the picture"
        )
        return
    pixels = one.flat.long / max(scene.pixel)
    if pixels < margins.least_px:
        detail = f"its longest diameter is {pixels:.1f} pixels"
        yield Unclear(subject=one.label, reason="too-few-pixels", detail=detail)
        return
    yield _draft(scene, "diameter", one, "longest diameter", one.flat.long,
                 Amount(value=one.flat.long, unit="mm", ratio=margins.ratio), SCALE)  # fmt: skip
    area = one.area / 100
    yield _draft(scene, "area", one, "area", area,
                 Amount(value=area, unit="cm²", ratio=margins.area_ratio), SCALE)  # fmt: skip


def _distance(scene: Scene, one: Seen, other: Seen, margins: Margins) -> Draft | Unclear:
    """Return the shortest distance of two structures in the picture."""
    subject = f"{one.label}|{other.label}"
    found = scene.apart[one.label, other.label].distance
    pixels = found / max(scene.pixel)
    if pixels < margins.least_px:
        detail = f"{pixels:.1f} pixels lie between them"
        return Unclear(subject=subject, reason="too-few-pixels", detail=detail)
    return Draft(
        scene=scene, kind="distance", subjects=(one.label, other.label), about=one, form=SCALE,
        evidence=(Fact(subject=subject, name="shortest distance", value=found, unit="mm"),),
        amount=Amount(value=found, unit="mm", ratio=margins.ratio),
    )  # fmt: skip


def _mean(scene: Scene, one: Seen, margins: Margins) -> Draft | Unclear:
    """Return the mean value of a structure in the picture, in Hounsfield units."""
    assert one.flat is not None
    shown, mean = scene.shown, one.flat.mean
    if scene.values != HOUNSFIELD or mean is None or shown is None or shown.root:
        return Unclear(subject=one.label, reason="no-unit", detail=scene.values or "no unit")
    width = shown.high - shown.low
    if one.flat.beyond > margins.beyond:
        detail = f"{one.flat.beyond:.3f} of it is black or white in the picture"
        return Unclear(subject=one.label, reason="outside-window", detail=detail)
    if one.flat.deviation > margins.uneven * width:
        detail = f"its values deviate by {one.flat.deviation:.0f} {HOUNSFIELD}"
        return Unclear(subject=one.label, reason="uneven", detail=detail)
    amount = Amount(
        value=mean, unit=HOUNSFIELD, step=margins.tone * width, low=shown.low, high=shown.high
    )
    return _draft(scene, "mean", one, "mean value", mean, amount, Form(wedge=True))


def share_of(
    scene: Scene, first: Seen, second: Seen, margins: Margins
) -> Iterator[Draft | Unclear]:
    """Yield the share of one structure in another that encloses it, in percent."""
    a, b = sorted((first.label, second.label))
    found = scene.apart[a, b]
    inside = found.rims[first.label != a]
    mm2 = scene.pixel[0] * scene.pixel[1]
    common = found.both * mm2
    if inside < ENCLOSED or first.area >= second.area:
        return
    if first.share < margins.min_share:
        detail = f"it covers {first.share:.4f} of the picture"
        yield Unclear(subject=f"{first.label}|{second.label}", reason="hard-to-name", detail=detail)
        return
    share = 100 * first.area / (first.area + second.area - common)
    yield Draft(
        scene=scene, kind="share", subjects=(first.label, second.label), about=first, nested=True,
        evidence=(
            Fact(subject=f"{first.label}|{second.label}", name="share", value=share, unit="%"),
        ),
        amount=Amount(value=share, unit="%", ratio=margins.area_ratio, high=LARGEST_SHARE),
        form=SCALE if scene.unit == "mm" else None,
    )  # fmt: skip


def _volume(scene: Scene, one: Seen, margins: Margins) -> Iterator[Draft | Unclear]:
    """Yield the volume of a structure that the picture shows in one plane."""
    if scene.anchor.axis != "axial" or scene.volume is None:
        return
    solid = scene.volume.only(one.label)
    if solid is None or solid.facts.volume_ml is None or solid.facts.kind != "region":
        detail = "it is several structures, or its volume is unknown"
        yield Unclear(subject=one.label, reason="not-whole", detail=detail)
        return
    if solid.facts.borders:
        detail = f"it reaches the border of the scanned field: {', '.join(solid.facts.borders)}"
        yield Unclear(subject=one.label, reason="not-whole", detail=detail)
        return
    form, seen_ml = volume_form(scene, one, solid)
    volume = solid.facts.volume_ml
    if abs(seen_ml / volume - 1) > margins.montage:
        detail = f"the slices give {seen_ml:.3g} mL of {volume:.3g} mL"
        yield Unclear(subject=one.label, reason="slices-too-few", detail=detail)
        return
    amount = Amount(value=volume, unit="mL", ratio=margins.area_ratio)
    draft = _draft(scene, "volume", one, "volume", volume, amount, form)
    yield replace(draft, once=f"{scene.anchor.sample} {one.label}")


def _draft(
    scene: Scene, kind: str, one: Seen, name: str, value: float, amount: Amount, form: Form
) -> Draft:
    fact = Fact(subject=one.label, name=name, value=value, unit=amount.unit)
    return Draft(
        scene=scene, kind=kind, subjects=(one.label,), about=one, evidence=(fact,), amount=amount,
        form=form,
    )  # fmt: skip
