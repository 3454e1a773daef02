"""The ways to alter one picture: which are possible, and what the altered picture shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from benchsmith.core.alteration import ERASE, MIRROR, MOVE, SHIFT, TURN, Alteration, Place
from benchsmith.core.contracts import Array
from benchsmith.core.model import Box, Choice
from benchsmith.core.random_order import rank
from benchsmith.counterfactual.altered_view import AlteredView, NoTruth
from benchsmith.counterfactual.asked_unit import AskedUnit
from benchsmith.counterfactual.scene import Scenes
from benchsmith.documents.benchmark import Slices
from benchsmith.imaging import appearance
from benchsmith.imaging.geometry import box_of, crop, plane
from benchsmith.imaging.mask_fit import deepest, shifted
from benchsmith.imaging.picture_turns import turn, turn_box
from benchsmith.imaging.rendering import paint_out
from benchsmith.stages.measure import touches_border
from benchsmith.stages.painted_regions import hole_of, rim_of, source_of

MIRRORED = 2
"""EXIF's code for left and right exchanged."""
TURNED = (8, 3, 6)
"""EXIF's codes for a quarter, two quarters and three quarters against the clock."""
MOST_OF_RIM = 0.95
"""Share of a region's rim that one structure covers which surrounds it."""
LEAST_LEFT = 0.9
"""Share of every other right option's region that is left when one is painted out."""
Made = Iterator[AlteredView | NoTruth]


@dataclass(frozen=True, slots=True)
class Limits:
    """The settings of a benchmark file that decide which alterations are possible."""

    slices: Slices
    seed: int
    related: Mapping[str, frozenset[str]]
    """By option, the labels of the source that are the same thing, a part, a kind or the whole of it."""
    below: Mapping[str, frozenset[str]]
    """By option, those of them that are the option itself, or below it in the tree."""


def moved(unit: AskedUnit, scenes: Scenes, limits: Limits) -> Made:
    """Mark another structure: the largest of each option's in the picture."""
    if not unit.marked:
        yield NoTruth(unit.id, MOVE, "the picture has no mark")
        return
    largest: dict[str, tuple[int, Place]] = {}
    own = unit.choice
    pixels = own.plane[0] * own.plane[1]
    for place, structure, area in scenes.structures(own):
        label = scenes.label_of(structure).label
        drawn = structure.box and set(unit.views) != {"box"}
        if label in unit.key or label not in unit.offered:
            continue
        if drawn or own.axis in structure.partial:
            continue
        cut = limits.slices.border == "drop" and touches_border(
            box_of(scenes.mask(place, own)), own.plane
        )
        if area >= limits.slices.min_share * pixels and not cut:
            largest[label] = max(largest.get(label, (0, place)), (area, place), key=_by_area)
    if not largest:
        yield NoTruth(unit.id, MOVE, "no other option is marked in the picture")
    for label, (_, place) in sorted(largest.items()):
        shown = scenes.shown_as(own, f"{own.id}~{MOVE}", place, None)
        yield AlteredView(unit.id, _of(MOVE, own), shown)


def _by_area(found: tuple[int, Place]) -> tuple[int, int, int]:
    return found[0], -found[1].layer, -found[1].value


def shifted_marks(unit: AskedUnit, scenes: Scenes, limits: Limits) -> Made:
    """Shift the mark, with its shape, to where all of it lies on another structure."""
    own = unit.choice
    if not unit.marked or own.kind != "region":
        yield NoTruth(unit.id, SHIFT, "no region is marked in the picture")
        return
    asked = Place(layer=own.layer, value=own.value)
    mask = scenes.mask(asked, own)
    footprint = _filled(mask) if "box" in unit.views else mask
    found = False
    for place, structure, area in scenes.structures(own):
        label = scenes.label_of(structure).label
        if label in unit.key or label not in unit.offered:
            continue
        if not structure.is_outlined(own.axis):
            continue
        by = deepest(footprint, scenes.mask(place, own)) if area >= footprint.sum() else None
        if by is None:
            continue
        found = True
        shown = scenes.shown_as(own, f"{own.id}~{SHIFT}", place, shifted(mask, by))
        # inside one structure there is no contrast to check
        shown = replace(shown, seen=replace(shown.seen, contrast=None))
        yield AlteredView(unit.id, replace(_of(SHIFT, own), dx=by.dx, dy=by.dy), shown)
    if not found:
        yield NoTruth(unit.id, SHIFT, "the mark does not fit into the region of any other option")


def _filled(mask: Array) -> Array:
    box = box_of(mask)
    filled = np.zeros_like(mask)
    filled[box.y0 : box.y1, box.x0 : box.x1] = True
    return filled


def painted_out(unit: AskedUnit, scenes: Scenes, limits: Limits) -> Made:
    """Paint out what is asked about; with several right options, one of the others."""
    if unit.choice.kind != "region":
        yield NoTruth(unit.id, ERASE, "no region is known")
    elif unit.marked:
        yield _surrounded(unit, scenes)
    elif unit.several:
        yield from _one_of_several(unit, scenes, limits)
    else:
        yield NoTruth(unit.id, ERASE, "no right option would be left")


def _surrounded(unit: AskedUnit, scenes: Scenes) -> AlteredView | NoTruth:
    """Paint a marked region out with the only structure around it, which the mark then lies on."""
    own = unit.choice
    asked = Place(layer=own.layer, value=own.value)
    hole = scenes.mask(asked, own)
    around = rim_of(_filled(hole) if "box" in unit.views else hole) | (
        _filled(hole) & ~hole if "box" in unit.views else False
    )
    for place, structure, _ in scenes.structures(own):
        label = scenes.label_of(structure).label
        if label in unit.key or label not in unit.offered:
            continue
        if not structure.is_outlined(own.axis):
            continue
        there = scenes.mask(place, own)
        if there[around].mean() < MOST_OF_RIM or there[hole].any():
            continue
        change = replace(_of(ERASE, own), painted=(asked,), copied=place)
        source = source_of(scenes.layers, hole, place, own.axis, own.index)
        if why := paint_out.fault(scenes.grey(own), hole, source):
            return NoTruth(unit.id, ERASE, f"{label}: {why}")
        shown = scenes.shown_as(own, f"{own.id}~{ERASE}", place, hole)
        left = tuple(n for n in shown.neighbours if n.name != own.label)
        seen = replace(shown.seen, contrast=None, level=None)
        shown = replace(shown, neighbours=left, seen=seen)
        return AlteredView(unit.id, change, shown, frozenset({own.label}))
    return NoTruth(unit.id, ERASE, "no other option surrounds it")


def _one_of_several(unit: AskedUnit, scenes: Scenes, limits: Limits) -> Made:
    """Paint out all of one right option, in turn for each but the one that names the target."""
    own = unit.choice
    there = [(p, scenes.label_of(s).label, a) for p, s, a in scenes.structures(own)]
    partial = {
        scenes.label_of(s).label for _, s, _ in scenes.structures(own) if own.axis in s.partial
    }
    for label in sorted(unit.key - {own.label}):
        why = ""
        gone = [p for p, name, _ in there if name in limits.below[label]]
        same = [p for p, name, _ in there if name in limits.related[label]]
        if not gone:
            why = f"{label} has no region here"
        elif partial & limits.below[label]:
            why = f"not all pixels of {label} are known"
        elif len(same) > len(gone):
            why = f"a region of which {label} is a part would be left"
        else:
            hole = hole_of(scenes.layers, gone, own.axis, own.index)
            over = paint_out.grown(hole)
            hurt = [
                name
                for place, name, area in there
                if name in unit.key
                and place not in gone
                and (scenes.mask(place, own) & ~over).sum() < LEAST_LEFT * area
            ]
            source = source_of(scenes.layers, hole, None, own.axis, own.index)
            if hurt:
                why = f"{hurt[0]} would be painted out too"
            elif unlike := paint_out.fault(scenes.grey(own), hole, source):
                why = f"{label}: {unlike}"
        if why:
            yield NoTruth(unit.id, ERASE, why)
            continue
        lost = frozenset(limits.below[label])
        left = tuple(n for n in own.neighbours if n.name not in lost)
        shown = replace(own, id=f"{own.id}~image-{ERASE}", neighbours=left)
        yield AlteredView(unit.id, replace(_of(ERASE, own), painted=tuple(gone)), shown, lost)
    if len(unit.key) < 2:
        yield NoTruth(unit.id, ERASE, "no right option would be left")


def mirrored(unit: AskedUnit, scenes: Scenes, limits: Limits) -> Made:
    """Exchange left and right."""
    yield _turned(unit, scenes, MIRROR, MIRRORED)


def turned(unit: AskedUnit, scenes: Scenes, limits: Limits) -> Made:
    """Turn the picture by one, two or three quarters, by rank."""
    code = TURNED[rank(limits.seed, "turn", unit.choice.id) % len(TURNED)]
    yield _turned(unit, scenes, TURN, code)


def _turned(unit: AskedUnit, scenes: Scenes, kind: str, code: int) -> AlteredView | NoTruth:
    own = unit.choice
    if _is_symmetric(unit, scenes, code):
        return NoTruth(
            unit.id, kind, "the picture stays the same, like that of a symmetric template"
        )
    pixels = turn(plane(scenes.image.voxels, own.axis, own.index)[None], code)[0]
    if own.crop is not None:
        shown_part = crop(plane(scenes.image.voxels, own.axis, own.index), own.crop)
        look = appearance.describe(np.ascontiguousarray(turn(shown_part[None], code)[0]))
    else:
        look = appearance.describe(np.ascontiguousarray(pixels))
    rows, columns = int(pixels.shape[0]), int(pixels.shape[1])
    box = own.box and _turned_box(own.box, code, columns, rows)
    how = kind if unit.marked else f"image-{kind}"
    shown = replace(
        own,
        id=f"{own.id}~{how}",
        plane=(rows, columns) if own.crop is None else own.plane,
        box=box,
        phash=look.phash,
        mirrors=look.mirrors,
        look=look.look,
    )
    return AlteredView(unit.id, replace(_of(kind, own), orientation=code), shown)


def _is_symmetric(unit: AskedUnit, scenes: Scenes, code: int) -> bool:
    """Return whether the drawn plane, with its mark if there is one, looks the same when turned."""
    own = unit.choice
    drawn = [scenes.grey(own)]
    if unit.marked and own.kind == "region":
        drawn.append(scenes.mask(Place(layer=own.layer, value=own.value), own))
    elif unit.marked and own.box is not None:
        box = np.zeros(drawn[0].shape[:2], bool)
        box[own.box.y0 : own.box.y1, own.box.x0 : own.box.x1] = True
        drawn.append(box)
    if own.crop is not None:
        drawn = [crop(one, own.crop) for one in drawn]
    return all(np.array_equal(turn(one[None], code)[0], one) for one in drawn)


def _turned_box(box: Box, code: int, columns: int, rows: int) -> Box:
    x0, y0, x1, y1 = turn_box((box.x0, box.y0, box.x1, box.y1), code, columns, rows)
    return Box(x0=x0, y0=y0, x1=x1, y1=y1)


def _of(kind: str, own: Choice) -> Alteration:
    return Alteration(kind=kind, asked=Place(layer=own.layer, value=own.value))


WAYS: Mapping[str, Callable[[AskedUnit, Scenes, Limits], Made]] = {
    ERASE: painted_out,
    MOVE: moved,
    MIRROR: mirrored,
    TURN: turned,
    SHIFT: shifted_marks,
}
"""By kind, the function that yields the altered views of a unit, or why there is none."""
