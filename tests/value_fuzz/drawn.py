"""LabelMe and VGG Image Annotator, judged by a test of each pixel's centre."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tests.value_fuzz import marks
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.marks import COLUMNS, ROWS
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values

Y, X = np.mgrid[:ROWS, :COLUMNS] + 0.5
Shape = dict[str, Any]
"""A word, a kind and its numbers; each format writes it in its own way."""


def _ring(chance: Chance) -> list[tuple[float, float]]:
    x, y, width, height = marks.box(chance, whole=True)
    if chance.yes():
        return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    top = x + width / 2 + 0.31
    return [(x + 0.13, y + height + 0.21), (top, y + 0.17), (x + width + 0.29, y + height + 0.37)]


def _shapes(chance: Chance, *kinds: str) -> list[Shape]:
    found: list[Shape] = []
    for _ in range(chance.whole(1, 4)):
        kind = chance.pick(kinds)
        made: Shape = {"word": chance.pick(marks.NAMES), "kind": kind}
        if kind == "polygon":
            made["ring"] = _ring(chance)
        elif kind == "rectangle":
            made["box"] = marks.box(chance)
        else:
            made["centre"] = (chance.whole(14, 45) + 0.37, chance.whole(14, 25) + 0.21)
            made["axes"] = (chance.whole(2, 12) + 0.43, chance.whole(2, 12) + 0.19)
            made["theta"] = chance.real(0, 3) if kind == "turned ellipse" else 0.0
        found.append(made)
    return found


def _inside(ring: Sequence[tuple[float, float]]) -> Any:
    """Return the pixels whose centres a ring goes around, by the crossings of a ray (even-odd)."""
    inside = np.zeros((ROWS, COLUMNS), bool)
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if y0 == y1:
            continue
        crossed = (y0 > Y) != (y1 > Y)
        inside ^= crossed & (x0 + (Y - y0) / (y1 - y0) * (x1 - x0) > X)
    return inside


def _ellipse(x: float, y: float, across: float, down: float, theta: float) -> Any:
    along = (X - x) * math.cos(theta) + (Y - y) * math.sin(theta)
    beside = (Y - y) * math.cos(theta) - (X - x) * math.sin(theta)
    return (along / across) ** 2 + (beside / down) ** 2 <= 1


def _pixels(mask: Any, word: str) -> marks.Mark:
    if not mask.any():
        raise Refused("a shape without a pixel")
    return marks.mark(word, mask)


def _labelme(shape: Shape, number: int) -> dict[str, Any]:
    points: list[Any] = []
    if shape["kind"] == "polygon":
        points = [list(p) for p in shape["ring"]]
    elif shape["kind"] == "rectangle":
        x, y, w, h = shape["box"]
        points = [[[x, y], [x + w, y + h]], [[x + w, y], [x, y + h]], [[x + w, y + h], [x, y]]][
            number % 3
        ]
    elif shape["kind"] == "circle":
        (x, y), (radius, _) = shape["centre"], shape["axes"]
        points = [[x, y], [x + radius * 0.6, y + radius * 0.8]]
    else:
        points = [[3, 3]]
    return {"label": shape["word"], "points": points, "shape_type": shape["kind"], "flags": {}}


def _write_labelme(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        drawn = {"polygons": ("polygon",), "rectangles": ("rectangle",), "circles": ("circle",)}
        shapes = _shapes(chance, *drawn.get(kind, ("polygon", "rectangle", "circle")))
        if kind == "points beside":
            shapes.append({"word": "scar", "kind": "point"})
        listed = [_labelme(shape, number) for number, shape in enumerate(shapes)]
        for one in listed:
            one["group_id"] = 7 if kind == "groups" else None
            if kind == "no type" and one["shape_type"] == "polygon":
                del one["shape_type"]
        size = {"imageHeight": ROWS, "imageWidth": COLUMNS}
        if kind == "another size":
            size["imageWidth"] += 10
        tree = {
            "version": "5",
            "imagePath": "good.png",
            "imageData": None,
            **size,
            "shapes": listed,
        }
        path = folder / "good.json"
        indent = 2 if chance.yes() else None
        path.write_text(json.dumps(tree, indent=indent, ensure_ascii=chance.yes()), "utf-8")
        return path

    return change


def labelme_ours(path: Path) -> Values:
    """Return the marks of a LabelMe file."""
    return marks.ours(path, {"kind": "labelme", "file": path.name})


def labelme_theirs(path: Path) -> Values:
    """Read the JSON, and test the centre of each pixel."""
    tree = json.loads(path.read_text("utf-8"))
    if (tree.get("imageHeight") or ROWS, tree.get("imageWidth") or COLUMNS) != (ROWS, COLUMNS):
        raise Refused("another size")
    found: list[marks.Mark] = []
    groups: dict[tuple[str, str], Any] = {}
    for shape in tree["shapes"]:
        word, kind, points = (
            shape["label"].strip(),
            shape.get("shape_type") or "polygon",
            shape["points"],
        )
        if kind == "polygon" and len(points) > 2:
            mask = _inside([(float(x), float(y)) for x, y in points])
            if shape.get("group_id") in (None, ""):
                found.append(_pixels(mask, word))
            else:
                key = (word, str(shape["group_id"]))
                groups[key] = groups.get(key, False) | mask
        elif kind == "rectangle" and len(points) == 2:
            (ax, ay), (bx, by) = points
            found.append(
                _pixels(marks.box_mask(min(ax, bx), min(ay, by), max(ax, bx), max(ay, by)), word)
            )
        elif kind == "circle" and len(points) == 2:
            radius = math.dist(*points)
            found.append(_pixels(_ellipse(*points[0], radius, radius, 0), word))
    found += [_pixels(mask, word) for (word, _), mask in groups.items()]
    return marks.theirs(found)


def _via(shape: Shape) -> dict[str, Any]:
    if shape["kind"] == "polygon":
        across, down = zip(*shape["ring"], strict=True)
        made: dict[str, Any] = {
            "name": "polygon",
            "all_points_x": list(across),
            "all_points_y": list(down),
        }
    elif shape["kind"] == "rectangle":
        made = {
            "name": "rect",
            **dict(zip(("x", "y", "width", "height"), shape["box"], strict=True)),
        }
    else:
        (x, y), (across, down) = shape["centre"], shape["axes"]
        made = {"name": "circle", "cx": x, "cy": y, "r": across}
        if shape["kind"] != "circle":
            made = {
                "name": "ellipse",
                "cx": x,
                "cy": y,
                "rx": across,
                "ry": down,
                "theta": shape["theta"],
            }
    return {"shape_attributes": made, "region_attributes": {"type": shape["word"]}}


def _write_via(kind: str) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        drawn = {"polygons": ("polygon",), "rectangles": ("rectangle",), "circles": ("circle",),
                 "ellipses": ("ellipse", "turned ellipse")}  # fmt: skip
        every = ("polygon", "rectangle", "circle", "ellipse")
        regions = [_via(s) for s in _shapes(chance, *drawn.get(kind, every))]
        if kind == "another attribute":
            for one in regions:
                one["region_attributes"] = {"name": one["region_attributes"]["type"], "note": "1"}
        note(folder, attribute="name" if kind == "another attribute" else "type")
        other = [_via(s) for s in _shapes(chance, *every)]
        images = {"good.png12": ("good.png", regions), "other.png7": ("other.png", other)}
        if kind == "CSV":
            text = io.StringIO()
            rows = csv.writer(text)
            rows.writerow(["filename", "file_size", "file_attributes", "region_count", "region_id",
                           "region_shape_attributes", "region_attributes"])  # fmt: skip
            for name, listed in images.values():
                for n, one in enumerate(listed):
                    rows.writerow([name, 1, "{}", len(listed), n, json.dumps(one["shape_attributes"]),
                                   json.dumps(one["region_attributes"])])  # fmt: skip
            (folder / "via.csv").write_text(text.getvalue(), "utf-8")
            return folder / "via.csv"
        tree: dict[str, Any] = {
            key: {"filename": name, "size": 1, "file_attributes": {},
                  "regions": dict(enumerate(listed)) if kind == "version 1" else listed}
            for key, (name, listed) in images.items()
        }  # fmt: skip
        if kind == "projects":
            tree = {"_via_settings": {}, "_via_img_metadata": tree, "_via_attributes": {}}
        (folder / "via.json").write_text(json.dumps(tree), "utf-8")
        return folder / "via.json"

    return change


def via_ours(path: Path) -> Values:
    """Return the marks of a VIA file that are of the picture good.png."""
    return marks.ours(
        path, {"kind": "via", "file": path.name, "attribute": noted(path)["attribute"]}
    )


def via_theirs(path: Path) -> Values:
    """Read the JSON or CSV, and test the centre of each pixel."""
    found = [
        _pixels(_via_mask(shape), str(words[noted(path)["attribute"]]).strip())
        for shape, words in _regions(path)
    ]
    return marks.theirs(found)


def _regions(path: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    if path.suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
        own = [row for row in rows if row["filename"] == "good.png"]
        return [
            (json.loads(r["region_shape_attributes"]), json.loads(r["region_attributes"]))
            for r in own
        ]
    tree = json.loads(path.read_text("utf-8"))
    images = tree.get("_via_img_metadata", tree).values()
    of = next(one["regions"] for one in images if one["filename"] == "good.png")
    listed = list(of.values()) if isinstance(of, dict) else of
    return [(one["shape_attributes"], one["region_attributes"]) for one in listed]


def _via_mask(shape: dict[str, Any]) -> Any:
    masks: dict[str, Callable[[], Any]] = {
        "polygon": lambda: _inside(
            list(zip(shape["all_points_x"], shape["all_points_y"], strict=True))
        ),
        "rect": lambda: marks.box_mask(
            shape["x"], shape["y"], shape["x"] + shape["width"], shape["y"] + shape["height"]
        ),
        "circle": lambda: _ellipse(shape["cx"], shape["cy"], shape["r"], shape["r"], 0),
        "ellipse": lambda: _ellipse(
            shape["cx"], shape["cy"], shape["rx"], shape["ry"], shape.get("theta", 0)
        ),
    }
    return masks[shape["name"]]()


BY_PIXELS = "each pixel's centre, in this test"
LABELME = Format(
    "LabelMe",
    BY_PIXELS,
    {
        kind: _write_labelme(kind)
        for kind in ("polygons", "rectangles", "circles", "groups", "no type", "points beside", "another size")
    },
    labelme_ours,
    labelme_theirs,
    alone={},
    mutants=400,
)  # fmt: skip
VIA = Format(
    "VGG Image Annotator",
    BY_PIXELS,
    {
        kind: _write_via(kind)
        for kind in ("polygons", "rectangles", "circles", "ellipses", "version 1", "projects", "CSV",
                     "another attribute")
    },
    via_ours,
    via_theirs,
    alone={},
    mutants=400,
)  # fmt: skip
