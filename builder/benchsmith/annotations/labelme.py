"""LabelMe JSON: the shapes of one picture.

Coordinates are those of the picture's canvas, in which pixel (0, 0) covers 0 to 1 on both axes.
"""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from benchsmith.annotations import embedded_picture
from benchsmith.annotations.drawn_shapes import Ellipse
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.labelme_flags import against_shape, set_flags
from benchsmith.annotations.own_picture import check_name
from benchsmith.annotations.shapes import PictureMarks
from benchsmith.annotations.strict_documents import load_json
from benchsmith.core.contracts import Annotations, DataFault, Request
from benchsmith.documents.labels import LabelMe

MAX_MASK_BYTES = 64 << 20
LINES = ("point", "points", "line", "linestrip")
"""Types of shapes that have no inside."""
PNG_SIZE = slice(16, 24)
"""Bytes of width and height in a PNG (PNG specification, 11.2.2)."""


def read(labels: LabelMe, request: Request) -> Annotations:
    """Read the shapes of one picture; each invalid one is a separate fault. Raises DataFault."""
    path = one_file(labels.file, request)
    tree = load_json(path)
    shapes = tree.get("shapes") if isinstance(tree, dict) else None
    if not isinstance(shapes, list) or not all(isinstance(one, dict) for one in shapes):
        raise DataFault("header", path, "has no list of shapes: it is not a LabelMe file")
    note = _check_picture(labels, tree, path, request)
    shown = request.show(path)
    marks = PictureMarks(request)
    groups: dict[tuple[str, str], tuple[str, list[list[float]]]] = {}
    lost: set[tuple[str, str]] = set()
    for number, shape in enumerate(shapes, start=1):
        at = f"{shown} shape {number}"
        raw = shape.get("label")
        raw = raw.strip() if isinstance(raw, str) else ""
        if raw in labels.silent and raw:
            continue
        if not raw:
            marks.fault("class-unknown", at, "the shape has no label")
            continue
        group, kind = shape.get("group_id"), shape.get("shape_type") or "polygon"
        if against := against_shape(labels, raw, shape):
            marks.fault(against[0], at, against[1], raw)
            lost.add((raw, str(group)))
            continue
        points = _points(shape.get("points"))
        if points is None:
            marks.fault("polygon-unsound", at, f"{raw}: its points are not pairs of numbers", raw)
            lost.add((raw, str(group)))
        elif group not in (None, "") and kind == "polygon":
            _, rings = groups.setdefault((raw, str(group)), (at, []))
            rings.append([v for point in points for v in point])
        else:
            _add(marks, raw, at, kind, points, shape)
    for (raw, group), (at, rings) in groups.items():
        # what is left of an object is not the object
        if (raw, group) not in lost:
            marks.polygons(raw, at, rings)
    for name in set_flags(tree):
        if name not in labels.silent:
            what = (
                f"the flag {name!r} of the whole picture is not read; add "
                "it to `silent` if it is not a label"
            )
            marks.fault("class-unknown", shown, what, name)
    return replace(marks.all(), note=note)


def _check_picture(labels: LabelMe, tree: Mapping[str, Any], path: Path, request: Request) -> str:
    """Return a note on doubts whether a file is about the picture. Raises DataFault for another one's."""
    height, width = request.image.voxels.shape[1:3]
    stated = tree.get("imageHeight") or height, tree.get("imageWidth") or width
    if stated != (height, width):
        what = f"states {stated[1]} x {stated[0]} pixels, the picture has {width} x {height}"
        raise DataFault("shape-mismatch", path, what)
    name = tree.get("imagePath")
    if isinstance(name, str) and labels.picture_name == "check":
        check_name(name, path, request, "imagePath")
    return embedded_picture.check(tree.get("imageData"), path, request)


def _points(stated: object) -> list[list[float]] | None:
    """Return points as pairs of finite numbers; None if they are something else."""
    if not isinstance(stated, list):
        return None
    for point in stated:
        if not isinstance(point, list) or len(point) != 2:
            return None
        if not all(type(v) in (int, float) and math.isfinite(v) for v in point):
            return None
    return stated


def _add(
    marks: PictureMarks,
    raw: str,
    at: str,
    kind: object,
    points: Sequence[Sequence[float]],
    shape: Mapping[str, Any],
) -> None:
    if kind == "polygon":
        marks.polygons(raw, at, [[v for point in points for v in point]])
    elif kind == "rectangle" and (ends := _corners(points)):
        marks.box(raw, at, ends)
    elif kind in ("rectangle", "mask", "circle") and len(points) != 2:
        marks.fault("polygon-unsound", at, f"{raw}: a {kind} of {len(points)} points", raw)
    elif kind == "circle":
        (x, y), edge = points
        radius = math.dist((x, y), edge)
        marks.ellipse(raw, at, Ellipse(x, y, radius, radius))
    elif kind == "mask":
        _add_mask(marks, raw, at, points, shape.get("mask"))
    elif kind in LINES:
        marks.fault("polygon-unsound", at, f"{raw}: a {kind} does not mark a region", raw)
    else:
        marks.fault("polygon-unsound", at, f"{raw}: a shape of the type {kind!r} is not read", raw)


def _corners(points: Sequence[Sequence[float]]) -> tuple[float, float, float, float] | None:
    """Return x0, y0, x1, y1 of two opposite corners, or of all four of an upright rectangle.

    Tools derived from LabelMe write four. None for other points.
    """
    if not points:
        return None
    across, down = ([point[axis] for point in points] for axis in (0, 1))
    x0, x1, y0, y1 = min(across), max(across), min(down), max(down)
    upright = {(x0, y0), (x1, y0), (x1, y1), (x0, y1)} == {(x, y) for x, y in points}
    if len(points) == 2 or (len(points) == 4 and upright):
        return x0, y0, x1, y1
    return None


def _add_mask(
    marks: PictureMarks, raw: str, at: str, points: Sequence[Sequence[float]], stated: object
) -> None:
    """Add a mask, a PNG in base64 that fills the box between two pixels, both inclusive."""
    (left, top), (right, bottom) = points
    corners = [round(v) for v in (left, top, right, bottom)]
    mask = _mask(stated, corners[2] - corners[0] + 1, corners[3] - corners[1] + 1)
    if mask is None:
        marks.fault(
            "polygon-unsound", at, f"{raw}: its mask is not a PNG with the size of its box", raw
        )
    else:
        marks.pixels(raw, at, mask, corners[1], corners[0])


def _mask(stated: object, width: int, height: int) -> npt.NDArray[np.bool_] | None:
    """Return (rows, columns) of a PNG in base64; None if it does not have the stated size."""
    if not isinstance(stated, str) or len(stated) > MAX_MASK_BYTES:
        return None
    try:
        data = base64.b64decode(stated, validate=True)
    except (binascii.Error, ValueError):
        return None
    size = data[PNG_SIZE]
    if data[:8] != b"\x89PNG\r\n\x1a\n" or len(size) != 8:
        return None
    if (int.from_bytes(size[:4]), int.from_bytes(size[4:])) != (width, height):
        return None
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None or pixels.ndim != 2:
        return None
    return np.asarray(pixels > 0)
