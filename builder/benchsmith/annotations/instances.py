"""Instance masks: one value per object, all objects with one label; and counts of objects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.label_values import renumbered
from benchsmith.annotations.label_volume import (
    check_lossless,
    one_file,
    without_background,
)
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Layer,
    Reading,
    Request,
    Stated,
    Structure,
)
from benchsmith.documents.labels import Count, Instances

VOIDS = frozenset({int(np.iinfo(kind).max) for kind in (np.uint8, np.uint16)})
"""Values that many data sets give to pixels of no object, such as the rims between objects."""
MIN_PIECE = 0.1
"""Smallest share of the largest piece's pixels that another piece of an object has."""


def read(labels: Instances, request: Request) -> Annotations:
    """Read the objects of one image, each a structure of its own."""
    voxels, numbers, path = _objects(labels, request)
    shown = request.show(path)
    structures = {
        number: Structure(labels.label, f"{shown} value {value}")
        for value, number in numbers.items()
    }
    return Annotations(layers=[Layer(voxels, structures)], looked_for=frozenset({labels.label}))


def read_count(labels: Count, request: Request) -> Annotations:
    """Count the objects in each tile of a picture, including objects that are cut off.

    A tile in which an object has fewer than `smallest_px` pixels is left out: readers would disagree
    on the count.
    """
    voxels, _, path = _objects(labels, request)
    shown = request.show(path)
    rows, columns = labels.tiles
    picture = voxels[0]
    edges_y = np.linspace(0, picture.shape[0], rows + 1).astype(int)
    edges_x = np.linspace(0, picture.shape[1], columns + 1).astype(int)
    stated, faults = [], []
    for row in range(rows):
        for column in range(columns):
            y0, y1 = int(edges_y[row]), int(edges_y[row + 1])
            x0, x1 = int(edges_x[column]), int(edges_x[column + 1])
            sizes = np.bincount(picture[y0:y1, x0:x1].ravel())[1:]
            sizes = sizes[sizes > 0]
            where = f"{shown} tile {row + 1},{column + 1} of {rows} x {columns}"
            if sizes.size and sizes.min() < labels.smallest_px:
                faults.append(
                    Fault("tile-ambiguous", where, f"an object shows only {sizes.min()} pixels")
                )
            else:
                stated.append(Stated(f"count {sizes.size}", labels.group, where, (x0, y0, x1, y1)))
    return Annotations(stated=stated, faults=faults)


def _objects(labels: Instances | Count, request: Request) -> tuple[Array, Mapping[int, int], Path]:
    """Return the objects (z, y, x), the value there of each stated value, and the mask's file.

    Raises DataFault, also for values that seem to be no objects.
    """
    path = one_file(labels.file, request)
    reading = Reading(part=request.part if labels.part == "same" else "")
    voxels = onto(request.image, request.read_labels(path, reading), path, grid="").voxels
    check_lossless(voxels, path)
    voxels = without_background(voxels, labels.background)
    if voxels.min(initial=0) < 0:
        what = f"has the value {voxels.min()}; add it to `background` if it marks no object"
        raise DataFault("value-without-name", path, what)
    voxels, counts, numbers = renumbered(voxels)
    _check_void(voxels, sorted(counts), path)
    if request.image.planar:
        _check_single(voxels[0], path)
    return voxels, numbers, path


def _check_void(voxels: Array, values: list[int], path: Path) -> None:
    """Refuse a mask whose highest value seems to mark what is no object, as void does in 255.

    It is the highest of its type and stands apart from the others, which are numbered on from 1, or
    it marks several pieces of a picture. Raises DataFault.
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
            f"{what}: add it to `background` if it marks no object, else renumber the objects",
        )


def _pieces(mask: Array) -> int:
    """Return the number of pieces of a mask (rows, columns), without small ones."""
    pieces = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=8)[2]
    areas = pieces[1:, cv2.CC_STAT_AREA]
    return int((areas >= MIN_PIECE * areas.max(initial=0)).sum())


def _check_single(picture: Array, path: Path) -> None:
    """Refuse a mask whose only value marks several pieces: it may be of all objects together.

    A piece counts if it has a tenth of the largest one's pixels. Raises DataFault.
    """
    values = np.unique(picture)
    if np.count_nonzero(values) != 1:
        return
    if (count := _pieces(picture > 0)) > 1:
        what = f"its only value, {values.max()}, marks {count} separate pieces"
        raise DataFault("objects-merged", path, what)
