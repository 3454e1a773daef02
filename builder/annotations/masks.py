"""One mask file a structure, the label in its name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from builder.annotations.grid import onto
from builder.documents.recipe import Masks
from builder.ports import Annotations, Array, DataFault, Fault, Layer, Request, Structure

MOST_LAYERS_VALUES = np.iinfo(np.uint16).max


def read(labels: Masks, request: Request) -> Annotations:
    """Read every mask of one image; what does not overlap shares a layer, so memory stays small.

    A mask that cannot be used is a fault of its own; the others go on.
    """
    files = [(path, fields["label"]) for path, fields in request.find(labels.file)]
    if labels.only is not None:
        files = [(path, label) for path, label in files if label in labels.only]
    if not files:
        raise DataFault("file-missing", labels.file, f"no file is there for {labels.file}")
    faults = [
        Fault("file-missing", labels.file.replace("{label}", label), f"there is no mask of {label}")
        for label in labels.only or ()
        if label not in {found for _, found in files}
    ]
    stack = _Stack(request.image.voxels.shape[:3])
    notes = []
    for path, label in files:
        shown = request.show(path)
        try:
            voxels, note = onto(request.image, request.read_labels(path), path, labels.grid)
            mask = _binary(voxels, path)
        except DataFault as fault:
            faults.append(Fault(fault.reason, shown, fault.detail))
            continue
        if not mask.any():
            faults.append(Fault("empty-structure", shown, f"{label} is not in this volume"))
            continue
        if note:
            notes.append(f"{shown}: {note}")
        stack.add(mask, Structure(label, shown))
    return Annotations(layers=stack.layers(), faults=faults, note="; ".join(notes))


def _binary(voxels: Array, path: Path) -> Array:
    values = np.unique(voxels)
    marked = values[values != 0]
    if marked.size > 1:
        raise DataFault(
            "value-without-name",
            path,
            f"a mask has one value beside 0, this one {marked[:5].tolist()}",
        )
    mask: Array = voxels != 0
    return mask


class _Stack:
    """Lays masks into as few label volumes as their overlaps allow."""

    def __init__(self, shape: Sequence[int]) -> None:
        self._shape = tuple(shape)
        self._layers: list[tuple[Array, dict[int, Structure]]] = []

    def add(self, mask: Array, structure: Structure) -> None:
        for voxels, structures in self._layers:
            if not voxels[mask].any() and len(structures) < MOST_LAYERS_VALUES:
                break
        else:
            voxels, structures = np.zeros(self._shape, np.uint16), {}
            self._layers.append((voxels, structures))
        value = len(structures) + 1
        voxels[mask] = value
        structures[value] = structure

    def layers(self) -> list[Layer]:
        return [Layer(voxels, structures) for voxels, structures in self._layers]
