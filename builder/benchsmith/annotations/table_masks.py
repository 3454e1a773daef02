"""Masks that a table names: one file per row, in the whole picture or a crop at a stated place."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchsmith.annotations.binary_mask import binary
from benchsmith.annotations.label_grid import scaled
from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.annotations.stated_size import check_size
from benchsmith.annotations.table_columns import cells
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Reading,
    Request,
    Structure,
)
from benchsmith.documents.labels import MaskFiles
from benchsmith.text import path_patterns


def read(labels: MaskFiles, request: Request) -> Annotations:
    """Read the masks of one picture; a row whose mask cannot be used is a separate fault."""
    if not request.image.planar:
        raise DataFault("dimensions", request.path, "masks in a table need a picture, not a volume")
    file = path_patterns.fill(labels.file, request.fields)
    stack = LayerStack(request.image.voxels.shape)
    faults: list[Fault] = []
    for row in request.rows.get(labels.rows_id, ()):
        at = f"{file}:{row.line}"
        raw = labels.label or cells(row, [str(labels.label_column)], file)[0]
        (cell,) = cells(row, [labels.mask], file)
        if (cell in labels.silent and (labels.label is not None or not raw)) or (
            labels.label is None and raw in labels.silent and raw
        ):
            continue
        if cell in labels.silent:
            what = f"{raw} has no mask; add it to `silent` if it marks nothing"
            faults.append(Fault("file-missing", at, what, raw))
            continue
        if not raw:
            faults.append(Fault("class-unknown", at, "its mask has no label"))
            continue
        try:
            mask = _mask(labels, request, cell)
            if labels.left is not None:
                check_size(labels, row.cells, at, request.image.voxels.shape, box=mask.shape[:0:-1])
                corner = cells(row, [labels.left, str(labels.top)], file)
                mask = _placed(mask, corner, request.image.voxels.shape)
        except DataFault as fault:
            where = request.show(fault.path) if isinstance(fault.path, Path) else fault.path
            faults.append(Fault(fault.reason, at, f"{raw}: {where}: {fault.detail}", raw))
            continue
        if mask.any():
            stack.add(mask, Structure(raw, at))
        else:
            faults.append(Fault("empty-structure", at, f"{raw} is not in this picture", raw))
    return Annotations(layers=stack.layers(), faults=faults)


def _mask(labels: MaskFiles, request: Request, cell: str) -> Array:
    """Return the mask that a cell names, (1, rows, columns) of bool. Raises DataFault."""
    pattern = labels.pattern_of(cell)
    if not pattern:
        raise DataFault("path-outside", cell, "is not a path inside the source")
    found = [path for path, _ in request.find(pattern)]
    if not found:
        raise DataFault("file-missing", pattern, "is not there")
    shape = request.image.voxels.shape[:3]
    read_here = {path: _read(labels, request, path) for path in found}
    fitting = [path for path, mask in read_here.items() if mask.shape == shape]
    if len(found) > 1 and len(fitting) != 1:
        what = f"matches {len(found)} files, of which {len(fitting)} have the picture's size"
        raise DataFault("file-missing", pattern, what)
    path = fitting[0] if len(found) > 1 else found[0]
    mask = read_here[path]
    if labels.left is None and mask.shape != shape:
        own, mask = mask, scaled(mask, shape, path, labels.resize)
        if own.any() and not mask.any():
            raise DataFault(
                "structure-undrawn", path, "it is smaller than the pixels of the picture"
            )
    return mask


def _read(labels: MaskFiles, request: Request, path: Path) -> Array:
    if labels.threshold is None:
        return binary(request.read_labels(path, Reading()).voxels, path, None)
    voxels = request.read_image(path, Reading(mask=True)).voxels
    voxels = voxels.max(axis=3) if voxels.ndim == 4 else voxels
    return binary(voxels, path, labels.threshold)


def _placed(mask: Array, corner: list[str], shape: tuple[int, ...]) -> Array:
    """Return a crop's mask in its picture. Raises DataFault for a place outside it."""
    if not all(c.isascii() and c.isdecimal() for c in corner):
        what = f"left {corner[0]!r} and top {corner[1]!r} are not two whole numbers"
        raise DataFault("shape-mismatch", "crop", what)
    left, top = (int(c) for c in corner)
    height, width = mask.shape[1:]
    if min(left, top) < 0 or top + height > shape[1] or left + width > shape[2]:
        what = (
            f"a crop of {width} x {height} pixels at left {corner[0]!r}, top {corner[1]!r} "
            f"does not fit into the picture's {shape[2]} x {shape[1]}"
        )
        raise DataFault("shape-mismatch", "crop", what)
    found = np.zeros(shape[:3], bool)
    found[:, top : top + height, left : left + width] = mask
    return found
