"""Annotations of the VGG Image Annotator, versions 1 and 2: JSON, or the CSV of a project.

Regions are lists (version 2) or objects with numbers as keys (version 1). Coordinates are those of
the picture's canvas, in which pixel (0, 0) covers 0 to 1 on both axes.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchsmith.annotations import mark_doubts
from benchsmith.annotations.drawn_shapes import Ellipse
from benchsmith.annotations.found_file import one_file, text_of
from benchsmith.annotations.shapes import PictureMarks
from benchsmith.annotations.strict_documents import load_json
from benchsmith.core.contracts import Annotations, DataFault, Request
from benchsmith.documents.labels import Via
from benchsmith.text.picture_names import by_name, missing, of_path

SHAPE, ATTRIBUTES = "region_shape_attributes", "region_attributes"
LINES = ("point", "polyline")
"""Shapes that have no inside."""


@dataclass(frozen=True, slots=True)
class _Region:
    at: str
    shape: Mapping[str, Any]
    attributes: Mapping[str, Any]
    whole: bool = False
    """Whether these are attributes of the whole picture, without a shape."""
    lost: str = ""
    """Not empty where the picture's rows are not those that they state: why."""


@dataclass(frozen=True, slots=True)
class _File:
    names: list[str]
    regions: Mapping[str, list[_Region]]
    """By name, and by the last part of it where no other picture has that."""


def read(labels: Via, request: Request) -> Annotations:
    """Read the regions of one picture; each invalid one is a separate fault. Raises DataFault."""
    path = one_file(labels.file, request)
    file = _file(path, path.stat().st_mtime_ns)
    regions = of_path(file.regions, request.path.as_posix())
    if regions is None:
        raise DataFault("file-missing", path, missing(file.names, request.path.as_posix()))
    shown = request.show(path)
    if lost := next((region for region in regions if region.lost), None):
        raise DataFault("header", path, f"{lost.at}: {lost.lost}")
    marks = PictureMarks(request)
    for region in regions:
        at = f"{shown} {region.at}"
        if region.whole:
            raw = _label(region.attributes.get(labels.attribute or ""))
            if raw is not None and raw not in labels.silent:
                what = (
                    f"the attribute {labels.attribute!r} of the whole picture, {raw!r}, is not read"
                )
                marks.fault("class-unknown", at, what, raw)
            continue
        raw = labels.label or _label(region.attributes.get(labels.attribute or ""))
        if raw is None:
            what = f"its attribute {labels.attribute!r} is {region.attributes.get(labels.attribute or '')!r}"
            marks.fault("class-unknown", at, what)
        elif raw in labels.silent:
            continue
        elif (
            said := mark_doubts.stated(region.attributes, (labels.attribute,))
        ) and not labels.doubted:
            marks.fault(mark_doubts.REASON, at, mark_doubts.why(raw, said), raw)
        else:
            _add(marks, raw, at, region.shape)
    return marks.all()


def named_pictures(path: Path) -> list[str]:
    """Return the names of the pictures that a file is about. Raises DataFault."""
    return _file(path, path.stat().st_mtime_ns).names


def _label(value: object) -> str | None:
    """Return the label that an attribute states: its text, or the only box that is ticked."""
    if isinstance(value, str):
        return value.strip() or None
    if isinstance(value, dict):
        ticked = [name for name, on in value.items() if on]
        return ticked[0] if len(ticked) == 1 else None
    return None


def _add(marks: PictureMarks, raw: str, at: str, shape: Mapping[str, Any]) -> None:
    kind = shape.get("name")
    try:
        if kind == "rect":
            x, y, width, height = (_number(shape[k]) for k in ("x", "y", "width", "height"))
            marks.box(raw, at, (x, y, x + width, y + height))
        elif kind == "polygon":
            xs = [_number(v) for v in shape["all_points_x"]]
            ys = [_number(v) for v in shape["all_points_y"]]
            if len(xs) != len(ys):
                what = f"{raw}: its polygon has {len(xs)} values of x and {len(ys)} of y"
                marks.fault("polygon-unsound", at, what, raw)
                return
            pairs = zip(xs, ys, strict=True)
            marks.polygons(raw, at, [[v for pair in pairs for v in pair]])
        elif kind == "circle":
            x, y, radius = (_number(shape[k]) for k in ("cx", "cy", "r"))
            marks.ellipse(raw, at, Ellipse(x, y, radius, radius))
        elif kind == "ellipse":
            x, y, across, down = (_number(shape[k]) for k in ("cx", "cy", "rx", "ry"))
            theta = _number(shape.get("theta", 0))
            marks.ellipse(raw, at, Ellipse(x, y, across, down, theta))
        elif kind in LINES:
            marks.fault("polygon-unsound", at, f"{raw}: a {kind} does not mark a region", raw)
        else:
            marks.fault("polygon-unsound", at, f"{raw}: a shape {kind!r} is not read", raw)
    except (KeyError, TypeError, ValueError) as error:
        what = f"{raw}: its {kind} has no sound {error}"
        marks.fault("polygon-unsound", at, what, raw)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"number {value!r}")
    return float(value)


@lru_cache(maxsize=2)
def _file(path: Path, changed_ns: int) -> _File:
    found: dict[str, list[_Region]] = {}
    entries = _of_csv(path) if path.suffix.lower() == ".csv" else _of_json(path)
    for name, region in entries:
        own = found.setdefault(name, [])
        if region is not None:
            own.append(region)
    names = list(found)
    return _File(names, by_name((name, found[name]) for name in names))


def _of_json(path: Path) -> Iterator[tuple[str, _Region | None]]:
    """Yield the name of each picture, and the name with each of its regions. Raises DataFault."""
    tree = load_json(path)
    if isinstance(tree, dict):
        tree = tree.get("_via_img_metadata", tree)
    if not isinstance(tree, dict):
        raise DataFault("header", path, "is not an object of images by their keys")
    if "project" in tree and "metadata" in tree:
        raise DataFault(
            "header", path, "was written by VIA 3, which is not supported: export it for VIA 2"
        )
    seen: set[str] = set()
    for key, image in tree.items():
        name = image.get("filename") if isinstance(image, dict) else None
        regions = image.get("regions") if isinstance(image, dict) else None
        if isinstance(regions, dict):
            regions = list(regions.values())
        if not isinstance(name, str) or not name or not isinstance(regions, list):
            raise DataFault("header", path, f"its image {key!r} has no filename or no regions")
        if name in seen:
            raise DataFault("header", path, f"has the image {name!r} twice")
        seen.add(name)
        yield name, None
        own = image.get("file_attributes")
        if isinstance(own, dict) and own:
            yield name, _Region(f"{name} file_attributes", {}, own, whole=True)
        for number, region in enumerate(regions, start=1):
            shape = region.get("shape_attributes") if isinstance(region, dict) else None
            attributes = region.get("region_attributes") if isinstance(region, dict) else None
            if not isinstance(shape, dict) or not isinstance(attributes, dict):
                raise DataFault("header", path, f"region {number} of {name!r} has no shape")
            yield name, _Region(f"{name} region {number}", shape, attributes)


def _of_csv(path: Path) -> Iterator[tuple[str, _Region | None]]:
    """Yield the same from a CSV, which has a row for each region, and one for a picture without any.

    Each row states how many regions its picture has, and the number of this region.
    """
    try:
        rows = list(csv.DictReader(text_of(path).splitlines(), strict=True))
    except csv.Error as error:
        raise DataFault("header", path, f"is not a CSV: {error}") from error
    counted: dict[str, list[tuple[str, str, bool]]] = {}
    for line, row in enumerate(rows, start=2):
        name = row.get("filename") or row.get("#filename")
        try:
            shape, attributes = (json.loads(row.get(k) or "") for k in (SHAPE, ATTRIBUTES))
        except (ValueError, RecursionError):
            shape = attributes = None
        if not name or not isinstance(shape, dict) or not isinstance(attributes, dict):
            raise DataFault("header", path, f"line {line} has no filename or no region")
        yield name, None
        count, number = ((row.get(k) or "").strip() for k in ("region_count", "region_id"))
        counted.setdefault(name, []).append((count, number, bool(shape)))
        if shape:
            yield name, _Region(f"line {line}", shape, attributes)
    for name, own in counted.items():
        if lost := _lost(own):
            yield name, _Region(name, {}, {}, lost=lost)


def _lost(rows: Sequence[tuple[str, str, bool]]) -> str:
    """Return how the rows of one picture contradict the counts that they state; empty if they do not.

    `rows` are the cells with the count of regions and the number of the row's region, and whether it has a region.
    A table without such columns states nothing.
    """
    counts = {count for count, _, _ in rows} - {""}
    numbers = [number for _, number, is_region in rows if number and is_region]
    if len(numbers) > len(set(numbers)):
        twice = next(number for number in numbers if numbers.count(number) > 1)
        return f"region_id {twice} is there twice"
    if len(counts) > 1:
        return f"its rows state different counts of regions: {', '.join(sorted(counts))}"
    regions = sum(is_region for _, _, is_region in rows)
    if counts and counts != {str(regions)}:
        return (
            f"region_count is {min(counts)}, and {regions} have a row: export the annotations again"
        )
    return ""
