"""Lay masks into as few label volumes as their overlaps allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.contracts import Array, Layer, Structure

MOST_VALUES = int(np.iinfo(np.uint16).max)


class Stack:
    """What does not overlap shares a layer, so memory stays near that of one label volume."""

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)[:3]
        self._layers: list[tuple[Array, dict[int, Structure]]] = []

    def add(self, mask: Array, structure: Structure) -> None:
        """Lay down a mask, (z, y, x) of bool."""
        self.add_part(mask, (slice(None),) * 3, structure)

    def add_part(self, mask: Array, where: tuple[slice, ...], structure: Structure) -> None:
        """Lay down a mask that covers only a part of the volume."""
        for voxels, structures in self._layers:
            if not voxels[where][mask].any() and len(structures) < MOST_VALUES:
                break
        else:
            voxels, structures = np.zeros(self._shape, np.uint16), {}
            self._layers.append((voxels, structures))
        value = len(structures) + 1
        voxels[where][mask] = value
        structures[value] = structure

    def layers(self) -> list[Layer]:
        """Return the layers, each in the smallest type that holds its values."""
        return [
            Layer(voxels.astype(np.uint8) if len(structures) < 256 else voxels, structures)
            for voxels, structures in self._layers
        ]
