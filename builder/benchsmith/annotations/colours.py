"""Masks in colours: each structure has one."""

from __future__ import annotations

import numpy as np

from benchsmith.annotations.label_volume import one_file
from benchsmith.core.contracts import (
    Annotations,
    DataFault,
    Fault,
    Layer,
    Reading,
    Request,
    Structure,
)
from benchsmith.documents.labels import Colours

SHOWN = 8
"""Unknown colours named one by one; what is more of them is a JPEG or a resized mask."""


def read(labels: Colours, request: Request) -> Annotations:
    """Read the mask of one picture; a colour without a name is a fault of its own."""
    path = one_file(labels.file, request)
    mask = request.read_image(path, Reading())
    voxels = mask.voxels
    if voxels.ndim == 3 and voxels.dtype == np.uint8:
        voxels = np.repeat(voxels[..., None], 3, axis=3)
    if voxels.ndim != 4 or voxels.shape[0] != 1:
        raise DataFault("dimensions", path, "is no picture in colour")
    if voxels.shape[:3] != request.image.voxels.shape[:3]:
        here, there = voxels.shape[1:3], request.image.voxels.shape[1:3]
        raise DataFault("shape-mismatch", path, f"labels {here}, image {there} pixels")
    wide = voxels.astype(np.uint32)
    codes = (wide[..., 0] << 16) | (wide[..., 1] << 8) | wide[..., 2]
    present, index = np.unique(codes, return_inverse=True)
    index = index.reshape(codes.shape)
    named = {int(colour[1:], 16): raw for colour, raw in labels.names.items()}
    background = {int(colour[1:], 16) for colour in labels.background}
    shown = request.show(path)
    values = np.zeros(len(present), np.uint16)
    structures: dict[int, Structure] = {}
    faults: list[Fault] = []
    unknown = [int(c) for c in present if int(c) not in named and int(c) not in background]
    if len(unknown) > SHOWN:
        raise DataFault(
            "value-without-name", path, f"has {len(unknown)} colours that the recipe does not name"
        )
    for place, code in enumerate(int(c) for c in present):
        at = f"{shown} colour #{code:06x}"
        if code in named:
            values[place] = len(structures) + 1
            structures[len(structures) + 1] = Structure(named[code], at)
        elif code in unknown:
            count = int((index == place).sum())
            faults.append(Fault("value-without-name", at, f"#{code:06x} has {count} pixels"))
    faults += [
        Fault("empty-structure", f"{shown} colour #{code:06x}", f"{raw} is not in this picture")
        for code, raw in named.items()
        if code not in set(present.tolist())
    ]
    return Annotations(layers=[Layer(values[index], structures)], faults=faults)
