"""Label volumes and indexed masks: one file, one value per structure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchsmith.annotations import outlines, segment_names
from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.strict_documents import load_json
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Layer,
    Reading,
    Request,
    Structure,
)
from benchsmith.documents.labels import Volume
from benchsmith.imaging.file_signature import lossy_kind
from benchsmith.imaging.label_runs import voxel_counts

MAX_TEXT_BYTES = 16 << 20


def read(labels: Volume, request: Request) -> Annotations:
    """Read the label volume of one image; each value without a name is a fault of its own."""
    path = one_file(labels.file, request)
    names = labels.names if labels.names is not None else _names(labels, request)
    part = "" if labels.part is None else str(labels.part)
    segment_names.check(path, names, part)
    voxels, note = onto(
        request.image, request.read_labels(path, Reading(part=part)), path, labels.grid
    )
    check_lossless(voxels, path)
    voxels = without_background(voxels, labels.background)
    shown = request.show(path)
    nameless = {}
    if voxels.dtype.kind == "i" and voxels.min(initial=0) < 0:
        nameless = _below_zero(voxels)
        voxels = np.maximum(voxels, 0)
    voxels = in_smallest_type(voxels)
    present = voxel_counts(voxels)
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


def text_of(path: Path) -> str:
    """Return the text of a small UTF-8 file. Raises DataFault."""
    try:
        if path.stat().st_size > MAX_TEXT_BYTES:
            raise DataFault("too-large", path, f"has {path.stat().st_size} bytes")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataFault("header", path, f"is not UTF-8 text: {error.reason}") from error
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error


def _names(labels: Volume, request: Request) -> dict[int, str]:
    """Read values and names from a text file or a `dataset.json`."""
    assert labels.names_file is not None
    path = one_file(labels.names_file, request)
    if path.suffix.lower() == ".json":
        return _from_dataset(path)
    names: dict[int, str] = {}
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        if not line.strip():
            continue
        value, name = (*(cell.strip() for cell in line.strip().split("\t")), "")[:2]
        if not value.isdecimal() or not name:
            raise DataFault(
                "header", path, f"line {number} is not a value, a tab and a name: {line!r}"
            )
        if names.setdefault(int(value), name) != name:
            raise DataFault("header", path, f"the value {value} has two names")
    return names


def _from_dataset(path: Path) -> dict[int, str]:
    """Read `labels` of a Medical Segmentation Decathlon or nnU-Net v2 `dataset.json`.

    The first has `{"1": "liver"}`, the second `{"liver": 1}`. Raises DataFault for regions of
    nnU-Net (lists of values), whose labels have no names of their own.
    """
    tree = load_json(path)
    stated = tree.get("labels") if isinstance(tree, dict) else None
    if not isinstance(stated, dict):
        raise DataFault("header", path, "has no `labels`")
    names: dict[int, str] = {}
    for key, value in stated.items():
        pair = (int(key), value) if key.isdecimal() and isinstance(value, str) else (value, key)
        if type(pair[0]) is not int:
            raise DataFault("header", path, f"its label {key!r} is {value!r}, not one value")
        if pair[0] in names:
            raise DataFault("header", path, f"the value {pair[0]} has two names")
        names[pair[0]] = pair[1]
    return {value: name for value, name in names.items() if value != 0}
