"""One picture with all of its marks, named by labels of the lexicon."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.core.alteration import Place
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Image,
    Layer,
    Plugins,
    Shown,
    Structure,
)
from benchsmith.core.model import AXES, PLANAR, Choice, Neighbour
from benchsmith.documents.lexicon import Window
from benchsmith.imaging import appearance
from benchsmith.imaging.appearance import Appearance
from benchsmith.imaging.geometry import box_of, plane
from benchsmith.imaging.rendering.windows import apply, choose
from benchsmith.stages.finding_rows import Measured, Picture, Statement, finding
from benchsmith.stages.label_layers import LayerStack, MarkedRegion, SourceLayer, layers_of
from benchsmith.stages.resolved_word import STRANGE, UNKNOWN, Resolved
from benchsmith.stages.units import Unit, unchanged_image

Words = Mapping[str, Resolved]
"""What each word of a source resolves to."""


class Scenes:
    """The planes of one image, with all structures in them."""

    def __init__(
        self,
        unit: Unit,
        image: Image,
        answers: list[Annotations | DataFault],
        words: Words,
        windows: Mapping[str, Window],
    ) -> None:
        self.unit, self.image, self._words, self._windows = unit, image, words, windows
        self._ranges: dict[str, Shown | None] = {}
        self._looks: dict[tuple[str, int], Appearance] = {}
        # drawn, because a shifted mark has pixels of its own
        layers = [
            SourceLayer(Layer(layer.voxels, layer.structures), searched)
            for layer, searched in layers_of(answers, unit)
        ]
        self.stack = LayerStack(layers, (PLANAR,) if image.planar else AXES)

    @classmethod
    def read(
        cls,
        unit: Unit,
        sha256: str,
        words: Words,
        windows: Mapping[str, Window],
        plugins: Plugins,
    ) -> Scenes:
        """Read an image and its labels; `sha256` is its digest at ingest.

        Raises DataFault if it cannot be read or has changed.
        """
        image = unchanged_image(unit, sha256, plugins)
        return cls(unit, image, unit.annotations(image, plugins), words, windows)

    @property
    def layers(self) -> list[SourceLayer]:
        """All layers, drawn."""
        return self.stack.layers

    def label_of(self, structure: Structure) -> Resolved:
        """Return the label of a structure's word."""
        return self._words.get(structure.raw, UNKNOWN)

    def structures(self, choice: Choice) -> Iterator[tuple[Place, Structure, int]]:
        """Yield the structures in a target's plane, each with its area in pixels."""
        for number, (layer, _) in enumerate(self.layers):
            there = self.stack.areas[number][choice.axis][choice.index]
            for value, structure in sorted(layer.structures.items()):
                if area := int(there[value]):
                    yield Place(layer=number, value=value), structure, area

    def mask(self, place: Place, choice: Choice) -> Array:
        """Return the pixels of a structure in a target's plane."""
        layer = self.layers[place.layer].layer
        found: Array = plane(layer.voxels, choice.axis, choice.index) == place.value
        return found

    def grey(self, choice: Choice) -> Array:
        """Return a target's plane in 8 bits, as it is drawn."""
        return apply(plane(self.image.voxels, choice.axis, choice.index), self.shown(choice))

    def shown(self, choice: Choice) -> Shown | None:
        """Return the values shown as black and white in a target's picture; None if pixels are shown as stored."""
        window = self._windows.get(choice.window)
        if window is not None and window.otherwise:
            pixels = plane(self.image.voxels, choice.axis, choice.index)
            own = self.mask(Place(layer=choice.layer, value=choice.value), choice)
            return choose(self.image, window, pixels[own])
        if choice.window not in self._ranges:
            self._ranges[choice.window] = choose(self.image, window, None)
        return self._ranges[choice.window]

    def shown_as(self, choice: Choice, id_: str, place: Place, mask: Array | None) -> Choice:
        """Return a target's row as it would be if its mark were on another structure.

        The structure's own region is marked, or `mask` if it is given: boolean (rows, columns), all
        of it inside the structure. Everything is measured as ingest measures it.
        """
        region = self._region(choice, place, mask)
        structure = self.layers[place.layer].layer.structures[place.value]
        pixels = plane(self.image.voxels, choice.axis, choice.index)
        look = self._look(choice)
        size = (int(pixels.shape[0]), int(pixels.shape[1]))
        statement = Statement(
            name=id_,
            kind="box" if structure.box else "region",
            raw=structure.raw,
            stated_at=structure.stated_at,
            searched=choice.searched,
        )
        picture = Picture(choice.axis, choice.index, size, None, look, pixels)
        row = finding(Measured(statement, picture, region, ()), self.unit, self.image)
        named = self.label_of(structure)
        neighbours, strange = self._neighbours(region)
        unknown = set(choice.searched.unknown) | ({ANY_LABEL} if strange else set())
        return replace(
            choice,
            id=id_,
            kind=row.kind,
            raw=row.raw,
            stated_at=row.stated_at,
            layer=place.layer,
            value=place.value,
            box=row.box,
            area_px=row.area_px,
            area_mm2=row.area_mm2,
            share=row.share,
            components=row.components,
            seen=row.seen,
            neighbours=neighbours,
            searched=replace(choice.searched, unknown=tuple(sorted(unknown))),
            label=named.label,
            laterality=named.laterality,
            decided_at=named.decided_at,
        )

    def _look(self, choice: Choice) -> Appearance:
        """Describe a target's plane, once for all of its marks."""
        where = choice.axis, choice.index
        if where not in self._looks:
            pixels = plane(self.image.voxels, choice.axis, choice.index)
            self._looks[where] = appearance.describe(pixels)
        return self._looks[where]

    def _region(self, choice: Choice, place: Place, mask: Array | None) -> MarkedRegion:
        if mask is None:
            return self.stack.region(choice.axis, choice.index, place.layer, place.value)
        area = int(np.count_nonzero(mask))
        at = (choice.axis, choice.index, place.layer, place.value)
        return MarkedRegion(*at, mask, box_of(mask), area)

    def _neighbours(self, region: MarkedRegion) -> tuple[tuple[Neighbour, ...], bool]:
        """Return the other structures by label, added up, and whether one is not in the lexicon."""
        total: dict[str, Neighbour] = {}
        strange = False
        for one in self.stack.neighbours(region):
            found = self._words.get(one.name, UNKNOWN)
            strange |= found.reason in STRANGE
            if not found.label:
                continue
            so_far = total.get(found.label, Neighbour(name="", in_region=0, in_box=0, share=0))
            total[found.label] = Neighbour(
                name=found.label,
                in_region=so_far.in_region + one.in_region,
                in_box=so_far.in_box + one.in_box,
                share=so_far.share + one.share,
            )
        return tuple(total[name] for name in sorted(total)), strange
