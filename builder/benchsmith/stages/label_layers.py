"""The label layers of one image: their areas in every plane, and the neighbours of a region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from benchsmith.core.absent_labels import Searched
from benchsmith.core.contracts import Annotations, Array, DataFault, Layer, MarkLayer
from benchsmith.core.image_labels import LabelRuns
from benchsmith.core.model import AXES, PLANAR, Box, Neighbour
from benchsmith.imaging.geometry import box_of, crop, plane, plane_box
from benchsmith.imaging.label_runs import areas_of_runs, boxes_of_areas, label_runs
from benchsmith.stages.absent_marks import searched_by_entry
from benchsmith.stages.mark_neighbours import MarkNeighbours
from benchsmith.stages.units import Unit


class SourceLayer(NamedTuple):
    """One layer of a recipe's labels entry."""

    layer: Layer | MarkLayer
    searched: Searched
    """What the labels entries of the image looked for."""


@dataclass(frozen=True, slots=True)
class MarkedRegion:
    """One structure in one plane."""

    axis: str
    index: int
    layer: int
    """Number of its layer."""
    value: int
    """Its value in the layer."""
    mask: Array
    """(rows, columns) of bool."""
    box: Box
    """The smallest box around the mask."""
    area_px: int


class LayerStack:
    """All layers of one image; each label's areas are counted once."""

    def __init__(self, layers: Sequence[SourceLayer], axes: Sequence[str]) -> None:
        """Count the areas in planes of these axes.

        Marks stay boxes and runs in a picture. In a volume of one slice that is also cut along
        other axes they are drawn.
        """
        flat = set(axes) <= {PLANAR, AXES[0]}
        self.layers = [
            one
            if flat or isinstance(one.layer, Layer)
            else SourceLayer(Layer(one.layer.voxels, one.layer.structures), one.searched)
            for one in layers
        ]
        self.runs = [_runs(source.layer) for source in self.layers]
        """Of each layer; None for one of marks, which are runs already."""
        counted = [
            _areas(source.layer, runs, axes)
            for source, runs in zip(self.layers, self.runs, strict=True)
        ]
        self.areas = [areas for areas, _ in counted]
        """Of each layer, by axis: the pixels of each value in each plane, (planes, values)."""
        self._boxes = [boxes for _, boxes in counted]
        """Of each layer, the box of each value in the volume, (3, 2, values); None for marks."""

    def names(self) -> dict[tuple[int, int], str]:
        """Return the name of each structure, by its layer's number and its value, for ids."""
        times = Counter(s.raw for layer, _ in self.layers for s in layer.structures.values())
        found = {}
        for number, (layer, _) in enumerate(self.layers):
            for value, structure in layer.structures.items():
                name = structure.raw
                if times[structure.raw] > 1:
                    name += f".{value}" if len(self.layers) == 1 else f".{number}.{value}"
                found[number, value] = name
        return found

    def region(self, axis: str, index: int, layer: int, value: int) -> MarkedRegion:
        """Return a structure, by its layer's number and its value, in a plane."""
        found = self.layers[layer].layer
        if isinstance(found, MarkLayer):
            mask, box = found.marks[value].mask(found.height), found.marks[value].box
        else:
            mask, box = self._marked(found, layer, value, axis, index)
        area = int(self.areas[layer][axis][index, value])
        return MarkedRegion(axis, index, layer, value, mask, box, area)

    def _marked(
        self, found: Layer, layer: int, value: int, axis: str, index: int
    ) -> tuple[Array, Box]:
        """Return the pixels of a value in a plane and their box, looked for in the box of its volume."""
        labels = plane(found.voxels, axis, index)
        boxes = self._boxes[layer]
        assert boxes is not None
        around = plane_box(boxes[:, :, value], found.voxels.shape, axis)
        part = crop(labels, around) == value
        inner = box_of(part)
        mask = np.zeros(labels.shape, bool)
        crop(mask, around)[...] = part
        return mask, Box(
            x0=around.x0 + inner.x0, y0=around.y0 + inner.y0,
            x1=around.x0 + inner.x1, y1=around.y0 + inner.y1,
        )  # fmt: skip

    def neighbours(self, region: MarkedRegion) -> tuple[Neighbour, ...]:
        """Return the other structures in a region's plane, with their share of region, box and plane."""
        own = self.layers[region.layer].layer.structures[region.value]
        in_region: dict[str, int] = {}
        in_box: dict[str, int] = {}
        in_plane: dict[str, int] = {}
        counts = in_region, in_box, in_plane
        marked = crop(region.mask, region.box)
        for number, (layer, _) in enumerate(self.layers):
            if isinstance(layer, MarkLayer):
                continue
            there = self.areas[number][region.axis][region.index]
            structures = layer.structures
            values = [v for v in np.flatnonzero(there).tolist() if v in structures]
            same_layer = number == region.layer
            if not values or (same_layer and len(values) == 1):
                continue
            labels = crop(plane(layer.voxels, region.axis, region.index), region.box)
            around = np.bincount(labels.ravel(), minlength=there.size).tolist()
            # structures of one layer do not overlap
            inside = None if same_layer else np.bincount(labels[marked], minlength=there.size)
            areas = there.tolist()
            for value in values:
                found = structures[value]
                if found is not own:
                    name = found.raw
                    inner = int(inside[value]) if inside is not None else 0
                    in_region[name] = in_region.get(name, 0) + inner
                    in_box[name] = in_box.get(name, 0) + around[value]
                    in_plane[name] = in_plane.get(name, 0) + areas[value]
        for count, more in zip(counts, self._marks.around(region), strict=True):
            for name, pixels in more.items():
                count[name] = count.get(name, 0) + pixels
        own_px, box_px, plane_px = region.area_px, region.box.area, region.mask.size
        return tuple(
            Neighbour(
                name=name,
                in_region=in_region[name] / own_px,
                in_box=in_box[name] / box_px,
                share=in_plane[name] / plane_px,
            )
            for name in sorted(in_region)
        )

    @cached_property
    def _marks(self) -> MarkNeighbours:
        return MarkNeighbours([one.layer for one in self.layers])


def mask_of(layer: Layer | MarkLayer, value: int, axis: str, index: int) -> Array:
    """Return the pixels of one value of a layer in a plane, (rows, columns) of bool."""
    if isinstance(layer, MarkLayer):
        return layer.marks[value].mask(layer.height)
    mask: Array = plane(layer.voxels, axis, index) == value
    return mask


def layers_of(answers: Sequence[Annotations | DataFault], unit: Unit) -> list[SourceLayer]:
    """Return the layers of all labels entries of a unit, in order; entries with a fault have none."""
    found = []
    searches = searched_by_entry(unit.samples.labels, answers)
    for searched, answer in zip(searches, answers, strict=True):
        if isinstance(answer, Annotations):
            found += [SourceLayer(layer, searched) for layer in answer.layers]
    return found


def _runs(layer: Layer | MarkLayer) -> LabelRuns | None:
    """Return the runs of a layer's labels; None for marks."""
    if isinstance(layer, MarkLayer):
        return None
    return label_runs(layer.voxels) if layer.runs is None else layer.runs


def _areas(
    layer: Layer | MarkLayer, runs: LabelRuns | None, axes: Sequence[str]
) -> tuple[Mapping[str, Array], Array | None]:
    """Return the pixels of each value in each plane, (planes, values), by axis; and boxes of values."""
    highest = max(layer.structures, default=0)
    if isinstance(layer, MarkLayer):
        area = np.zeros((1, highest + 1), np.int64)
        for value, mark in layer.marks.items():
            area[0, value] = mark.area_px
        return dict.fromkeys(axes, area), None
    assert runs is not None
    highest = max(highest, int(runs.value.max(initial=0)))
    counted = areas_of_runs(runs, layer.voxels.shape, highest)
    areas = {axis: counted["axial" if axis == PLANAR else axis] for axis in axes}
    return areas, boxes_of_areas(counted)
