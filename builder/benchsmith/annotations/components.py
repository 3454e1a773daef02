"""Connected pieces of a label's marks, each as a separate object."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy import ndimage

from benchsmith.annotations.made_labels import pixels_of
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Layer,
    MarkLayer,
    Structure,
)

MAX_OBJECTS = 5_000
"""Objects that the marks of one image may fall into."""
CORNERS = np.ones((3, 3, 3), bool)
"""Pixels are connected by sides, edges and corners: 26 in a volume, 8 in a picture."""


def split(found: Annotations, smallest_px: int) -> Annotations:
    """Return annotations in which each connected piece of a label is a separate structure.

    Pieces are numbered in the order of their first pixel. A piece with fewer than `smallest_px`
    pixels is left out; a label without any other piece is unknown. So is one that lacks planes, because
    they may connect its pieces. Raises DataFault (too-large).
    """
    layers: list[Layer] = []
    small: list[Fault] = []
    for layer in found.layers:
        pieces, faults = _pieces(layer, smallest_px, sum(len(one.structures) for one in layers))
        layers.append(pieces)
        small += faults
    shown = {s.raw for layer in layers for s in layer.structures.values()}
    return replace(
        found,
        layers=layers,
        faults=[*found.faults, *small],
        not_looked_for=found.not_looked_for | ({f.raw for f in small} - shown),
    )


def _pieces(layer: Layer | MarkLayer, smallest_px: int, before: int) -> tuple[Layer, list[Fault]]:
    """Return the pieces of all structures of a layer, and a fault for each with small ones."""
    drawn: Array | None = None
    structures: dict[int, Structure] = {}
    faults: list[Fault] = []
    for value, structure in layer.structures.items():
        mask = pixels_of(layer, {value})
        if structure.partial:
            what = f"{structure.raw}: planes of it are missing, so that its pieces are not known"
            faults.append(Fault("extent-unknown", structure.stated_at, what, structure.raw))
            mask = np.zeros_like(mask)
        drawn = np.zeros(mask.shape, np.uint16) if drawn is None else drawn
        numbered, count = ndimage.label(mask, CORNERS)
        sizes = np.bincount(numbered.ravel(), minlength=count + 1)[1:]
        kept = np.flatnonzero(sizes >= smallest_px) + 1
        if before + len(structures) + len(kept) > MAX_OBJECTS:
            what = (
                f"{structure.raw} consists of {len(kept)} objects, and all "
                f"labels together of more than {MAX_OBJECTS}"
            )
            raise DataFault("too-large", structure.stated_at, what)
        new = np.zeros(count + 1, np.uint16)
        new[kept] = np.arange(len(kept)) + len(structures) + 1
        drawn |= new[numbered]
        for number in new[kept].tolist():
            at = f"{structure.stated_at} object {number}"
            structures[number] = replace(structure, stated_at=at)
        if len(kept) < count:
            what = (
                f"{count - len(kept)} of {count} pieces of {structure.raw} "
                f"have fewer than {smallest_px} pixels"
            )
            faults.append(Fault("object-small", structure.stated_at, what, structure.raw))
    voxels = np.zeros(_shape(layer), np.uint8) if drawn is None else drawn
    kind = np.uint8 if len(structures) < 1 << 8 else np.uint16
    return Layer(voxels.astype(kind), structures), faults


def _shape(layer: Layer | MarkLayer) -> Sequence[int]:
    if isinstance(layer, MarkLayer):
        return (1, layer.height, layer.width)
    return layer.voxels.shape
