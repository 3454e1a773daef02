"""The form of picture in which a reader can take a criterion's measure: a scale, a wedge of grey, or a montage."""

from __future__ import annotations

from benchsmith.core.model import Form
from benchsmith.documents.benchmark import Margins
from benchsmith.skills.contract import Scene, Seen
from benchsmith.skills.criteria import NO_UNIT, NOT_WHOLE, Missing
from benchsmith.skills.measurement import SCALE
from benchsmith.skills.montages import volume_form

WEDGE = Form(wedge=True)
WITHOUT_SCALE = frozenset({"width-ratio"})
"""Measures that a reader takes without knowing how large a pixel is."""
OF_VALUES = frozenset({"mean", "mean-difference"})


def form_of(
    measure: str, scene: Scene, one: Seen, other: Seen | None, margins: Margins
) -> Form | Missing | None:
    """Return what the picture needs besides the plane, or why no picture allows a measurement.

    None if the plain picture is enough.
    """
    if measure in WITHOUT_SCALE:
        return None
    if measure == "volume":
        return _montage(scene, one, margins)
    if measure in OF_VALUES:
        faults = [
            fault for each in (one, other) if each and (fault := _unread(scene, each, margins))
        ]
        return faults[0] if faults else WEDGE
    return SCALE


def _unread(scene: Scene, one: Seen, margins: Margins) -> Missing | None:
    """Return why a structure's mean value cannot be read beside a wedge; None if it can."""
    if one.flat is None or scene.shown is None or scene.shown.root:
        return Missing(NO_UNIT, "its grey levels have no known values")
    if one.flat.beyond > margins.beyond:
        detail = f"{one.flat.beyond:.3f} of it is black or white in the picture"
        return Missing("outside-window", detail)
    width = scene.shown.high - scene.shown.low
    if one.flat.deviation > margins.uneven * width:
        return Missing("uneven", f"its values deviate by {one.flat.deviation:.0f} HU")
    return None


def _montage(scene: Scene, one: Seen, margins: Margins) -> Form | Missing:
    """Return the montage through all of a structure, if its slices give its volume."""
    solid = scene.volume.only(one.label) if scene.volume else None
    volume = solid.facts.volume_ml if solid else None
    if solid is None or not volume or one.flat is None or not one.flat.profile:
        return Missing(NOT_WHOLE, "it is several structures, or its volume is unknown")
    if scene.anchor.axis != "axial":
        return Missing(NOT_WHOLE, "montages of axial slices are drawn only for axial pictures")
    form, seen_ml = volume_form(scene, one, solid)
    if abs(seen_ml / volume - 1) > margins.montage:
        return Missing("slices-too-few", f"the slices give {seen_ml:.3g} mL of {volume:.3g} mL")
    return form
