"""Put masks into as few label volumes as their overlaps allow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Layer, Structure

MAX_VALUES = int(np.iinfo(np.uint16).max)
"""Structures of one layer."""
MAX_PICTURE_LAYERS = 64
"""Marks of one picture that may lie over one another: each layer takes a picture's memory."""
MAX_PICTURE_COVER = 12
"""How many times the marks of one picture may cover it: each is compared with each."""


class LayerStack:
    """Masks that do not overlap share a layer, so memory stays near that of one label volume."""

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)[:3]
        self._layers: list[tuple[Array, dict[int, Structure]]] = []
        self._marked = 0

    def add(self, mask: Array, structure: Structure) -> None:
        """Add a mask, (z, y, x) bool."""
        self.add_part(mask, (slice(None),) * 3, structure)

    def add_part(self, mask: Array, where: tuple[slice, ...], structure: Structure) -> None:
        """Add a mask that covers only a part of the volume, `where`.

        Raises DataFault (too-large) where a picture has more marks over one another than can be
        compared.
        """
        self._marked += int(np.count_nonzero(mask))
        pixels = self._shape[1] * self._shape[2]
        if self._shape[0] == 1 and self._marked > MAX_PICTURE_COVER * pixels:
            what = f"the marks cover the picture more than {MAX_PICTURE_COVER} times"
            raise DataFault("too-large", structure.stated_at, what)
        first = tuple(int(i) for i in np.unravel_index(int(mask.argmax()), mask.shape))
        for voxels, structures in self._layers:
            part = voxels[where]
            # the first pixel finds most overlaps without a full comparison
            if part[first] or len(structures) >= MAX_VALUES:
                continue
            if not part[mask].any():
                break
        else:
            if self._shape[0] == 1 and len(self._layers) == MAX_PICTURE_LAYERS:
                what = f"more than {MAX_PICTURE_LAYERS} marks lie over one another"
                raise DataFault("too-large", structure.stated_at, what)
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
