"""The value of a published criterion's measure in a picture, or why the picture does not show it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchsmith.core.evidence import Fact
from benchsmith.core.structures import StructureFacts
from benchsmith.documents.lexicon.reasoning_rules import Rule
from benchsmith.skills.contract import Scene, Seen
from benchsmith.skills.plane_facts import Flat

NOT_WHOLE, NO_SCALE, NO_UNIT = "not-whole", "no-scale", "no-unit"
MOST_OF_IT = 0.95
"""Least share of a structure's own longest extent that the plane shows."""
THICKEST_MM = 5.0
"""Thickest slice in which a diameter is measured, as in RECIST 1.1."""
MOST_OBLIQUE = 1.2
"""Largest ratio of the diameters of a vessel that is cut across."""


@dataclass(frozen=True, slots=True)
class Missing:
    """Why a measure is not known."""

    reason: str
    detail: str


Value = tuple[float, tuple[Fact, ...]]
Measure = Callable[[Scene, Seen, Seen | None], Value | Missing]
"""From a scene, a structure and the criterion's other one to the value and what it rests on."""


def value_of(rule: Rule, scene: Scene, one: Seen, other: Seen | None) -> Value | Missing:
    """Return the value of a rule's measure, and the facts that it rests on."""
    return MEASURED[rule.measure](scene, one, other)


def _longest(scene: Scene, one: Seen, _: Seen | None) -> Value | Missing:
    size = _size(scene, one)
    return size if isinstance(size, Missing) else (size.long, (_long(one, size),))


def _shortest(scene: Scene, one: Seen, _: Seen | None) -> Value | Missing:
    size = _size(scene, one)
    return size if isinstance(size, Missing) else (size.short, (_short(one, size),))


def _mean_diameter(scene: Scene, one: Seen, _: Seen | None) -> Value | Missing:
    size = _size(scene, one)
    if isinstance(size, Missing):
        return size
    return (size.long + size.short) / 2, (_long(one, size), _short(one, size))


def _calibre(scene: Scene, one: Seen, _: Seen | None) -> Value | Missing:
    """Return the diameter across a vessel in an axial plane, which need not be its widest."""
    size = one.flat
    if size is None or scene.unit != "mm" or scene.anchor.axis != "axial":
        return Missing(NO_SCALE, "no axial plane with a stated spacing")
    if size.long > MOST_OBLIQUE * size.short:
        detail = f"the plane cuts it obliquely: {size.long:.1f} by {size.short:.1f} mm"
        return Missing(NOT_WHOLE, detail)
    return size.short, (_short(one, size), _long(one, size))


def _length(scene: Scene, one: Seen, _: Seen | None) -> Value | Missing:
    """Return the extent from head to foot, if the plane shows all of it."""
    facts = _solid(scene, one)
    if isinstance(facts, Missing):
        return facts
    if scene.unit != "mm" or scene.anchor.axis != "coronal":
        return Missing(NO_SCALE, "no coronal plane with a stated spacing")
    whole = (facts.high[0] - facts.low[0]) * scene.pixel[0]
    shown = (one.box.y1 - one.box.y0) * scene.pixel[0]
    if {"head", "foot"} & {*facts.borders}:
        return Missing(NOT_WHOLE, "it reaches the end of the scanned field")
    if shown < MOST_OF_IT * whole:
        return Missing(NOT_WHOLE, f"the plane shows {shown:.0f} of {whole:.0f} mm of its length")
    return whole, (Fact(subject=one.label, name="length", value=whole, unit="mm"),)


def _volume(scene: Scene, one: Seen, _: Seen | None) -> Value | Missing:
    facts = _solid(scene, one)
    if isinstance(facts, Missing):
        return facts
    if facts.volume_ml is None or facts.borders:
        return Missing(NOT_WHOLE, "its volume is not known, or the scanned field cuts it off")
    value = facts.volume_ml
    return value, (Fact(subject=one.label, name="volume", value=value, unit="mL"),)


def _mean(scene: Scene, one: Seen, _: Seen | None) -> Value | Missing:
    facts = _solid(scene, one)
    if isinstance(facts, Missing):
        return facts
    # few CT files state their unit; the window that draws them is in Hounsfield units
    if one.flat is None or one.flat.mean is None or scene.values != "HU":
        return Missing(NO_UNIT, scene.values or "no unit")
    value = one.flat.mean
    return value, (Fact(subject=one.label, name="mean value", value=value, unit="HU"),)


def _mean_difference(scene: Scene, one: Seen, other: Seen | None) -> Value | Missing:
    assert other is not None
    found = []
    for each in (one, other):
        value = _mean(scene, each, None)
        if isinstance(value, Missing):
            return value
        found.append(value)
    (a, facts), (b, more) = found
    return a - b, (*facts, *more)


def _width_ratio(scene: Scene, one: Seen, other: Seen | None) -> Value | Missing:
    """Return the ratio of two extents from side to side, as of a heart and both lungs: it needs no scale."""
    assert other is not None
    widths = [each.box.x1 - each.box.x0 for each in (one, other)]
    for each in (one, other):
        if each.box.x0 == 0 or each.box.x1 == scene.size[1]:
            return Missing(NOT_WHOLE, f"{each.label} reaches the edge of the picture")
    alone = other.stated_sides in ({"left"}, {"right"})
    if alone or one.box.x0 < other.box.x0 or one.box.x1 > other.box.x1:
        return Missing(NOT_WHOLE, f"{other.label} is not marked on both sides of {one.label}")
    facts = [
        Fact(subject=each.label, name="width", value=width * scene.pixel[1], unit=scene.unit)
        for each, width in zip((one, other), widths, strict=True)
    ]
    return widths[0] / widths[1], tuple(facts)


MEASURED: Mapping[str, Measure] = {
    "longest": _longest,
    "shortest": _shortest,
    "mean-diameter": _mean_diameter,
    "calibre": _calibre,
    "length": _length,
    "volume": _volume,
    "mean": _mean,
    "mean-difference": _mean_difference,
    "width-ratio": _width_ratio,
}
"""By the measure of a rule."""


def _size(scene: Scene, one: Seen) -> Flat | Missing:
    """Return the diameters of a structure whose longest one is in the plane that is shown."""
    if one.flat is None or scene.unit != "mm" or scene.anchor.axis != "axial":
        return Missing(NO_SCALE, "no axial plane with a stated spacing")
    if scene.volume is None or scene.volume.sample.spacing_mm[0] > THICKEST_MM:
        return Missing(NO_SCALE, f"slices are thicker than {THICKEST_MM:.0f} mm")
    box, (rows, columns) = one.box, scene.size
    if box.x0 == 0 or box.y0 == 0 or box.x1 == columns or box.y1 == rows:
        return Missing(NOT_WHOLE, "it reaches the edge of the picture")
    part = _part(scene, one)
    if isinstance(part, Missing):
        return part
    if part.long_mm is None or one.flat.long < MOST_OF_IT * part.long_mm:
        detail = f"the plane shows {one.flat.long:.1f} mm, another one {part.long_mm or 0:.1f} mm"
        return Missing(NOT_WHOLE, detail)
    return one.flat


def _part(scene: Scene, one: Seen) -> StructureFacts | Missing:
    """Return the connected part of a label's structures that an axial plane shows."""
    assert scene.volume is not None
    found = [
        part
        for solid in scene.volume.of(one.label)
        for part in (solid.parts or (solid.facts,))
        if part.low[0] <= scene.anchor.index < part.high[0]
        and part.low[1] < one.box.y1
        and part.high[1] > one.box.y0
        and part.low[2] < one.box.x1
        and part.high[2] > one.box.x0
    ]
    if len(found) != 1 or found[0].kind != "region":
        return Missing(NOT_WHOLE, f"{len(found)} parts of it lie there")
    return found[0]


def _solid(scene: Scene, one: Seen) -> StructureFacts | Missing:
    """Return the facts of a label that is one structure of its image."""
    solid = scene.volume.only(one.label) if scene.volume else None
    if solid is None:
        return Missing(NOT_WHOLE, "it is several structures")
    if solid.facts.kind != "region":
        return Missing(NOT_WHOLE, "planes of it are missing, or only its box is known")
    return solid.facts


def _long(one: Seen, size: Flat) -> Fact:
    return Fact(subject=one.label, name="longest diameter", value=size.long, unit="mm")


def _short(one: Seen, size: Flat) -> Fact:
    return Fact(subject=one.label, name="perpendicular diameter", value=size.short, unit="mm")
