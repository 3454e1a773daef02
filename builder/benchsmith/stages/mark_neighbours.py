"""The other marks at each region of a picture, counted by label for all regions at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from benchsmith.core.contracts import Layer, MarkLayer
from benchsmith.core.picture_marks import Mark
from benchsmith.stages.mark_overlaps import overlaps

if TYPE_CHECKING:
    from benchsmith.stages.label_layers import MarkedRegion


class MarkNeighbours:
    """How much of every region of one picture the marks of each label cover."""

    def __init__(self, layers: Sequence[Layer | MarkLayer]) -> None:
        marks: dict[str, list[Mark]] = {}
        self._numbers: dict[tuple[int, int], int] = {}
        """By layer and value, the place of a region in the counts."""
        self._labels: list[str] = []
        """Of each region that is a mark, its label; empty for a region of another layer."""
        regions: list[Mark] = []
        if any(isinstance(layer, MarkLayer) for layer in layers):
            for number, layer in enumerate(layers):
                for value, mark in _regions(layer):
                    self._numbers[number, value] = len(regions)
                    regions.append(mark)
                    label = layer.structures[value].raw if isinstance(layer, MarkLayer) else ""
                    self._labels.append(label)
                    if label:
                        marks.setdefault(label, []).append(mark)
        self._counts = {label: len(each) for label, each in marks.items()}
        self._area = {label: sum(mark.area_px for mark in each) for label, each in marks.items()}
        self._overlaps = overlaps(regions, marks)

    def around(self, region: MarkedRegion) -> tuple[Counter[str], Counter[str], Counter[str]]:
        """Return by label the pixels that other marks cover of a region, of its box and of its plane."""
        in_region, in_box, in_plane = Counter[str](), Counter[str](), Counter[str]()
        if not self._counts:
            return in_region, in_box, in_plane
        number = self._numbers[region.layer, region.value]
        for label, count in self._counts.items():
            own = self._labels[number] == label
            if count == own:
                continue
            # a mark covers all of itself
            less = region.area_px * own
            in_region[label] = int(self._overlaps[label].in_region[number]) - less
            in_box[label] = int(self._overlaps[label].in_box[number]) - less
            in_plane[label] = self._area[label] - less
        return in_region, in_box, in_plane


def _regions(layer: Layer | MarkLayer) -> Iterator[tuple[int, Mark]]:
    """Yield the values of a layer of one plane, each with its pixels."""
    if isinstance(layer, MarkLayer):
        yield from layer.marks.items()
        return
    for value in layer.structures:
        mask = layer.voxels[0] == value
        if mask.any():
            yield value, Mark.of(mask, 0, 0, mask.shape[1])
