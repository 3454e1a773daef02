"""What other planes and masks show about a structure in a picture: its profile, extent and sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.core.model import AXES, Box, Choice
from benchsmith.counterfactual.scene import Scenes
from benchsmith.imaging.geometry import box_of
from benchsmith.imaging.mask_parts import part_areas
from benchsmith.skills.contract import Side

BOTH = {"left", "right"}


class WholeStructures:
    """The structures of one image whose label has no other structure, and that lack no plane."""

    def __init__(self, scenes: Scenes) -> None:
        self._scenes = scenes
        self._boxes: dict[tuple[int, int], Box] = {}
        structures = [s for layer, _ in scenes.layers for s in layer.structures.values()]
        counts = Counter(scenes.label_of(s).label for s in structures)
        partial = {scenes.label_of(s).label for s in structures if s.partial}
        self._whole = {label for label, n in counts.items() if n == 1} - partial

    def profile(self, shown: Choice) -> tuple[int, ...]:
        """Return its pixels in every plane of a target's axis; none if its label has no whole one."""
        if shown.label not in self._whole or shown.axis not in AXES:
            return ()
        areas = self._scenes.stack.areas[shown.layer][shown.axis][:, shown.value]
        return tuple(int(n) for n in areas)

    def around(self, shown: Choice) -> Box | None:
        """Return the box around it in all axial planes; None for another axis or no whole one."""
        if shown.label not in self._whole or shown.axis != "axial":
            return None
        place = shown.layer, shown.value
        if place not in self._boxes:
            runs = self._scenes.stack.runs[shown.layer]
            assert runs is not None
            _, height, width = self._scenes.layers[shown.layer].layer.voxels.shape
            own = runs.value == shown.value
            start, stop = runs.start[own], runs.stop[own]
            rows, columns = start // width % height, start % width
            self._boxes[place] = Box(
                x0=int(columns.min()), y0=int(rows.min()),
                x1=int((columns + stop - start).max()), y1=int(rows.max()) + 1,
            )  # fmt: skip
        return self._boxes[place]


def sides_of(masks: Mapping[str, Array], pixel: tuple[float, float]) -> dict[str, Side]:
    """Return a left and a right mask as sides; none unless there are exactly these two."""
    if set(masks) != BOTH:
        return {}
    return {side: _side(mask, pixel) for side, mask in masks.items()}


def _side(mask: Array, pixel: tuple[float, float]) -> Side:
    count = int(np.count_nonzero(mask))
    whole = int(part_areas(mask).max()) / count
    return Side(box_of(mask), count * pixel[0] * pixel[1], whole)
