"""Measure what is marked in an image: candidate pictures, areas, boxes, and what lies beside."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import ceil

import numpy as np

from benchsmith.core.contracts import Array, Fault, Image, Layer, Stated, Structure
from benchsmith.core.model import AXES, PLANAR, Box, Finding, Neighbour, Quality
from benchsmith.documents.benchmark import Slices
from benchsmith.imaging import appearance
from benchsmith.imaging.appearance import Appearance
from benchsmith.imaging.geometry import areas, box_of, crop, far_apart, pixel_mm, plane
from benchsmith.stages import visibility
from benchsmith.stages.units import Unit

BLANK = 1.0
"""A picture whose 8-bit thumbnail varies by less than this many grey levels shows nothing."""
SHORT = {"axial": "z", "coronal": "y", "sagittal": "x"}

Result = tuple[Finding, ...] | Fault
"""What came of one thing stated: its candidate pictures, or why there is none."""


class Measurer:
    """Measures one image; planes that several labels share are looked at once."""

    def __init__(self, unit: Unit, image: Image, settings: Slices) -> None:
        self._unit, self._image, self._settings = unit, image, settings
        self._counted: list[Mapping[str, Array]] = []
        self._looks: dict[tuple[str, int, Box | None], Appearance] = {}
        self._axes = [PLANAR] if image.planar else [a for a in settings.axes if self._wide(a)]

    def _wide(self, axis: str) -> bool:
        """Say whether an axis's planes are not too narrow, measured in millimetres."""
        height_mm, width_mm = pixel_mm(self._image.spacing_mm, axis)
        height, width = plane(self._image.voxels, axis, 0).shape[:2]
        short, long = sorted((height * height_mm, width * width_mm))
        return bool(short >= self._settings.min_side_ratio * long)

    def _look(self, axis: str, index: int, part: Box | None) -> Appearance:
        place = (axis, index, part)
        if place not in self._looks:
            picture = crop(plane(self._image.voxels, axis, index), part)
            self._looks[place] = appearance.describe(picture)
        return self._looks[place]

    def stated(self, said: Stated, all_said: Sequence[Stated], exhaustive: bool) -> Result:
        """Measure a label said of a whole picture or of a part of it.

        What else is said of the same part in the same list is equally true of it.
        """
        part = (
            None
            if said.crop is None
            else Box(**dict(zip(("x0", "y0", "x1", "y1"), said.crop, strict=True)))
        )
        axis, index = PLANAR, 0
        if not self._image.planar:
            if self._unit.samples.slice is None:
                what = "a label of a whole volume; say in the recipe on which `slice` it is seen"
                return Fault("dimensions", said.stated_at, what)
            axis, index = AXES[0], self._image.voxels.shape[0] // 2
        picture = plane(self._image.voxels, axis, index)
        look = self._look(axis, index, part)
        if look.spread < BLANK:
            return Fault("picture-blank", said.stated_at, f"{said.raw}: spread {look.spread:.2f}")
        where = "" if part is None else f"@{part.x0},{part.y0}"
        name = f"{said.group}:{said.raw}{where}"
        sure = {o.raw for o in all_said if (o.group, o.crop) == (said.group, said.crop)}
        beside = tuple(
            Neighbour(name=raw, in_region=1.0, in_box=1.0, share=float(raw in sure))
            for raw in sorted(sure - {said.raw} | set(said.perhaps))
        )
        size = (part.y1 - part.y0, part.x1 - part.x0) if part else picture.shape[:2]
        return (
            self._finding(
                name, "image", said.group, said.raw, said.stated_at, 0, 0, axis, index,
                picture.shape[:2], part, None, int(size[0] * size[1]), 1.0, 0, beside, exhaustive, look,
                Quality(dark=look.dark, bright=look.bright, middle=look.middle),
            ),
        )  # fmt: skip

    def regions(self, layers: Sequence[tuple[Layer, bool]]) -> Iterator[Result]:
        """Measure every structure of every layer; a layer comes with whether it is exhaustive."""
        times = Counter(s.raw for layer, _ in layers for s in layer.structures.values())
        self._counted = [self._areas(layer) for layer, _ in layers]
        for number, (layer, exhaustive) in enumerate(layers):
            for value, structure in layer.structures.items():
                name = structure.raw
                if times[structure.raw] > 1:
                    name += f".{value}" if len(layers) == 1 else f".{number}.{value}"
                yield self._structure(name, number, value, structure, layers, exhaustive)

    def _areas(self, layer: Layer) -> Mapping[str, Array]:
        """Return each label's area in every plane of each axis."""
        highest = max(layer.structures, default=0)
        counted = areas(layer.voxels, max(highest, int(layer.voxels.max(initial=0))))
        return {PLANAR: counted["axial"]} if self._image.planar else counted

    def _structure(
        self,
        name: str,
        number: int,
        value: int,
        structure: Structure,
        layers: Sequence[tuple[Layer, bool]],
        exhaustive: bool,
    ) -> Result:
        found: list[Finding] = []
        largest = 0.0
        blank = cut = 0
        for axis in self._axes:
            area = self._counted[number][axis][:, value]
            size = plane(self._image.voxels, axis, 0).shape[:2]
            pixels = int(size[0] * size[1])
            largest = max(largest, int(area.max()) / pixels)
            for row in far_apart(
                area, self._settings.per_label, ceil(self._settings.min_share * pixels)
            ):
                look = self._look(axis, row, None)
                if look.spread < BLANK:
                    blank += 1
                    continue
                where = "" if axis == PLANAR else f"@{SHORT[axis]}{row}"
                mask = plane(layers[number][0].voxels, axis, row) == value
                box = box_of(mask)
                if self._settings.border == "drop" and _cut(box, size):
                    cut += 1
                    continue
                picture = plane(self._image.voxels, axis, row)
                region = visibility.of(
                    mask, box, picture, pixel_mm(self._image.spacing_mm, axis), drawn=structure.box
                )
                own = int(area[row])
                beside = self._neighbours(layers, number, axis, row, mask, box, structure, own)
                found.append(
                    self._finding(
                        name + where, "box" if structure.box else "region", "", structure.raw,
                        structure.stated_at, number, value, axis, row, size, None, box, own,
                        own / pixels, region.parts, beside, exhaustive, look,
                        Quality(
                            dark=look.dark, bright=look.bright, middle=look.middle,
                            side=region.side, aspect=region.aspect, cut=region.cut, whole=region.whole,
                            contrast=region.contrast,
                        ),
                    )
                )  # fmt: skip
        if found:
            return tuple(found)
        if blank:
            return Fault(
                "picture-blank", structure.stated_at, f"{structure.raw} in {blank} pictures"
            )
        if cut:
            return Fault("region-cut", structure.stated_at, f"{structure.raw} in {cut} pictures")
        reason = "region-small" if self._axes else "picture-narrow"
        return Fault(reason, structure.stated_at, f"{structure.raw}: largest share {largest:.5f}")

    def _neighbours(
        self, layers: Sequence[tuple[Layer, bool]], number: int, axis: str, index: int,
        mask: Array, box: Box, own: Structure, area: int,
    ) -> tuple[Neighbour, ...]:  # fmt: skip
        """Return every other structure in a plane, and how far it reaches into region and box."""
        in_region: Counter[str] = Counter()
        in_box: Counter[str] = Counter()
        areas: Counter[str] = Counter()
        for other, (layer, _) in enumerate(layers):
            there = self._counted[other][axis][index]
            values = [v for v in np.flatnonzero(there).tolist() if v in layer.structures]
            if not values or (other == number and len(values) == 1):
                continue
            labels = plane(layer.voxels, axis, index)
            around = np.bincount(crop(labels, box).ravel(), minlength=there.size)
            # structures of one layer do not overlap
            inside = np.bincount(labels[mask], minlength=there.size) if other != number else None
            for value in values:
                found = layer.structures[value]
                if found is not own:
                    in_region[found.raw] += int(inside[value]) if inside is not None else 0
                    in_box[found.raw] += int(around[value])
                    areas[found.raw] += int(there[value])
        return tuple(
            Neighbour(
                name=name,
                in_region=in_region[name] / area,
                in_box=in_box[name] / box.area,
                share=areas[name] / mask.size,
            )
            for name in sorted(in_region)
        )

    def _finding(
        self, name: str, kind: str, group: str, raw: str, stated_at: str, layer: int, value: int,
        axis: str, index: int, size: Sequence[int], part: Box | None, box: Box | None, area: int,
        share: float, parts: int, beside: tuple[Neighbour, ...], exhaustive: bool, look: Appearance,
        seen: Quality,
    ) -> Finding:  # fmt: skip
        height_mm, width_mm = pixel_mm(self._image.spacing_mm, axis)
        return Finding(
            id=f"{self._unit.sample}#{name}",
            source=self._unit.source,
            sample=self._unit.sample,
            patient=self._unit.patient,
            modality=self._unit.modality,
            kind=kind,
            group=group,
            raw=raw,
            stated_at=stated_at,
            entry=self._unit.entry,
            layer=layer,
            value=value,
            axis=axis,
            index=index,
            plane=(int(size[0]), int(size[1])),
            crop=part,
            box=box,
            area_px=area,
            area_mm2=area * height_mm * width_mm if self._image.spacing_mm else None,
            share=share,
            components=parts,
            neighbours=beside,
            exhaustive=exhaustive,
            window=self._unit.samples.window or "",
            phash=look.phash,
            spread=look.spread,
            mirrors=look.mirrors,
            look=look.look,
            seen=seen,
        )


def _cut(box: Box, size: Sequence[int]) -> bool:
    """Say whether a box reaches the edge of a picture of (rows, columns)."""
    return box.x0 == 0 or box.y0 == 0 or box.y1 == size[0] or box.x1 == size[1]
