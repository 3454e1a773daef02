"""Measure the pictures of an image: read it once more, and measure every structure in its planes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Plugins
from benchsmith.core.model import Choice, Rejection
from benchsmith.counterfactual.scene import Scenes, Words
from benchsmith.documents.lexicon import Lexicon, Window
from benchsmith.imaging.geometry import box_of, pixel_mm, plane
from benchsmith.imaging.patient_directions import body_centre, directions, leans
from benchsmith.imaging.picture_turns import turn
from benchsmith.skills.contract import Scene, Seen
from benchsmith.skills.measured_relations import relations
from benchsmith.skills.plane_measures import apart, diameters, flat
from benchsmith.skills.vertebral_level import level_of, levels_of
from benchsmith.skills.whole_structures import WholeStructures, sides_of
from benchsmith.stages import ask_key, visibility
from benchsmith.stages.units import Unit

LEAST_SHARE = 0.002
"""A structure that covers less of the picture is not a structure that a reader is sent to look for."""
MINOR_SHARE = 0.0001
"""One that covers less is only known to be there; in between it can be asked about if it is outlined."""
MIRRORINGS = (2, 3, 4)
"""EXIF orientations that keep a picture's size: mirrored, turned by 180 degrees, flipped."""


@dataclass(frozen=True, slots=True)
class ScenesJob:
    """The pictures of one image."""

    unit: Unit
    sha256: str
    """Digest of the image's files at ingest; nothing is measured if it differs now."""
    anchors: tuple[Choice, ...]
    """One target of each picture."""
    words: Words
    """What each word of the source resolves to."""
    windows: Mapping[str, Window]
    """By id."""
    pairs: bool = False
    """Whether each two structures of a picture are measured against each other."""


def measure(job: ScenesJob, plugins: Plugins) -> list[Scene | Rejection]:
    """Return the scenes of one image, or the reason why a picture has none."""
    try:
        scenes = Scenes.read(job.unit, job.sha256, job.words, job.windows, plugins)
    except DataFault as fault:
        return [no_scene(one, fault.reason, fault.detail) for one in job.anchors]
    whole = WholeStructures(scenes)
    return [_scene(one, scenes, whole, pairs=job.pairs) for one in job.anchors]


def _scene(anchor: Choice, scenes: Scenes, whole: WholeStructures, *, pairs: bool) -> Scene:
    """Measure the structures of one picture, label by label."""
    grey = scenes.grey(anchor)
    mm = pixel_mm(scenes.image.sides, anchor.axis)
    values = plane(scenes.image.voxels, anchor.axis, anchor.index)
    masks: dict[str, Array] = {}
    largest: dict[str, tuple[int, Choice]] = {}
    others = {n.name for n in anchor.neighbours} | {anchor.label}
    drawn: set[str] = set()
    instances: Counter[str] = Counter()
    sides: dict[str, dict[str, Array]] = {}
    sided: list[Seen] = []
    levels: dict[str, tuple[int, int]] = {}
    for place, structure, area in scenes.structures(anchor):
        named = scenes.label_of(structure)
        label = named.label
        if not label:
            continue
        outlined = structure.is_outlined(anchor.axis)
        if not outlined:
            drawn.add(label)  # not all of it is known, so it is present but cannot be measured
        mask = scenes.mask(place, anchor)
        if outlined and (name := level_of(structure.raw, label)):
            rows_of = np.flatnonzero(mask.any(axis=1))
            levels[name] = (int(rows_of[0]), int(rows_of[-1]) + 1)
        masks[label] = masks[label] | mask if label in masks else mask
        instances[label] += 1
        own, side = sides.setdefault(label, {}), named.laterality
        own[side] = own[side] | mask if side in own else mask
        large = area >= LEAST_SHARE * mask.size
        more = area > largest.get(label, (0, anchor))[0]
        if (more and area >= MINOR_SHARE * mask.size) or (large and named.laterality):
            target = scenes.shown_as(anchor, _id_of(anchor, label), place, None)
            if more:
                largest[label] = (area, target)
            if large and named.laterality and outlined:
                sided.append(_seen(label, mask, target, grey, mm, {named.laterality}))
    found = [
        _seen(label, masks[label], largest[label][1], grey, mm, sides[label])
        for label in sorted(largest.keys() - drawn)
    ]
    shown = scenes.shown(anchor)
    across = diameters([masks[one.label] for one in found], mm)
    found = [
        replace(
            one,
            flat=flat(masks[one.label], values, shown, mm, whole.profile(one.shown), own),
            instances=instances[one.label],
            sides=sides_of(sides[one.label], mm),
            around=whole.around(one.shown),
        )
        for one, own in zip(found, across, strict=True)
    ]
    small = {
        label
        for label, (area, _) in largest.items()
        if area < LEAST_SHARE * grey.shape[0] * grey.shape[1]
    }
    minor = [one for one in found if one.label in small]
    found = [one for one in found if one.label not in small]
    of = {one.label: masks[one.label] for one in found}
    each_two = apart(of, mm) if pairs else {}
    rows, columns = grey.shape[:2]
    way = directions(scenes.image, anchor.axis)
    middle = body_centre(grey) or (None, None)
    return Scene(
        anchor=anchor,
        size=(rows, columns),
        pixel=mm,
        unit="mm" if scenes.image.spacing_mm else "px",
        structures=tuple(found),
        minor=tuple(minor),
        shown=shown,
        values=scenes.image.unit or (shown.unit if shown else ""),
        apart=each_two,
        others=frozenset(others | masks.keys()) - {one.label for one in found},
        sided=tuple(
            sorted(sided, key=lambda one: (one.label, sorted(one.stated_sides), one.box.x0))
        ),
        levels=levels_of(levels),
        relations=tuple(relations(of, each_two)) if pairs else (),
        left_is=way.left,
        top_is=way.top,
        middle=middle[0],
        middle_row=middle[1],
        leans=leans(scenes.image, anchor.axis),
        alike=frozenset(
            code for code in MIRRORINGS if np.array_equal(turn(grey[None], code)[0], grey)
        ),
    )


def _id_of(anchor: Choice, label: str) -> str:
    return f"{anchor.id}~{label}"


def _seen(
    label: str,
    mask: Array,
    shown: Choice,
    grey: Array,
    mm: tuple[float, float],
    sides: Iterable[str] = (),
) -> Seen:
    box = box_of(mask)
    region = visibility.of(mask, box, grey, mm, drawn=False)
    count = int(np.count_nonzero(mask))
    return Seen(
        label=label,
        shown=shown,
        box=box,
        area=count * mm[0] * mm[1],
        share=count / mask.size,
        whole=region.whole,
        contrast=region.contrast,
        grey=float(grey[mask].mean()) if grey.ndim == 2 else None,
        stated_sides=frozenset(sides),
    )


def with_absent(scenes: Sequence[Scene], lexicon: Lexicon) -> list[Scene]:
    """Return the scenes with the labels that each certainly does not show.

    These are labels that other pictures of the same source, modality and split show, that were
    looked for in this one, and that are unrelated to everything in it.
    """
    shown: dict[tuple[str, str, str], set[str]] = {}
    for scene in scenes:
        shown.setdefault(_pool(scene), set()).update(s.label for s in scene.structures)
    related = lexicon.labels.related
    found = []
    for scene in scenes:
        there = {s.label for s in scene.structures} | scene.others
        absent = frozenset(
            label
            for label in shown[_pool(scene)] - there
            if scene.anchor.searched.is_absent(label, related)
            and not any(lexicon.exclude(label, one) for one in there)
        )
        found.append(replace(scene, absent=absent))
    return found


def _pool(scene: Scene) -> tuple[str, str, str]:
    return scene.anchor.source, scene.anchor.modality, scene.anchor.split


def no_scene(choice: Choice, reason: str, detail: str) -> Rejection:
    """Return the rejection of a picture that skills cannot ask about."""
    return Rejection(
        stage=ask_key.NAME, source=choice.source, subject=f"{choice.id}:skills", reason=reason,
        detail=detail,
    )  # fmt: skip
