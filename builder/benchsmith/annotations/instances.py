"""Instance masks: one value per object, all objects with one label; and counts of objects."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchsmith.annotations import ignored_pixels
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.label_grid import onto
from benchsmith.annotations.label_parts import reading_of
from benchsmith.annotations.label_volume import (
    check_lossless,
    in_smallest_type,
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
from benchsmith.imaging.geometry import sizes

MIN_PIECE = 0.1
"""Smallest share of the largest piece's pixels that another piece of an object has."""


def read(labels: Instances, request: Request) -> Annotations:
    """Read the objects of one image, each a structure of its own."""
    voxels, ignored, path = _objects(labels, request, labels.ignore)
    shown = request.show(path)
    structures = {
        value: Structure(labels.label, f"{shown} value {value}") for value in sizes(voxels)
    }
    looked_for = frozenset({labels.label})
    return Annotations(
        layers=[Layer(voxels, structures)],
        note=ignored_pixels.note(ignored),
        not_looked_for=ignored_pixels.not_looked_for(looked_for, ignored),
        looked_for=looked_for,
    )


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


def _objects(
    labels: Instances | Count, request: Request, ignore: Sequence[int] = ()
) -> tuple[Array, Array, Path]:
    """Return the objects' values, where nothing was looked for, and the file of an image."""
    path = one_file(labels.file, request)
    mask = request.read_labels(path, reading_of(labels, request, path))
    voxels, _ = onto(request.image, mask, path, grid="", resize=labels.resize)
    check_lossless(voxels, path)
    voxels, ignored = ignored_pixels.set_apart(voxels, ignore)
    voxels = without_background(voxels, labels.background)
    voxels = in_smallest_type(np.maximum(voxels, 0) if voxels.dtype.kind == "i" else voxels)
    if request.image.planar:
        _check_single(voxels[0], path)
    return voxels, ignored, path


def _check_single(picture: Array, path: Path) -> None:
    """Refuse a mask whose only value marks several pieces: it may be of all objects together.

    A piece counts if it has a tenth of the largest one's pixels. Raises DataFault.
    """
    values = np.unique(picture)
    if np.count_nonzero(values) != 1:
        return
    pieces = cv2.connectedComponentsWithStats((picture > 0).astype(np.uint8), connectivity=8)[2]
    areas = np.sort(pieces[1:, cv2.CC_STAT_AREA])
    if len(areas) > 1 and areas[-2] >= MIN_PIECE * areas[-1]:
        what = f"its only value, {values.max()}, marks {len(areas)} separate pieces"
        raise DataFault("objects-merged", path, what)
