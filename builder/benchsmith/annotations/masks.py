"""One mask file a structure, the label in its name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.mask_layers import Stack
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Image,
    Reading,
    Request,
    Structure,
)
from benchsmith.documents.labels import Masks


def read(labels: Masks, request: Request) -> Annotations:
    """Read every mask of one image; what does not overlap shares a layer, so memory stays small.

    A mask that cannot be used is a fault of its own; the others go on.
    """
    files = [(path, labels.label or fields["label"]) for path, fields in request.find(labels.file)]
    if labels.only is not None:
        files = [(path, label) for path, label in files if label in labels.only]
    if not files:
        raise DataFault("file-missing", labels.file, f"no file is there for {labels.file}")
    faults = [
        Fault("file-missing", labels.file.replace("{label}", label), f"there is no mask of {label}")
        for label in labels.only or ()
        if label not in {found for _, found in files}
    ]
    stack = Stack(request.image.voxels.shape)
    notes = []
    for path, label in files:
        shown = request.show(path)
        try:
            voxels, note = onto(request.image, _mask(labels, request, path), path, labels.grid)
            mask = _binary(voxels, path, labels.threshold)
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


def _mask(labels: Masks, request: Request, path: Path) -> Image:
    """Read a mask; where a threshold is said, the channels of a grey JPEG need not agree."""
    if labels.threshold is None:
        return request.read_labels(path, Reading())
    image = request.read_image(path, Reading())
    if image.voxels.ndim == 4:
        return replace(image, voxels=image.voxels.max(axis=3))
    return image


def _binary(voxels: Array, path: Path, threshold: int | None) -> Array:
    if threshold is not None:
        inside: Array = voxels >= threshold
        return inside
    mask: Array = voxels != 0
    marked = voxels[mask]
    if marked.size and marked.min() != marked.max():
        raise DataFault(
            "value-without-name",
            path,
            f"a mask has one value beside 0, this one {np.unique(marked)[:5].tolist()}; "
            "say `threshold` if its edges are grey",
        )
    return mask
