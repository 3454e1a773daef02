"""Put masks into as few label volumes as their overlaps allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.annotations.mark_stack import MarkStack
from benchsmith.core.contracts import Array, DataFault, Layer, MarkLayer, Structure
from benchsmith.core.picture_marks import Mark
from benchsmith.imaging.marked_box import marked_box

MAX_VALUES = int(np.iinfo(np.uint16).max)
"""Structures of one layer."""
MAX_BYTES = 4 << 30
"""Memory of all layers of a volume; the first one may always be made."""


class LayerStack:
    """Masks that do not overlap share a layer, so memory stays near that of one label volume.

    The masks of a picture are kept as runs of pixels: there, a layer costs no extra memory.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)[:3]
        self._layers: list[tuple[Array, dict[int, Structure]]] = []
        self._marks = MarkStack(*self._shape[1:]) if self._shape[0] == 1 else None

    def add(self, mask: Array, structure: Structure, low: tuple[int, int, int] = (0, 0, 0)) -> None:
        """Add a mask, (z, y, x) of bool, that is not empty. Raises DataFault (too-large).

        `low` is the voxel of the volume at which the mask begins. Only its smallest box is touched.
        """
        if self._marks is not None:
            self._marks.add(Mark.of(mask[0], low[1], low[2], self._shape[2]), structure)
            return
        part = marked_box(mask)
        assert part is not None
        inner = mask[part]
        place = tuple(
            slice(start + cut.start, start + cut.stop) for start, cut in zip(low, part, strict=True)
        )
        for number, (voxels, structures) in enumerate(self._layers):
            if len(structures) < MAX_VALUES and not (voxels[place].astype(bool) & inner).any():
                break
        else:
            number = len(self._layers)
            self._add_layer(structure)
        voxels, structures = self._layers[number]
        value = len(structures) + 1
        if value > np.iinfo(voxels.dtype).max:
            voxels = voxels.astype(np.uint16)
            self._layers[number] = voxels, structures
        np.copyto(voxels[place], voxels.dtype.type(value), where=inner)
        structures[value] = structure

    def _add_layer(self, structure: Structure) -> None:
        size = int(np.prod(self._shape)) * np.dtype(np.uint16).itemsize
        count = len(self._layers) + 1
        if count > 1 and count * size > MAX_BYTES:
            what = f"overlaps so much that {count} label volumes of {size} bytes are needed"
            raise DataFault("too-large", structure.stated_at, f"{what}, more than {MAX_BYTES}")
        self._layers.append((np.zeros(self._shape, np.uint8), {}))

    def layers(self) -> Sequence[Layer | MarkLayer]:
        """Return the layers, those of a volume in the smallest type that holds its values."""
        if self._marks is not None:
            return self._marks.layers()
        return [Layer(voxels, structures) for voxels, structures in self._layers]
