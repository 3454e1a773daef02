"""Marks with a model's confidence, and files of other pictures, are not taken unless the recipe says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith.core.contracts import Annotations, DataFault
from benchsmith.core.reasons import REASONS
from tests.test_annotations import picture, read, read_sheet

CORNERS = {"xmin": 11, "ymin": 11, "xmax": 30, "ymax": 25}
CONFIDENCE = [0.93, 1, 0, "0.5"]


def coco(folder: Path, field: str, value: object, **keys: Any) -> Annotations:
    marks = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 10, 20, 15], field: value},
        {"id": 2, "image_id": 1, "category_id": 2, "bbox": [40, 10, 20, 15]},
    ]
    tree = {
        "images": [{"id": 1, "file_name": "image.png"}],
        "categories": [{"id": 1, "name": "polyp"}, {"id": 2, "name": "ulcer"}],
        "annotations": marks,
    }
    (folder / "a.json").write_text(json.dumps(tree))
    return read({"kind": "coco", "file": "a.json", **keys}, folder, image(folder))


def voc(
    folder: Path, field: str, value: object, name: str = "image.png", **keys: Any
) -> Annotations:
    corners = "".join(f"<{k}>{v}</{k}>" for k, v in CORNERS.items())
    said = "" if value is None else f"<{field}>{value}</{field}>"
    marks = "".join(
        f"<object><name>{raw}</name>{more}<bndbox>{corners}</bndbox></object>"
        for raw, more in (("polyp", said), ("ulcer", ""))
    )
    (folder / "a.xml").write_text(f"<annotation><filename>{name}</filename>{marks}</annotation>")
    return read({"kind": "voc", "file": "a.xml", **keys}, folder, image(folder))


def labelme(
    folder: Path, field: str, value: object, name: str = "image.png", **keys: Any
) -> Annotations:
    box = {"shape_type": "rectangle", "points": [[10, 10], [30, 25]]}
    shapes = [{"label": "polyp", field: value, **box}, {"label": "ulcer", **box}]
    (folder / "a.json").write_text(json.dumps({"imagePath": name, "shapes": shapes}))
    return read({"kind": "labelme", "file": "a.json", **keys}, folder, image(folder))


def boxes(folder: Path, field: str, value: object, **keys: Any) -> Annotations:
    said = "" if value is None else value
    head = f"id,what,{','.join(CORNERS)},{field}\n"
    corners = ",".join(map(str, CORNERS.values()))
    (folder / "t.csv").write_text(f"{head}image,polyp,{corners},{said}\nimage,ulcer,{corners},\n")
    entry = {"kind": "boxes", "file": "t.csv", "key": "id", "box": tuple(CORNERS),
             "label_column": "what", **keys}  # fmt: skip
    return read_sheet(entry, folder, image(folder), "image")


def image(folder: Path) -> Any:
    return picture(folder, np.add.outer(np.arange(60), np.arange(80)).astype(np.uint8))


def shown(found: Annotations) -> set[str]:
    return {s.raw for layer in found.layers for s in layer.structures.values()}


@pytest.mark.parametrize("kind", [coco, voc, labelme, boxes])
@pytest.mark.parametrize("field", ["score", "confidence"])
@pytest.mark.parametrize("value", CONFIDENCE)
def test_a_mark_with_a_confidence_is_unknown(
    tmp_path: Path, kind: Any, field: str, value: object
) -> None:
    found = kind(tmp_path, field, value)
    assert shown(found) == {"ulcer"}
    assert [(f.reason, f.raw) for f in found.faults] == [("predicted-mark", "polyp")]
    assert found.is_unknown("polyp") and not found.is_unknown("ulcer")
    assert f"{field} {value}" in found.faults[0].detail
    assert "confidence: true" in found.faults[0].detail and REASONS["predicted-mark"].fault


@pytest.mark.parametrize("kind", [coco, voc, labelme, boxes])
def test_a_recipe_may_take_them_and_no_number_is_no_confidence(tmp_path: Path, kind: Any) -> None:
    assert shown(kind(tmp_path, "score", 0.93, confidence=True)) == {"polyp", "ulcer"}
    for value in (None, "n/a"):
        found = kind(tmp_path, "score", value)
        assert shown(found) == {"polyp", "ulcer"} and not found.faults


def test_a_score_that_is_a_grade(tmp_path: Path) -> None:
    assert shown(boxes(tmp_path, "score", 4)) == {"polyp", "ulcer"}


def test_a_column_that_the_recipe_reads_is_no_confidence(tmp_path: Path) -> None:
    assert shown(boxes(tmp_path, "score", 1, label=None, label_column="score", silent=("",))) == {
        "1"
    }


@pytest.mark.parametrize("kind", [voc, labelme])
def test_a_file_that_names_another_picture(tmp_path: Path, kind: Any) -> None:
    """It may have been renamed, or the file lies beside the wrong picture: only the recipe can tell."""
    for name in ("image.png", "image.jpg", "IMAGE.PNG", "D:\\x\\image.png", "x/image.tif", ""):
        assert shown(kind(tmp_path, "x", None, name)) == {"polyp", "ulcer"}, name
    for name in ("image2.png", "other.png", "D:\\x\\12.png", "im age.png"):
        with pytest.raises(DataFault, match="`picture_name: ignore`"):
            kind(tmp_path, "x", None, name)
        found = kind(tmp_path, "x", None, name, picture_name="ignore")
        assert shown(found) == {"polyp", "ulcer"}
