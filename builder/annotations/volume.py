"""Label volumes and indexed masks: one file, one value a structure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from builder.annotations.grid import onto
from builder.documents.recipe import Volume
from builder.ports import Annotations, Array, DataFault, Fault, Layer, Request, Structure


def read(labels: Volume, request: Request) -> Annotations:
    """Read the label volume of one image; values without a name are faults, each on its own."""
    path = one_file(labels.file, request)
    names = labels.names if labels.names is not None else _names(labels, request)
    voxels, note = onto(request.image, request.read_labels(path), path, labels.grid)
    voxels = without(voxels, labels.background)
    shown = request.show(path)
    present = [int(v) for v in np.unique(voxels) if v != 0]
    faults = [
        Fault(
            "value-without-name",
            f"{shown} value {value}",
            f"value {value} has {int((voxels == value).sum())} voxels",
        )
        for value in present
        if value not in names
    ]
    faults += [
        Fault("empty-structure", f"{shown} value {value}", f"{raw} is not in this volume")
        for value, raw in names.items()
        if value not in present and value not in labels.background
    ]
    structures = {v: Structure(names[v], f"{shown} value {v}") for v in present if v in names}
    return Annotations(layers=[Layer(_unsigned(voxels), structures)], faults=faults, note=note)


def one_file(pattern: str, request: Request) -> Path:
    """Return the one file that a pattern means for this image. Raises DataFault."""
    found = request.find(pattern)
    if len(found) != 1:
        what = "is not there" if not found else f"means {len(found)} files"
        raise DataFault("file-missing", pattern, f"{pattern} {what}")
    return found[0][0]


def without(voxels: Array, background: tuple[int, ...]) -> Array:
    """Return labels with every background value as 0."""
    for value in background:
        if value:
            voxels = np.where(voxels == value, 0, voxels)
    return voxels


def _unsigned(voxels: Array) -> Array:
    """Return labels in the smallest unsigned type; negative ones (nameless) become 0."""
    if voxels.dtype.kind == "i":
        voxels = np.where(voxels < 0, 0, voxels)
    return voxels.astype(np.min_scalar_type(int(voxels.max(initial=0))))


def _names(labels: Volume, request: Request) -> dict[int, str]:
    """Read value and name from a text file, one pair a line."""
    assert labels.names_file is not None
    path = one_file(labels.names_file, request)
    names: dict[int, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        value, _, name = line.strip().partition("\t")
        if not line.strip():
            continue
        if not value.isdigit() or not name:
            raise DataFault(
                "header", path, f"line {number} is not a value, a tab and a name: {line!r}"
            )
        names[int(value)] = name.split("\t")[0].strip()
    return names
