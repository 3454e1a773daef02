"""Label volumes and indexed masks: one file, one value per structure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchsmith.annotations import outlines, segment_names
from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.label_parts import reading_of
from benchsmith.annotations.value_names import LabelNames, names_in
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Layer,
    Request,
    Structure,
)
from benchsmith.documents.labels import Volume
from benchsmith.imaging.file_signature import lossy_kind
from benchsmith.imaging.geometry import sizes


def read(labels: Volume, request: Request) -> Annotations:
    """Read the label volume of one image; each value without a name is a fault of its own."""
    path = one_file(labels.file, request)
    listed = _names(labels, request)
    names = listed.names
    how = reading_of(labels, request, path)
    segment_names.check(path, names, how.part)
    mask = request.read_labels(path, how)
    voxels, note = onto(request.image, mask, path, labels.grid, labels.resize)
    check_lossless(voxels, path)
    voxels = without_background(voxels, labels.background)
    shown = request.show(path)
    nameless = {}
    if voxels.dtype.kind == "i" and voxels.min(initial=0) < 0:
        nameless = _below_zero(voxels)
        voxels = np.maximum(voxels, 0)
    voxels = in_smallest_type(voxels)
    present = sizes(voxels)
    if not listed.of_data_set:
        names = {value: name for value, name in names.items() if value in present}
    faults = [
        Fault(
            "value-without-name",
            f"{shown} value {value}",
            f"value {value} has {count} voxels; add it to the names or to `background`",
        )
        for value, count in (nameless | present).items()
        if value not in names
    ]
    faults += [
        Fault("empty-structure", f"{shown} value {value}", f"{raw} is not in this volume", raw)
        for value, raw in names.items()
        if value not in present and value not in labels.background
    ]
    structures = {v: Structure(names[v], f"{shown} value {v}") for v in present if v in names}
    if request.image.planar:
        voxels, outlined = regions(voxels, structures, labels.fill)
        faults += outlined
    return Annotations(
        layers=[Layer(voxels, structures)],
        faults=faults,
        note=note,
        looked_for=frozenset(n for v, n in names.items() if v not in labels.background),
    )


def one_file(pattern: str, request: Request) -> Path:
    """Return the only file that matches a pattern for this image. Raises DataFault."""
    found = request.find(pattern)
    if len(found) != 1:
        what = "is not there" if not found else f"matches {len(found)} files"
        raise DataFault("file-missing", pattern, f"{pattern} {what}")
    return found[0][0]


def regions(
    voxels: Array, structures: dict[int, Structure], fill: bool | None
) -> tuple[Array, list[Fault]]:
    """Return the labels (1, rows, columns) of a picture with drawn outlines filled.

    Without `fill` each outline is a fault, and its structure is removed from `structures`.
    """
    faults = []
    free = voxels[0] == 0
    for value, structure in () if fill is False else list(structures.items()):
        found = outlines.inside(voxels[0] == value, free)
        if found is None:
            continue
        if fill is None:
            what = f"{structure.raw}: a line around {int((found & free).sum())} pixels"
            faults.append(Fault("outline-mask", structure.stated_at, what, structure.raw))
            del structures[value]
        else:
            voxels = np.where(found[None] & free[None], voxels.dtype.type(value), voxels)
    return voxels, faults


def check_lossless(voxels: Array, path: Path) -> None:
    """Refuse values stored with loss, which changes them, unless there are two. Raises DataFault."""
    if (kind := lossy_kind(path)) and (count := len(np.unique(voxels))) > 2:
        raise DataFault("labels-lossy", path, f"it is a {kind}, and has {count} values")


def without_background(voxels: Array, background: tuple[int, ...]) -> Array:
    """Return labels with every background value set to 0."""
    for value in background:
        if value:
            voxels = np.where(voxels == value, 0, voxels)
    return voxels


def in_smallest_type(voxels: Array) -> Array:
    """Return labels of 0 or more in the smallest unsigned type, C-contiguous."""
    kind = np.min_scalar_type(int(voxels.max(initial=0)))
    return np.ascontiguousarray(voxels, dtype=kind)


def _below_zero(voxels: Array) -> dict[int, int]:
    values, counts = np.unique(voxels[voxels < 0], return_counts=True)
    return {int(v): int(n) for v, n in zip(values, counts, strict=True)}


def _names(labels: Volume, request: Request) -> LabelNames:
    if labels.names is not None:
        return LabelNames(labels.names, of_data_set=True)
    assert labels.names_file is not None
    return names_in(one_file(labels.names_file, request))
