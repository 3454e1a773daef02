"""The label layers of one image: their areas in every plane, and what lies beside a region."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from benchsmith.core.contracts import Annotations, Array, DataFault, Layer
from benchsmith.core.model import PLANAR, Box, Neighbour
from benchsmith.core.searched import Searched
from benchsmith.imaging.geometry import areas, crop, plane
from benchsmith.stages.searched_marks import searched_by_entry
from benchsmith.stages.units import Unit


class SourceLayer(NamedTuple):
    """One layer of a recipe's labels entry."""

    layer: Layer
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

    def __init__(self, layers: Sequence[SourceLayer], *, planar: bool) -> None:
        self.layers = layers
        self.areas = [_areas(source.layer, planar=planar) for source in layers]
        """Of each layer, by axis: the pixels of each value in each plane, (planes, values)."""

    def neighbours(self, region: MarkedRegion) -> tuple[Neighbour, ...]:
        """Return the other structures in a region's plane, with their share of region, box and plane."""
        own = self.layers[region.layer].layer.structures[region.value]
        in_region: Counter[str] = Counter()
        in_box: Counter[str] = Counter()
        in_plane: Counter[str] = Counter()
        for number, (layer, _) in enumerate(self.layers):
            there = self.areas[number][region.axis][region.index]
            values = [v for v in np.flatnonzero(there).tolist() if v in layer.structures]
            same_layer = number == region.layer
            if not values or (same_layer and len(values) == 1):
                continue
            labels = plane(layer.voxels, region.axis, region.index)
            around = np.bincount(crop(labels, region.box).ravel(), minlength=there.size)
            # structures of one layer do not overlap
            inside = None if same_layer else np.bincount(labels[region.mask], minlength=there.size)
            for value in values:
                found = layer.structures[value]
                if found is not own:
                    in_region[found.raw] += int(inside[value]) if inside is not None else 0
                    in_box[found.raw] += int(around[value])
                    in_plane[found.raw] += int(there[value])
        return tuple(
            Neighbour(
                name=name,
                in_region=in_region[name] / region.area_px,
                in_box=in_box[name] / region.box.area,
                share=in_plane[name] / region.mask.size,
            )
            for name in sorted(in_region)
        )


def layers_of(answers: Sequence[Annotations | DataFault], unit: Unit) -> list[SourceLayer]:
    """Return the layers of all labels entries of a unit, in order; entries with a fault have none."""
    found = []
    searches = searched_by_entry(unit.samples.labels, answers)
    for searched, answer in zip(searches, answers, strict=True):
        if isinstance(answer, Annotations):
            found += [SourceLayer(layer, searched) for layer in answer.layers]
    return found


def _areas(layer: Layer, *, planar: bool) -> Mapping[str, Array]:
    """Return the pixels of each value in each plane, (planes, values), by axis."""
    highest = max(layer.structures, default=0)
    counted = areas(layer.voxels, max(highest, int(layer.voxels.max(initial=0))))
    return {PLANAR: counted["axial"]} if planar else counted
