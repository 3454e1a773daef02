"""Two COCO categories with one name are two things or one: what they mark is not understood."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault
from tests.test_annotations import read


def coco(folder: Path, categories: list[dict[str, Any]], marks: list[int]) -> Annotations:
    """Read one picture with a box of each category of `marks`."""
    PIL.Image.new("L", (200, 60), 7).save(folder / "image.png")
    tree = {
        "images": [{"id": 1, "file_name": "image.png", "height": 60, "width": 200}],
        "categories": categories,
        "annotations": [
            {"id": n, "image_id": 1, "category_id": c, "bbox": [5 + 30 * n, 5, 20, 20]}
            for n, c in enumerate(marks)
        ],
    }
    (folder / "coco.json").write_text(json.dumps(tree))
    entry = {"kind": "coco", "file": "coco.json", "exhaustive": True}
    return read(entry, folder, formats.read(folder / "image.png"))


def raws(found: Annotations) -> list[str]:
    return sorted(s.raw for layer in found.layers for s in layer.structures.values())


@pytest.mark.parametrize("other", ["left", "Left", " LEFT", "left_"])
def test_two_categories_of_one_name_are_not_understood(tmp_path: Path, other: str) -> None:
    """The left of the kidney and the left of the lung became one label."""
    categories = [
        {"id": 1, "name": "left", "supercategory": "kidney"},
        {"id": 2, "name": other, "supercategory": "lung"},
        {"id": 3, "name": "liver"},
        {"id": 4, "name": "spleen"},
    ]
    found = coco(tmp_path, categories, [1, 2, 3])
    assert raws(found) == ["liver"]
    assert [(f.reason, f.raw) for f in found.faults] == [
        ("class-unknown", "left"),
        ("class-unknown", other),
    ]
    what = f"the categories 1 ('left') and 2 ({other!r}) have one name: give each its own"
    assert found.faults[0].detail.startswith(what)
    assert found.is_unknown("left") and not found.is_unknown("spleen")


@pytest.mark.parametrize("first", [0, 1])
def test_a_category_without_annotations_leaves_no_doubt(tmp_path: Path, first: int) -> None:
    """Some tools write a root of all categories that has the name of one of them."""
    categories = [
        {"id": first, "name": "polyp", "supercategory": "none"},
        {"id": 2, "name": "Polyp", "supercategory": "polyp"},
    ]
    found = coco(tmp_path, categories, [2, 2])
    assert raws(found) == ["Polyp", "Polyp"] and not found.faults


def test_one_id_of_two_names_is_refused(tmp_path: Path) -> None:
    categories = [{"id": 1, "name": "liver"}, {"id": 1, "name": "spleen"}]
    with pytest.raises(DataFault, match="the id 1 is used by more than one category"):
        coco(tmp_path, categories, [1])
