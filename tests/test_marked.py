"""Label files of pictures: COCO, VOC, YOLO, tables and colours, against other libraries."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pycocotools import mask as second

from benchsmith import formats
from benchsmith.annotations.run_lengths import coco_runs, kaggle_runs
from benchsmith.core.contracts import Annotations, DataFault, Image
from tests.marked_files import HEIGHT, WIDTH, picture
from tests.test_annotations import read, read_sheet

__all__ = ["picture"]


def regions(found: Annotations) -> dict[str, np.ndarray]:
    """Return each structure's pixels, by its label."""
    return {
        s.raw: layer.voxels[0] == value
        for layer in found.layers
        for value, s in layer.structures.items()
    }


def block(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[y0:y1, x0:x1] = True
    return mask


def coco(path: Path, *annotations: dict[str, Any], **image: Any) -> None:
    listed = [
        {"id": i, "image_id": 5, "category_id": 1, "iscrowd": 0, **a}
        for i, a in enumerate(annotations)
    ]
    where = {"id": 5, "file_name": "image.png", "height": HEIGHT, "width": WIDTH, **image}
    names = [{"id": 1, "name": "cell"}, {"id": 2, "name": "nucleus"}]
    path.write_text(json.dumps({"images": [where], "annotations": listed, "categories": names}))


def test_coco_polygons_boxes_and_run_lengths(tmp_path: Path, picture: Image) -> None:
    runs = second.encode(np.asfortranarray(block(2, 3, 9, 20).astype(np.uint8)))
    coco(
        tmp_path / "c.json",
        {"segmentation": [[10, 5, 20, 5, 20, 15, 10, 15]]},
        {"segmentation": {"size": [HEIGHT, WIDTH], "counts": runs["counts"].decode()},
         "category_id": 2},
    )  # fmt: skip
    found = regions(read({"kind": "coco", "file": "c.json"}, tmp_path, picture))
    assert np.array_equal(found["cell"], block(10, 5, 20, 15))
    assert np.array_equal(found["nucleus"], block(2, 3, 9, 20))
    coco(tmp_path / "c.json", {"bbox": [3, 4, 10, 6]})
    boxed = read({"kind": "coco", "file": "c.json", "use": "bbox"}, tmp_path, picture)
    assert np.array_equal(regions(boxed)["cell"], block(3, 4, 13, 10))
    assert boxed.layers[0].structures[1].box


@given(mask=hnp.arrays(bool, hnp.array_shapes(min_dims=2, max_dims=2, max_side=30)))
def test_run_lengths_agree_with_a_second_library(mask: np.ndarray) -> None:
    encoded = second.encode(np.asfortranarray(mask.astype(np.uint8)))["counts"].decode()
    counts = coco_runs(encoded)
    assert counts is not None
    flat = np.repeat(np.arange(len(counts)) % 2 == 1, counts)
    assert np.array_equal(flat.reshape(mask.shape[::-1]).T, mask)


@given(mask=hnp.arrays(bool, (6, 7)))
def test_kaggle_s_run_lengths(mask: np.ndarray) -> None:
    flat = np.concatenate([[False], mask.T.ravel(), [False]])
    edges = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    text = " ".join(f"{a} {b - a}" for a, b in zip(edges[::2], edges[1::2], strict=True))
    counts = kaggle_runs(text, mask.size)
    assert counts is not None
    again = np.repeat(np.arange(len(counts)) % 2 == 1, counts).reshape(mask.shape[::-1]).T
    assert np.array_equal(again, mask)


@pytest.mark.parametrize("text", ["1", "0 3", "5 2 4 2", "40 9", "a b", "3 -1", "3 0"])
def test_runs_that_overlap_or_leave_the_picture_are_refused(text: str) -> None:
    assert kaggle_runs(text, 42) is None


@pytest.mark.parametrize(
    ("annotation", "reason"),
    [
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": [5, 5]}}, "run-lengths-unsound"),
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": [-5, 1205]}}, "run-lengths-unsound"),
        ({"segmentation": {"size": [HEIGHT, WIDTH], "counts": "0g"}}, "run-lengths-unsound"),
        ({"segmentation": {"size": [9, 9], "counts": [81]}}, "shape-mismatch"),
        ({"segmentation": [[1, 1, 5, 5]]}, "polygon-unsound"),
        ({"segmentation": [[1, 1, 5, 5, 9]]}, "polygon-unsound"),
        ({"segmentation": [["1", 1, 5, 5, 9, 2]]}, "polygon-unsound"),
        ({"segmentation": [[90, 90, 99, 90, 99, 99]]}, "polygon-unsound"),
        ({"segmentation": [[1, 1, 5, 1, 9, 1]]}, "polygon-unsound"),
        ({"bbox": [3, 3, 0, 5]}, "box-unsound"),
        ({"bbox": [3, 3, -4, 5]}, "box-unsound"),
        ({"bbox": [35, 3, 30, 5]}, "box-unsound"),
        ({"bbox": [3, 3, 5]}, "box-unsound"),
        ({"bbox": [3, 3, 5, "9"]}, "box-unsound"),
        ({"bbox": [3, 3, 5, 5], "category_id": 9}, "class-unknown"),
        ({"bbox": [3, 3, 5, 5], "iscrowd": 1}, "region-crowd"),
    ],
)
def test_an_unsound_annotation_falls_alone(
    tmp_path: Path, picture: Image, annotation: dict[str, Any], reason: str
) -> None:
    coco(tmp_path / "c.json", annotation, {"bbox": [1, 1, 5, 5], "category_id": 2})
    found = read({"kind": "coco", "file": "c.json"}, tmp_path, picture)
    assert [f.reason for f in found.faults] == [reason]
    assert np.array_equal(regions(found)["nucleus"], block(1, 1, 6, 6))


@pytest.mark.parametrize(
    "text",
    [
        '{"images": [], "images": [], "annotations": [], "categories": []}',
        '{"images": [NaN], "annotations": [], "categories": []}',
        "[" * 100_000,
        '{"images": [{"id": 1}], "annotations": [], "categories": []}',
        '{"images": [], "annotations": [{"image_id": 4}], "categories": []}',
        '{"images": [], "annotations": [], "categories": [{"id": 1, "name": "a"}, {"id": 1}]}',
        "{",
        "[]",
        '{"images": 3, "annotations": [], "categories": []}',
    ],
)
def test_a_malformed_coco_file_is_refused(tmp_path: Path, picture: Image, text: str) -> None:
    (tmp_path / "c.json").write_text(text)
    with pytest.raises(DataFault) as caught:
        read({"kind": "coco", "file": "c.json"}, tmp_path, picture)
    assert caught.value.reason in ("header", "file-missing")


def test_a_coco_file_of_another_size_is_refused(tmp_path: Path, picture: Image) -> None:
    coco(tmp_path / "c.json", {"bbox": [1, 1, 5, 5]}, width=WIDTH * 2)
    with pytest.raises(DataFault, match="40 x 30 pixels"):
        read({"kind": "coco", "file": "c.json"}, tmp_path, picture)


def test_voc_counts_from_one(tmp_path: Path, picture: Image) -> None:
    (tmp_path / "a.xml").write_text(
        "<annotation><size><width>40</width><height>30</height></size>"
        "<object><name>RBC</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>10</xmax>"
        "<ymax>5</ymax></bndbox></object>"
        "<object><name>WBC</name><bndbox><xmin>9</xmin><ymin>9</ymin><xmax>8</xmax>"
        "<ymax>12</ymax></bndbox></object></annotation>"
    )
    found = read({"kind": "voc", "file": "a.xml"}, tmp_path, picture)
    assert np.array_equal(regions(found)["RBC"], block(0, 0, 10, 5))
    assert [(f.reason, f.subject) for f in found.faults] == [("box-unsound", "a.xml object 2")]


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE a [<!ENTITY x "y">]><annotation>&x;</annotation>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><annotation/>',
        "<annotation>",
        "<other/>",
    ],
)
def test_xml_has_no_entities(tmp_path: Path, picture: Image, text: str) -> None:
    (tmp_path / "a.xml").write_text(text)
    with pytest.raises(DataFault):
        read({"kind": "voc", "file": "a.xml"}, tmp_path, picture)


def test_yolo_boxes_and_polygons(tmp_path: Path, picture: Image) -> None:
    (tmp_path / "a.txt").write_text(
        "0 0.5 0.5 0.25 0.2\n1 0.1 0.1 0.3 0.1 0.3 0.5 0.1 0.5\n7 0.5 0.5 0.1 0.1\n0 x\n"
    )
    (tmp_path / "data.yaml").write_text("names:\n  0: polyp\n  1: ulcer\n")
    entry = {"kind": "yolo", "file": "a.txt", "names_file": "data.yaml"}
    found = read(entry, tmp_path, picture)
    shapes = regions(found)
    assert np.array_equal(shapes["polyp"], block(15, 12, 25, 18))
    assert np.array_equal(shapes["ulcer"], block(4, 3, 12, 15))
    assert [f.reason for f in found.faults] == ["class-unknown", "box-unsound"]


@pytest.mark.parametrize(
    ("form", "cells"), [("xyxy", "4,6,14,16"), ("xywh", "4,6,10,10"), ("cxcywh", "9,11,10,10")]
)
def test_boxes_of_a_table(tmp_path: Path, picture: Image, form: str, cells: str) -> None:
    (tmp_path / "b.csv").write_text(f"id,a,b,c,d,what\np.png,{cells},mass\np.png,,,,,No finding\n")
    entry = {
        "kind": "boxes", "file": "b.csv", "key": "id", "key_is": "stem", "form": form,
        "box": ("a", "b", "c", "d"), "label_column": "what",
    }  # fmt: skip
    found = read_sheet({**entry, "silent": ("", "No finding")}, tmp_path, picture, "p")
    assert np.array_equal(regions(found)["mass"], block(4, 6, 14, 16))
    assert not found.faults
    found = read_sheet(entry, tmp_path, picture, "p")
    assert [(f.reason, f.raw) for f in found.faults] == [("box-unsound", "No finding")]


@pytest.mark.parametrize(("order", "shape"), [("columns", (4, 2)), ("rows", (2, 4))])
def test_run_lengths_of_a_table(tmp_path: Path, order: str, shape: tuple[int, int]) -> None:
    PIL.Image.new("L", shape[::-1]).save(tmp_path / "image.png")
    image = formats.read(tmp_path / "image.png")
    (tmp_path / "r.csv").write_text("id,runs\np,2 2\nq,-1\n")
    entry = {
        "kind": "run-lengths", "file": "r.csv", "key": "id", "mask": "runs", "label": "air",
        "order": order,
    }  # fmt: skip
    mask = regions(read_sheet(entry, tmp_path, image, "p"))["air"]
    assert mask.ravel(order="F" if order == "columns" else "C").tolist() == [
        False, True, True, False, False, False, False, False,
    ]  # fmt: skip
    assert not read_sheet(entry, tmp_path, image, "q").layers


def test_colours(tmp_path: Path, picture: Image) -> None:
    mask = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    mask[2:5, 3:9] = (255, 0, 0)
    mask[20:25, 30:33] = (0, 0, 255)
    mask[0, 0] = (9, 9, 9)
    PIL.Image.fromarray(mask).save(tmp_path / "m.png")
    names = {"#ff0000": "artery", "#0000ff": "vein", "#00ff00": "nerve"}
    found = read({"kind": "colours", "file": "m.png", "names": names}, tmp_path, picture)
    shapes = regions(found)
    assert np.array_equal(shapes["artery"], block(3, 2, 9, 5))
    assert np.array_equal(shapes["vein"], block(30, 20, 33, 25))
    assert sorted((f.reason, f.subject) for f in found.faults) == [
        ("empty-structure", "m.png colour #00ff00"),
        ("value-without-name", "m.png colour #090909"),
    ]


def test_a_grey_edged_mask_needs_a_threshold(tmp_path: Path, picture: Image) -> None:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[5:15, 5:15], mask[5, 5:15] = 255, 100
    PIL.Image.fromarray(mask).save(tmp_path / "polyp.png")
    entry = {"kind": "masks", "file": "polyp.png", "label": "polyp"}
    assert read(entry, tmp_path, picture).faults[0].reason == "value-without-name"
    found = regions(read({**entry, "threshold": 128}, tmp_path, picture))
    assert np.array_equal(found["polyp"], block(5, 6, 15, 15))


@given(values=st.lists(st.floats(-60, 60), min_size=4, max_size=4))
def test_a_box_is_inside_of_its_picture_or_refused(
    tmp_path_factory: pytest.TempPathFactory, values: list[float]
) -> None:
    folder = tmp_path_factory.mktemp("box")
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(folder / "image.png")
    coco(folder / "c.json", {"bbox": values})
    found = read({"kind": "coco", "file": "c.json"}, folder, formats.read(folder / "image.png"))
    assert len(found.faults) + len(regions(found)) == 1
    for mask in regions(found).values():
        assert mask.any()
