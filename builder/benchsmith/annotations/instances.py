"""Instance masks: one value per object, all objects with one label; and counts of objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from benchsmith.annotations import ignored_pixels, object_pieces
from benchsmith.annotations.count_tiles import tiles
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.label_parts import reading_of
from benchsmith.annotations.label_values import renumbered
from benchsmith.annotations.label_volume import (
    check_lossless,
    without_background,
)
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Layer,
    Request,
    Stated,
    Structure,
)
from benchsmith.documents.labels import Count, Instances
from benchsmith.imaging.mask_parts import part_areas

VOIDS = frozenset({int(np.iinfo(kind).max) for kind in (np.uint8, np.uint16)})
"""Values that many data sets give to pixels of no object, such as the rims between objects."""
MERGED = "objects-merged"
SAY = "say with `pieces: one` or `pieces: objects` whether they are one object"


def read(labels: Instances, request: Request) -> Annotations:
    """Read the objects of one image, each a separate structure."""
    voxels, names, ignored, path, lost, merged = _objects(labels, request, labels.ignore)
    shown = request.show(path)
    beside = ignored_pixels.beside(voxels, ignored)
    structures = {
        number: Structure(labels.label, f"{shown} {name}")
        for number, name in names.items()
        if number not in beside and number not in merged
    }
    faults = [
        ignored_pixels.extent_unknown(labels.label, f"{shown} {name}")
        for number, name in names.items()
        if number in beside
    ]
    faults += [
        Fault(MERGED, f"{shown} {names[n]}", _in_pieces(names[n], count), labels.label)
        for n, count in merged.items()
        if n not in beside
    ]
    small = "an object is smaller than the pixels of the picture"
    faults += [
        Fault("structure-undrawn", f"{shown} value {value}", small, labels.label) for value in lost
    ]
    looked_for = frozenset({labels.label})
    return Annotations(
        layers=[Layer(voxels, structures)],
        faults=faults,
        note=ignored_pixels.note(ignored),
        not_looked_for=ignored_pixels.not_looked_for(looked_for, ignored),
        looked_for=looked_for,
    )


def read_count(labels: Count, request: Request) -> Annotations:
    """Count the objects in each tile of a picture, including objects that are cut off.

    A tile with a doubtful count is left out: readers would disagree on it.
    """
    voxels, names, _, path, lost, merged = _objects(labels, request)
    if merged:
        number, count = next(iter(merged.items()))
        raise DataFault(MERGED, path, _in_pieces(names[number], count))
    if lost:
        what = f"{len(lost)} objects are smaller than the pixels of the picture"
        raise DataFault("structure-undrawn", path, what)
    shown = request.show(path)
    rows, columns = labels.tiles
    if rows > voxels.shape[1] or columns > voxels.shape[2]:
        size = f"{voxels.shape[2]} x {voxels.shape[1]} pixels"
        what = f"the picture of {size} has no {rows} x {columns} `tiles`: some would be empty"
        raise DataFault("dimensions", path, what)
    stated, faults = [], []
    for tile in tiles(voxels[0], _grey(request.image.voxels[0]), labels):
        where = f"{shown} tile {tile.row + 1},{tile.column + 1} of {rows} x {columns}"
        if tile.fault:
            faults.append(Fault("tile-ambiguous", where, tile.fault))
        else:
            stated.append(Stated(f"count {tile.objects}", labels.group, where, tile.box))
    return Annotations(stated=stated, faults=faults)


def _grey(plane: Array) -> Array:
    """Return a plane, (rows, columns) or with channels, as the mean of its channels."""
    return plane if plane.ndim == 2 else plane.mean(axis=2)


class _Objects(NamedTuple):
    """The objects of one mask."""

    voxels: Array
    """(z, y, x)."""
    names: Mapping[int, str]
    """What the source calls each value of `voxels`: ``value 7``."""
    ignored: Array | None
    """Where nothing was looked for, bool of the same shape; None if there is no such pixel."""
    path: Path
    lost: Sequence[int] = ()
    """Stated values of objects that scaling lost."""
    merged: Mapping[int, int] = MappingProxyType({})
    """Values of `voxels` that mark pieces of which nothing says if they are one object, with their number."""


def _objects(labels: Instances | Count, request: Request, ignore: Sequence[int] = ()) -> _Objects:
    """Return the objects of an image's mask. Raises DataFault, also for values that do not seem to be objects."""
    path = one_file(labels.file, request)
    mask = request.read_labels(path, reading_of(labels, request, path))
    found = onto(request.image, mask, path, grid="", resize=labels.resize)
    voxels, gone = found.voxels, found.lost
    check_lossless(voxels, path)
    voxels, ignored = ignored_pixels.set_apart(voxels, ignore)
    voxels = without_background(voxels, labels.background)
    if voxels.min(initial=0) < 0:
        what = f"has the value {voxels.min()}; add it to `background` if it marks no object"
        raise DataFault("value-without-name", path, what)
    voxels, counts, numbers, _ = renumbered(voxels)
    _check_void(voxels, sorted(counts), path)
    names: Mapping[int, str] = {number: f"value {value}" for value, number in numbers.items()}
    lost = sorted(gone - {*labels.background, *ignore})
    if labels.pieces == "objects":
        try:
            voxels, names = object_pieces.each_piece(voxels, names)
        except ValueError as error:
            raise DataFault("too-large", path, str(error)) from None
    merged = object_pieces.apart(voxels) if labels.pieces is None else {}
    if request.image.planar and len(names) == 1 and merged:
        value, count = int(voxels.max()), next(iter(merged.values()))
        what = f"its only value, {value}, marks {count} separate pieces; {SAY}"
        raise DataFault(MERGED, path, what)
    return _Objects(voxels, names, ignored, path, lost, merged)


def _in_pieces(name: str, count: int) -> str:
    return f"{name} stands in {count} pieces with no object between them; {SAY}"


def _check_void(voxels: Array, values: list[int], path: Path) -> None:
    """Refuse a mask whose highest value seems to mark something other than an object, such as 255 for void.

    It is the highest value of its type and not consecutive with the others, which are numbered from
    1, or it marks several pieces of a picture. Raises DataFault.
    """
    highest = values[-1] if values else 0
    if highest not in VOIDS or len(values) < 2 or values[-2] == highest - 1:
        return
    counted = values[:-1] == list(range(1, len(values)))
    if counted or (len(voxels) == 1 and _pieces(voxels[0] == voxels.max()) > 1):
        what = f"the value {highest} stands apart from the others"
        raise DataFault(
            "value-without-name",
            path,
            f"{what}: add it to `background` if it marks no object, otherwise renumber the objects",
        )


def _pieces(mask: Array) -> int:
    """Return the number of pieces of a mask (rows, columns), without small ones."""
    areas = part_areas(mask)
    return int((areas >= object_pieces.MIN_PIECE * areas.max(initial=0)).sum())
