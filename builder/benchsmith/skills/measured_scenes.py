"""Measure the pictures of an image: read it once more, and measure every structure in its planes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Plugins
from benchsmith.core.model import Choice, Rejection
from benchsmith.counterfactual.scene import Scenes, Words
from benchsmith.documents.lexicon import Lexicon, Window
from benchsmith.imaging.geometry import box_of, pixel_mm, plane
from benchsmith.skills.contract import Scene, Seen
from benchsmith.skills.plane_measures import apart, flat
from benchsmith.skills.whole_structures import WholeStructures, sides_of
from benchsmith.stages import ask, visibility
from benchsmith.stages.units import Unit

LEAST_SHARE = 0.002
"""A structure that covers less of the picture is only known to be there."""


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
    """Return the scenes of one image, or why there is none of a picture."""
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
    masks: dict[str, Array] = {}
    largest: dict[str, tuple[int, Choice]] = {}
    others = {n.name for n in anchor.neighbours} | {anchor.label}
    drawn: set[str] = set()
    instances: Counter[str] = Counter()
    sides: dict[str, dict[str, Array]] = {}
    for place, structure, area in scenes.structures(anchor):
        label, side = scenes.label_of(structure)[:2]
        if not label:
            continue
        if structure.box:
            drawn.add(label)  # only its box is known: it is there, and cannot be measured
        mask = scenes.mask(place, anchor)
        masks[label] = masks[label] | mask if label in masks else mask
        instances[label] += 1
        own = sides.setdefault(label, {})
        own[side] = own[side] | mask if side in own else mask
        if area > largest.get(label, (0, anchor))[0] and area >= LEAST_SHARE * mask.size:
            largest[label] = (area, scenes.shown_as(anchor, _id_of(anchor, label), place, None))
    found = [
        _seen(label, masks[label], largest[label][1], grey, mm)
        for label in sorted(largest.keys() - drawn)
    ]
    shown, values = scenes.shown(anchor), plane(scenes.image.voxels, anchor.axis, anchor.index)
    found = [
        replace(
            one,
            flat=flat(masks[one.label], values, shown, mm, whole.profile(one.shown)),
            instances=instances[one.label],
            sides=sides_of(sides[one.label], mm),
            around=whole.around(one.shown),
        )
        for one in found
    ]
    rows, columns = grey.shape[:2]
    return Scene(
        anchor=anchor,
        size=(rows, columns),
        pixel=mm,
        unit="mm" if scenes.image.spacing_mm else "px",
        structures=tuple(found),
        shown=shown,
        values=scenes.image.unit or (shown.unit if shown else ""),
        apart=apart({one.label: masks[one.label] for one in found}, mm) if pairs else {},
        others=frozenset(others | masks.keys()) - {one.label for one in found},
    )


def _id_of(anchor: Choice, label: str) -> str:
    return f"{anchor.id}~{label}"


def _seen(label: str, mask: Array, shown: Choice, grey: Array, mm: tuple[float, float]) -> Seen:
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
    )


def with_absent(scenes: Sequence[Scene], lexicon: Lexicon) -> list[Scene]:
    """Return the scenes with the labels that each surely does not show.

    They are labels that other pictures of the same source, modality and split show, that were looked
    for in this one, and that are related to nothing in it.
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
    """Return the rejection of a picture as one that skills ask about."""
    return Rejection(
        stage=ask.NAME, source=choice.source, subject=f"{choice.id}:skills", reason=reason,
        detail=detail,
    )  # fmt: skip
