"""Put masks into as few label volumes as their overlaps allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.annotations.mark_stack import MarkStack
from benchsmith.core.contracts import Array, DataFault, Layer, MarkLayer, Structure
from benchsmith.core.picture_marks import Mark

MAX_VALUES = int(np.iinfo(np.uint16).max)
"""Structures of one layer."""
MAX_BYTES = 4 << 30
"""Memory of all layers of a volume; the first one may always be made."""


class LayerStack:
    """Masks that do not overlap share a layer, so memory stays near that of one label volume.

    The masks of a picture are kept as runs of pixels: there, a layer costs no memory of its own.
    """

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)[:3]
        self._layers: list[tuple[Array, dict[int, Structure]]] = []
        self._marks = MarkStack(*self._shape[1:]) if self._shape[0] == 1 else None

    def add(self, mask: Array, structure: Structure) -> None:
        """Lay down a mask, (z, y, x) of bool, that is not empty. Raises DataFault (too-large)."""
        if self._marks is not None:
            self._marks.add(Mark.of(mask[0], 0, 0, self._shape[2]), structure)
            return
        for voxels, structures in self._layers:
            if not voxels[mask].any() and len(structures) < MAX_VALUES:
                break
        else:
            voxels, structures = self._another(structure)
        value = len(structures) + 1
        voxels[mask] = value
        structures[value] = structure

    def _another(self, structure: Structure) -> tuple[Array, dict[int, Structure]]:
        size = int(np.prod(self._shape)) * np.dtype(np.uint16).itemsize
        count = len(self._layers) + 1
        if count > 1 and count * size > MAX_BYTES:
            what = f"overlaps so that {count} label volumes of {size} bytes are needed"
            raise DataFault("too-large", structure.stated_at, f"{what}, more than {MAX_BYTES}")
        self._layers.append((np.zeros(self._shape, np.uint16), {}))
        return self._layers[-1]

    def layers(self) -> Sequence[Layer | MarkLayer]:
        """Return the layers, those of a volume in the smallest type that holds its values."""
        if self._marks is not None:
            return self._marks.layers()
        return [
            Layer(voxels.astype(np.uint8) if len(structures) < 256 else voxels, structures)
            for voxels, structures in self._layers
        ]
