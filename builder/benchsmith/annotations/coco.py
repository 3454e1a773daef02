"""COCO JSON: polygons, run lengths and boxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from benchsmith.annotations import coco_searched, mark_doubts, model_confidence
from benchsmith.annotations.coco_boxes import are_whole, contradiction, is_number
from benchsmith.annotations.found_file import one_file
from benchsmith.annotations.run_lengths import coco_runs
from benchsmith.annotations.shapes import ROTATIONS, PictureMarks
from benchsmith.annotations.strict_documents import load_json
from benchsmith.core.contracts import Annotations, DataFault, Request
from benchsmith.documents.labels import Coco
from benchsmith.text.normal_form import normal
from benchsmith.text.picture_names import by_name, missing, of_path


@dataclass(frozen=True, slots=True)
class _Index:
    categories: Mapping[int, str]
    doubles: Mapping[str, str]
    """Why it is unclear what a category means, by its name: several in use have it."""
    images: Mapping[str, Mapping[str, Any]]
    """By `file_name`, and by its last part where no other image has that."""
    names: list[str]
    """Every `file_name`."""
    annotations: Mapping[int, list[Mapping[str, Any]]]


def read(labels: Coco, request: Request) -> Annotations:
    """Read the annotations of one picture; each faulty annotation is a separate fault."""
    path = one_file(labels.file, request)
    index = _index(path, path.stat().st_mtime_ns)
    shown = request.show(path)
    image = of_path(index.images, request.path.as_posix())
    if image is None:
        raise DataFault("file-missing", path, missing(index.names, request.path.as_posix()))
    height, width = request.image.voxels.shape[1:3]
    if (image.get("height", height), image.get("width", width)) != (height, width):
        raise DataFault(
            "shape-mismatch",
            path,
            f"{request.path.name} has {width} x {height} pixels, "
            f"the file states {image.get('width', width)} x {image.get('height', height)}",
        )
    marks = PictureMarks(request)
    own = index.annotations.get(image["id"], [])
    for one in own:
        at = f"{shown} annotation {one.get('id')}"
        category = one.get("category_id")
        raw = index.categories.get(category) if type(category) is int else None
        if raw is None:
            marks.fault("class-unknown", at, f"there is no category {category!r}")
        elif double := index.doubles.get(raw):
            marks.fault("class-unknown", at, double, raw)
        elif one.get("iscrowd", 0) not in (0, False):
            marks.fault("region-crowd", at, f"{raw}: a crowd is not a single region", raw)
        elif one.get("ignore", 0) not in (0, False):
            marks.fault("region-crowd", at, f"{raw}: it is marked to be ignored", raw)
        elif (sure := model_confidence.stated(one)) and not labels.confidence:
            marks.fault(model_confidence.REASON, at, model_confidence.why(raw, sure), raw)
        elif (said := mark_doubts.stated(one)) and not labels.doubted:
            marks.fault(mark_doubts.REASON, at, mark_doubts.why(raw, said), raw)
        elif apart := contradiction(one):
            marks.fault("box-unsound", at, f"{raw}: {apart}", raw)
        else:
            _add(marks, raw, at, one, labels.use)
    ids = {one.get("category_id") for one in own}
    stated = frozenset(name for id_, name in index.categories.items() if id_ in ids)
    for fault in coco_searched.faults(image, index.categories, stated, shown):
        marks.fault(fault.reason, fault.subject, fault.detail, fault.raw)
    everything = frozenset(index.categories.values())
    looked = coco_searched.searched(image, index.categories, stated)
    return replace(marks.all(everything), not_looked_for=everything - looked)


def _add(marks: PictureMarks, raw: str, at: str, one: Mapping[str, Any], use: str) -> None:
    drawn = one.get("segmentation") if use != "bbox" else None
    if drawn:
        if isinstance(drawn, list) and all(isinstance(ring, list) for ring in drawn):
            area = one.get("area")
            marks.polygons(raw, at, drawn, float(area) if is_number(area) else 0.0)
        elif isinstance(drawn, dict):
            counts = drawn.get("counts")
            runs = coco_runs(counts) if isinstance(counts, str) else counts
            size = drawn.get("size")
            if not are_whole(runs) or not are_whole(size):
                marks.fault("run-lengths-unsound", at, f"{raw}: they cannot be read", raw)
            else:
                marks.run_lengths(raw, at, runs or [], size or [])
        else:
            marks.fault(
                "polygon-unsound", at, f"{raw}: its segmentation is not a list of polygons", raw
            )
    elif use == "segmentation":
        marks.fault("polygon-unsound", at, f"{raw}: it has no segmentation", raw)
    else:
        box = one.get("bbox")
        if not isinstance(box, list) or len(box) != 4 or not all(is_number(v) for v in box):
            marks.fault("box-unsound", at, f"{raw}: its box is {box!r}", raw)
        elif turned := _turned(one):
            what = f"{raw}: its box is rotated ({turned}), which is not supported"
            marks.fault("box-unsound", at, what, raw)
        else:
            x, y, width, height = box
            marks.box(raw, at, (x, y, x + width, y + height))


def _turned(one: Mapping[str, Any]) -> str:
    """Return how the annotation says that its box is rotated; empty if it does not."""
    own = one.get("attributes")
    for stated in (one, own if isinstance(own, dict) else {}):
        for name in ROTATIONS:
            if stated.get(name) not in (None, "", 0, 0.0, "0", "0.0"):
                return f"{name} {stated[name]}"
    return ""


def named_pictures(path: Path) -> list[str]:
    """Return the names of the pictures that a file is about. Raises DataFault."""
    return _index(path, path.stat().st_mtime_ns).names


@lru_cache(maxsize=2)
def _index(path: Path, changed_ns: int) -> _Index:
    data = load_json(path)
    if not isinstance(data, dict) or not all(
        isinstance(data.get(key), list) and all(isinstance(v, dict) for v in data[key])
        for key in ("images", "annotations", "categories")
    ):
        raise DataFault("header", path, "has no lists of images, annotations and categories")
    try:
        categories = _unique(path, "category", ((c["id"], c["name"]) for c in data["categories"]))
        by_id = _unique(path, "image", ((i["id"], i) for i in data["images"]))
        annotations: dict[int, list[Mapping[str, Any]]] = defaultdict(list)
        _unique(path, "annotation", ((a["id"], a) for a in data["annotations"]))
        for one in data["annotations"]:
            if isinstance(one["image_id"], bool):
                raise TypeError("'image_id'")
            annotations[one["image_id"]].append(one)
    except (KeyError, TypeError) as error:
        raise DataFault("header", path, f"an entry has no sound {error}") from error
    dangling = set(annotations) - set(by_id)
    if dangling:
        first = min(map(repr, dangling))
        raise DataFault("header", path, f"annotations refer to image {first}, which is not listed")
    if not all(isinstance(n, str) and n.strip() for n in categories.values()):
        raise DataFault("header", path, "a category has no name")
    for image in by_id.values():
        if not isinstance(image.get("file_name"), str):
            raise DataFault("header", path, f"image {image['id']!r} has no file_name")
    names = [image["file_name"] for image in by_id.values()]
    images = by_name(zip(names, by_id.values(), strict=True))
    used = {one.get("category_id") for own in annotations.values() for one in own}
    return _Index(categories, _doubles(categories, used), images, names, annotations)


def _doubles(categories: Mapping[int, str], used: set[Any]) -> dict[str, str]:
    """Return why categories are not understood, by name: annotations use two categories with one name.

    Names are compared in normal form, so that capitals and spaces make no difference. A category without
    annotations, such as the root that some tools write, does no harm.
    """
    by_name: dict[str, list[int]] = defaultdict(list)
    for id_, name in categories.items():
        if id_ in used:
            by_name[normal(name)].append(id_)
    found = {}
    for ids in by_name.values():
        listed = " and ".join(f"{i} ({categories[i]!r})" for i in ids)
        what = (
            f"the categories {listed} have one name: give each its own, or all annotations one id"
        )
        found.update({categories[i]: what for i in ids} if len(ids) > 1 else {})
    return found


def _unique(path: Path, what: str, pairs: Any) -> dict[Any, Any]:
    found: dict[Any, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DataFault("header", path, f"the id {key!r} is used by more than one {what}")
        found[key] = value
    return found
