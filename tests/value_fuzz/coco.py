"""COCO files, judged by pycocotools."""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pycocotools import coco as cocotools
from pycocotools import mask as masks

from tests.value_fuzz import marks
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.marks import COLUMNS, ROWS
from tests.value_fuzz.mutants import Change, Format, Refused, note, noted
from tests.value_fuzz.values import Values


def _polygon(chance: Chance) -> list[float]:
    """Return a polygon with straight sides along pixels, or any triangle."""
    x, y, width, height = marks.box(chance, whole=True)
    # of a slender triangle nearly all pixels lie on its edges
    if chance.yes() or min(width, height) < 8:
        return [x, y, x + width, y, x + width, y + height, x, y + height]
    return [x, y, x + width, y + height / 2, x + width / 3, y + height]


def _around(rings: list[list[float]]) -> list[float]:
    points = np.concatenate([np.reshape(ring, (-1, 2)) for ring in rings])
    return [*points.min(axis=0).tolist(), *np.ptp(points, axis=0).tolist()]


def _runs(mask: Any) -> list[int]:
    flat = np.concatenate([[0], mask.ravel(order="F"), [0]]).astype(int)
    edges = np.flatnonzero(np.diff(flat))
    counts, place = [], 0
    for edge in edges:
        counts.append(int(edge - place))
        place = int(edge)
    return [*counts, mask.size - place] if place < mask.size else counts


def coco(chance: Chance) -> dict[str, Any]:
    """Return a file of two pictures with boxes, polygons and run lengths."""
    images = [
        {"id": 7, "file_name": "good.png", "width": COLUMNS, "height": ROWS},
        {"id": 3, "file_name": "other.png", "width": COLUMNS, "height": ROWS},
    ]
    found = []
    for number in range(chance.whole(1, 5)):
        kind = chance.pick(("box", "polygon", "runs", "packed"))
        box = list(marks.box(chance))
        one: dict[str, Any] = {
            "id": number + 1, "image_id": chance.pick((7, 7, 3)), "iscrowd": 0, "bbox": box,
            "category_id": chance.pick((1, 2, 9)), "area": 1.0,
        }  # fmt: skip
        if kind == "polygon":
            one["segmentation"] = [_polygon(chance) for _ in range(chance.whole(1, 2))]
            one["bbox"] = _around(one["segmentation"])
        elif kind != "box":
            mask = marks.box_mask(box[0], box[1], box[0] + box[2], box[1] + box[3])
            mask ^= mask & (chance.array((ROWS, COLUMNS), 0, 5) == 0)
            if kind == "runs":
                one["segmentation"] = {"size": [ROWS, COLUMNS], "counts": _runs(mask)}
            else:
                packed = masks.encode(np.asfortranarray(mask.astype(np.uint8)))
                one["segmentation"] = {
                    "size": [ROWS, COLUMNS], "counts": packed["counts"].decode(),
                }  # fmt: skip
        found.append(one)
    names = [{"id": i, "name": n} for i, n in zip((1, 2, 9), marks.NAMES, strict=True)]
    return {"images": images, "annotations": found, "categories": names}


def _coco(alter: Callable[[Chance, dict[str, Any]], None], **how: Any) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        made = coco(chance)
        alter(chance, made)
        text = json.dumps(made, ensure_ascii=chance.yes(), indent=chance.pick((None, 1)))
        encoding = "utf-8-sig" if how.get("bom") else "utf-8"
        ends = "\r\n" if how.get("crlf") else "\n"
        (folder / "a.json").write_bytes(text.replace("\n", ends).encode(encoding))
        note(folder, use=chance.pick(("auto", "auto", "bbox")))
        return folder / "a.json"

    return change


def _as_it_is(chance: Chance, made: dict[str, Any]) -> None:
    """Change nothing."""


def _order(chance: Chance, made: dict[str, Any]) -> None:
    for name in chance.shuffled(sorted(made)):
        made[name] = chance.shuffled(made.pop(name))


def _categories(chance: Chance, made: dict[str, Any]) -> None:
    """Exchange the names of the categories."""
    for item, name in zip(made["categories"], chance.shuffled(marks.NAMES), strict=True):
        item["name"] = name


def _ids(chance: Chance, made: dict[str, Any]) -> None:
    """Exchange the ids of both pictures."""
    made["images"][0]["id"], made["images"][1]["id"] = 3, 7


def _folders(chance: Chance, made: dict[str, Any]) -> None:
    made["images"][0]["file_name"] = chance.pick(
        ("train/good.png", "a/b/good.png", "train\\good.png")
    )


def _crowds(chance: Chance, made: dict[str, Any]) -> None:
    for one in made["annotations"]:
        one["iscrowd"] = chance.whole(0, 1)


def _extra(chance: Chance, made: dict[str, Any]) -> None:
    made["info"], made["licenses"] = {"year": 2026}, []
    for one in made["annotations"]:
        one["keypoints"], one["score"] = [1, 1, 2], 0.5


def _sizes(chance: Chance, made: dict[str, Any]) -> None:
    made["images"][0]["width"] += chance.pick((0, 1))


def _unknown_category(chance: Chance, made: dict[str, Any]) -> None:
    made["annotations"][0]["category_id"] = chance.pick((1, 77))


def _outside(chance: Chance, made: dict[str, Any]) -> None:
    for one in made["annotations"]:
        one["bbox"][0] += chance.pick((0, COLUMNS))
        one.pop("segmentation", None)


def ours(path: Path) -> Values:
    """Return the marks of a picture."""
    return marks.ours(path, {"kind": "coco", "file": path.name, "use": noted(path)["use"]})


def theirs(path: Path) -> Values:
    """Read with pycocotools' index and run lengths.

    Its polygons are drawn along the edges of pixels that are five times finer, so that slanted edges
    differ by the pixels on them; boxes are drawn by their nearest pixel edges, as ours documents.
    """
    made = json.loads(path.read_bytes().decode("utf-8-sig"))
    index = cocotools.COCO()
    index.dataset = made
    with contextlib.redirect_stdout(io.StringIO()):
        index.createIndex()
    images = [
        i for i in made["images"] if i["file_name"].replace("\\", "/").split("/")[-1] == "good.png"
    ]
    if len(images) != 1 or (images[0]["width"], images[0]["height"]) != (COLUMNS, ROWS):
        raise Refused("no picture of this size")
    found = []
    for one in index.loadAnns(index.getAnnIds(imgIds=[images[0]["id"]])):
        if one["iscrowd"]:
            continue
        name = index.cats[one["category_id"]]["name"]
        if one.get("segmentation") and noted(path)["use"] != "bbox":
            mask = index.annToMask({**one, "image_id": images[0]["id"]}) > 0
        else:
            x, y, width, height = one["bbox"]
            mask = marks.box_mask(x, y, x + width, y + height)
        if mask.any():
            found.append(marks.mark(name, mask))
    return marks.theirs(found)


FORMAT = Format(
    "COCO",
    "pycocotools",
    {
        "boxes, polygons, run lengths": _coco(_as_it_is),
        "order": _coco(_order),
        "names of categories": _coco(_categories),
        "ids of pictures": _coco(_ids),
        "folders in names": _coco(_folders),
        "crowds": _coco(_crowds),
        "further keys": _coco(_extra),
        "size of the picture": _coco(_sizes),
        "a category that is not listed": _coco(_unknown_category),
        "boxes outside": _coco(_outside),
        "byte order mark": _coco(_as_it_is, bom=True),
        "ends of lines": _coco(_as_it_is, crlf=True),
    },
    ours,
    theirs,
    tolerance={"marks": 12.0, "places of marks": 1.5},
    alone={"KeyError": "an entry without a key that COCO does not need for its mark"},
)
