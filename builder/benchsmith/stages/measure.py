"""Measure what a source states about an image: candidate pictures, areas, boxes, neighbours.

Each statement gives its findings, one for each candidate picture, or a fault that says why it has
none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import ceil

import numpy as np

from benchsmith.core.absent_labels import ANY_LABEL, DeniedLabels, Searched
from benchsmith.core.contracts import Annotations, Fault, Image, Stated
from benchsmith.core.model import AXES, PLANAR, Box, Finding, Neighbour
from benchsmith.documents.benchmark import Slices
from benchsmith.imaging import appearance
from benchsmith.imaging.appearance import Appearance
from benchsmith.imaging.geometry import crop, far_apart, pixel_mm, plane
from benchsmith.stages.finding_rows import Measured, Picture, Statement, finding
from benchsmith.stages.label_layers import LayerStack, SourceLayer
from benchsmith.stages.units import Unit

MIN_SPREAD = 1.0
"""A picture is blank if its thumbnail's standard deviation is less, in 8-bit grey levels."""
AXIS_LETTERS = {"axial": "z", "coronal": "y", "sagittal": "x"}

Result = tuple[Finding, ...] | Fault
"""What one statement gives: a finding for each candidate picture, or why there is none."""


class Measurer:
    """Measures one image; a plane that several labels share is described once."""

    def __init__(self, unit: Unit, image: Image, settings: Slices) -> None:
        self._unit, self._image, self._settings = unit, image, settings
        self._looks: dict[tuple[str, int, Box | None], Appearance] = {}
        axes = settings.axes if image.oriented else AXES[:1]
        self._axes = [PLANAR] if image.planar else [a for a in axes if self._wide(a)]

    def _wide(self, axis: str) -> bool:
        """Return whether the aspect ratio of an axis's planes, in millimetres, is acceptable."""
        height_mm, width_mm = pixel_mm(self._image.sides, axis)
        height, width = self._size(axis)
        short, long = sorted((height * height_mm, width * width_mm))
        return bool(short >= self._settings.min_side_ratio * long)

    def _size(self, axis: str) -> tuple[int, int]:
        """Return (rows, columns) of an axis's planes."""
        rows, columns = plane(self._image.voxels, axis, 0).shape[:2]
        return int(rows), int(columns)

    def _picture(self, axis: str, index: int, part: Box | None = None) -> Picture:
        place = (axis, index, part)
        # a sagittal plane has each pixel in a cache line of its own: it is gathered once
        pixels = np.ascontiguousarray(plane(self._image.voxels, axis, index))
        if place not in self._looks:
            self._looks[place] = appearance.describe(crop(pixels, part))
        return Picture(axis, index, self._size(axis), part, self._looks[place], pixels)

    def stated(
        self, label: Stated, entry: Annotations, beside: frozenset[str] = frozenset()
    ) -> Result:
        """Measure a label of a whole picture or of a crop of it.

        `entry` is what its labels entry states: labels of the same list and crop are true of the
        picture too. Those of other lists and entries, `beside`, are not options of its questions.
        """
        part = None
        if label.crop is not None:
            part = Box(**dict(zip(("x0", "y0", "x1", "y1"), label.crop, strict=True)))
        if not self._has_picture:
            what = "a label of a whole volume; set `slice` in the recipe"
            return Fault("dimensions", label.stated_at, what)
        picture = self._picture(*self._whole, part)
        spread = picture.look.spread
        if spread < MIN_SPREAD:
            return Fault("picture-blank", label.stated_at, f"{label.raw}: spread {spread:.2f}")
        where = "" if part is None else f"@{part.x0},{part.y0}"
        true = {o.raw for o in entry.stated if (o.group, o.crop) == (label.group, label.crop)}
        neighbours = tuple(
            Neighbour(name=raw, in_region=1.0, in_box=1.0, share=1.0)
            for raw in sorted(true - {label.raw})
        )
        unknown = entry.unknown_in(label.group).union(label.perhaps) - true
        looked = {ANY_LABEL} if entry.looked_for is None else entry.looked_for
        searched = Searched(
            labels=tuple(sorted(looked)),
            unknown=tuple(sorted(unknown)),
            elsewhere=tuple(sorted(beside - true - unknown)),
        )
        statement = Statement(
            name=f"{label.group}:{label.raw}{where}",
            kind="image",
            raw=label.raw,
            stated_at=label.stated_at,
            searched=searched,
            group=label.group,
        )
        measured = Measured(statement, picture, None, neighbours)
        return (finding(measured, self._unit, self._image),)

    @property
    def _has_picture(self) -> bool:
        """Whether labels of the whole image are about one picture."""
        return self._image.planar or self._unit.samples.slice is not None

    @property
    def _whole(self) -> tuple[str, int]:
        """Axis and index of the picture that labels of the whole image are about."""
        return (PLANAR, 0) if self._image.planar else (AXES[0], self._image.voxels.shape[0] // 2)

    def denied(self, entries: Sequence[Annotations]) -> tuple[DeniedLabels, ...]:
        """Describe the picture of each list, in any of the image's entries, in which no label is true."""
        stated = {one.group for entry in entries for one in entry.stated}
        lists = [one for entry in entries for one in entry.denied if one.group not in stated]
        if not lists or not self._has_picture:
            return ()
        axis, index = self._whole
        look = self._picture(axis, index).look
        seen = b"" if look.spread < MIN_SPREAD else look.look
        return tuple(replace(one, axis=axis, index=index, look=seen) for one in lists)

    def stack(self, layers: Sequence[SourceLayer]) -> LayerStack:
        """Count the areas of all layers in the planes that are candidates."""
        return LayerStack(layers, self._axes)

    def regions(self, stack: LayerStack) -> Iterator[Result]:
        """Measure every structure of every layer in its candidate planes."""
        for (number, value), name in stack.names().items():
            yield self._structure(name, stack, number, value)

    def _structure(self, name: str, stack: LayerStack, number: int, value: int) -> Result:
        """Measure the structure `value` of layer `number` in its candidate planes of each axis."""
        layer, searched = stack.layers[number]
        structure = layer.structures[value]
        found: list[Finding] = []
        skipped: Counter[str] = Counter()
        largest = 0.0
        axes = [a for a in self._axes if a not in structure.partial]
        if structure.partial and not axes:
            what = (
                f"{structure.raw}: planes of it are missing, so that no other axis shows it whole"
            )
            return Fault("extent-unknown", structure.stated_at, what, structure.raw)
        for axis in axes:
            area = stack.areas[number][axis][:, value]
            size = self._size(axis)
            pixels = size[0] * size[1]
            largest = max(largest, int(area.max()) / pixels)
            least = ceil(self._settings.min_share * pixels)
            for index in far_apart(area, self._settings.per_label, least):
                picture = self._picture(axis, index)
                if picture.look.spread < MIN_SPREAD:
                    skipped["picture-blank"] += 1
                    continue
                region = stack.region(axis, index, number, value)
                if self._settings.border == "drop" and touches_border(region.box, size):
                    skipped["region-cut"] += 1
                    continue
                statement = Statement(
                    name=name if axis == PLANAR else f"{name}@{AXIS_LETTERS[axis]}{index}",
                    kind="box" if structure.box else "region",
                    raw=structure.raw,
                    stated_at=structure.stated_at,
                    searched=searched,
                )
                measured = Measured(statement, picture, region, stack.neighbours(region))
                found.append(finding(measured, self._unit, self._image))
        if found:
            return tuple(found)
        for reason in ("picture-blank", "region-cut"):
            if count := skipped[reason]:
                return Fault(reason, structure.stated_at, f"{structure.raw} in {count} pictures")
        reason = "region-small" if self._axes else "picture-narrow"
        return Fault(reason, structure.stated_at, f"{structure.raw}: largest share {largest:.5f}")


def shown_beside(label: Stated, entries: Sequence[Annotations]) -> frozenset[str]:
    """Return what else a picture shows, or may show, by its other lists and entries, in the source's words.

    Labels of the whole picture may be in its crops, and marks may be in any of them; a label of a
    crop is not a label of the whole picture.
    """
    listed = {o.raw for e in entries for o in e.stated if o.crop in (None, label.crop)}
    marked = {s.raw for e in entries for layer in e.layers for s in layer.structures.values()}
    unsure = {
        raw for e in entries for o in e.stated if o.crop in (None, label.crop) for raw in o.perhaps
    }
    undecided = {raw for e in entries for f in e.faults if f.group for raw in f.labels}
    return frozenset((listed | marked | unsure | undecided) - {label.raw, ANY_LABEL})


def touches_border(box: Box, size: Sequence[int]) -> bool:
    """Return whether a box touches the border of a picture of (rows, columns)."""
    return box.x0 == 0 or box.y0 == 0 or box.y1 == size[0] or box.x1 == size[1]
