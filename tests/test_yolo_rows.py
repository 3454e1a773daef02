"""YOLO rows of every form are read as declared, or refused with the reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
from pycocotools import mask as second

from benchsmith import formats
from benchsmith.annotations.polygon_checks import crosses_itself
from benchsmith.core.contracts import Image
from tests.test_annotations import read, read_sheet

HEIGHT, WIDTH = 100, 200
BOX = "0.5 0.5 0.25 0.4"
BOX_PX = (75, 30, 125, 70)


@pytest.fixture
def image(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def rows(tmp_path: Path, image: Image, text: str, **keys: Any) -> Any:
    (tmp_path / "a.txt").write_text(text)
    return read({"kind": "yolo", "file": "a.txt", "names": {0: "polyp"}, **keys}, tmp_path, image)


def is_box(found: Any) -> bool:
    (layer,) = found.layers
    x0, y0, x1, y1 = BOX_PX
    expected = np.zeros((HEIGHT, WIDTH), bool)
    expected[y0:y1, x0:x1] = True
    return bool(np.array_equal(layer.voxels[0] > 0, expected)) and layer.structures[1].box


POSES = [
    pytest.param("0.45 0.5 0.55 0.6", id="two of two"),
    pytest.param("0.45 0.5 2 0.55 0.6 2", id="two of three"),
    pytest.param("0.45 0.5 1 0.55 0.6 0", id="one hidden"),
    pytest.param("0 0 0 0.55 0.6 2", id="one missing"),
    pytest.param("0.45 0.5 2", id="one of three"),
    pytest.param("0.45 0.5 0.55 0.6 0.5 0.4 0.6 0.35", id="four of two"),
]


@pytest.mark.parametrize("keypoints", POSES)
def test_a_pose_is_its_box_where_it_is_declared_and_refused_where_not(
    tmp_path: Path, image: Image, keypoints: str
) -> None:
    row = f"0 {BOX} {keypoints}\n"
    assert is_box(rows(tmp_path, image, row, form="pose"))
    with_confidence = rows(
        tmp_path, image, f"0 {BOX} {keypoints} 0.9\n", form="pose", confidence=True
    )
    assert is_box(with_confidence)
    undeclared = rows(tmp_path, image, row)
    assert not undeclared.layers
    assert "declare the rows by `form`" in undeclared.faults[0].detail
    assert undeclared.is_unknown("polyp")


def test_a_confidence(tmp_path: Path, image: Image) -> None:
    row = f"0 {BOX} 0.87\n"
    (fault,) = rows(tmp_path, image, row).faults
    assert "confidence" in fault.detail
    assert is_box(rows(tmp_path, image, row, confidence=True, form="box"))
    (fault,) = rows(tmp_path, image, f"0 {BOX}\n", confidence=True, form="box").faults
    assert "4 numbers" in fault.detail


OBB = "0.4 0.3 0.6 0.5 0.5 0.7 0.3 0.5"


@pytest.mark.parametrize("confidence", [False, True])
def test_an_oriented_box_is_its_corners(tmp_path: Path, image: Image, confidence: bool) -> None:
    """pycocotools rasterises the same polygon; its edges differ by rounding."""
    row = f"0 {OBB}" + (" 0.9" if confidence else "")
    found = rows(tmp_path, image, row, form="obb", confidence=confidence)
    ours = found.layers[0].voxels[0] > 0
    pixels = [float(n) * (WIDTH, HEIGHT)[i % 2] for i, n in enumerate(OBB.split())]
    theirs = second.decode(second.merge(second.frPyObjects([pixels], HEIGHT, WIDTH))) > 0
    assert np.logical_xor(ours, theirs).sum() <= 0.03 * theirs.sum()


def test_a_polygon_that_can_be_nothing_else_needs_no_form(tmp_path: Path, image: Image) -> None:
    polygon = "0 0.1 0.1 0.3 0.1 0.3 0.5 0.1 0.5"
    found = rows(tmp_path, image, polygon)
    assert (found.layers[0].voxels > 0).sum() == 40 * 40
    crossing = rows(tmp_path, image, "0 0.1 0.1 0.9 0.9 0.9 0.1 0.1 0.9")
    assert "crosses itself" in crossing.faults[0].detail
    assert rows(tmp_path, image, "0 0.1 0.1 0.9 0.9 0.9 0.1 0.1 0.9", form="polygon").layers


def test_crossing_agrees_with_every_order_of_a_square() -> None:
    square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    for order in ([0, 1, 2, 3], [0, 2, 1, 3], [0, 1, 3, 2]):
        flat = [float(v) for k in order for v in square[k]]
        assert crosses_itself(flat) == (order != [0, 1, 2, 3])


@pytest.mark.parametrize(
    "row", ["0 100 50 50 40", "0 0.5 0.5 1.2 0.4", "0 nan 0.5 0.2 0.2", "0 -0.2 0.5 0.2 0.2"]
)
def test_numbers_that_are_no_shares_are_refused(tmp_path: Path, image: Image, row: str) -> None:
    found = rows(tmp_path, image, row)
    assert not found.layers
    assert [(f.reason, f.raw) for f in found.faults] == [("box-unsound", "polyp")]


@pytest.mark.parametrize("box", [[0.1, 0.2, 0.4, 0.5], [0, 0, 1, 1]])
def test_coco_boxes_and_polygons_in_shares_are_refused(
    tmp_path: Path, image: Image, box: list[float]
) -> None:
    x, y, w, h = box
    listed = [
        {"id": 1, "image_id": 1, "category_id": 1, "bbox": box},
        {
            "id": 2, "image_id": 1, "category_id": 1,
            "segmentation": [[x, y, x + w, y, x + w, y + h]],
        },
    ]  # fmt: skip
    (tmp_path / "c.json").write_text(json.dumps({
        "images": [{"id": 1, "file_name": "image.png"}],
        "categories": [{"id": 1, "name": "polyp"}], "annotations": listed,
    }))  # fmt: skip
    found = read({"kind": "coco", "file": "c.json"}, tmp_path, image)
    assert not found.layers
    assert all("fractions" in f.detail for f in found.faults)
    assert len(found.faults) == 2


@pytest.mark.parametrize(
    ("unit", "cells", "fits"),
    [
        ("px", "20,10,60,40", True),
        ("px", "0.1,0.1,0.3,0.4", False),
        ("share", "0.1,0.1,0.3,0.4", True),
        ("share", "20,10,60,40", False),
    ],
)
def test_boxes_of_a_table_in_the_other_unit_are_refused(
    tmp_path: Path, image: Image, unit: str, cells: str, fits: bool
) -> None:
    (tmp_path / "b.csv").write_text(f"id,a,b,c,d\np,{cells}\n")
    entry = {
        "kind": "boxes", "file": "b.csv", "key": "id", "box": ("a", "b", "c", "d"), "label": "x",
        "unit": unit,
    }  # fmt: skip
    found = read_sheet(entry, tmp_path, image, "p")
    assert bool(found.layers) is fits
    if fits:
        assert (found.layers[0].voxels > 0).sum() == 40 * 30


def test_a_box_that_a_smaller_one_lies_in_keeps_its_pixels(tmp_path: Path, image: Image) -> None:
    found = rows(tmp_path, image, f"0 {BOX}\n0 0.5 0.5 0.1 0.1\n0 0.1 0.1 0.1 0.1\n")
    assert [len(layer.structures) for layer in found.layers] == [2, 1]


def test_a_pose_at_the_picture_edge_is_no_polygon(tmp_path: Path, image: Image) -> None:
    (fault,) = rows(tmp_path, image, "0 0.05 0.5 0.2 0.4 0.02 0.5 0.1 0.6\n").faults
    assert "keypoints" in fault.detail


@pytest.mark.parametrize(
    ("written", "without_file", "looked_for", "unknown"),
    [
        (None, "unknown", False, True),
        (None, "nothing", True, False),
        ("", "unknown", True, False),
        ("\n", "nothing", True, False),
        (f"1 {BOX}\n", "unknown", True, False),
    ],
)
def test_a_missing_file_is_no_search_and_an_empty_one_is(
    tmp_path: Path,
    image: Image,
    written: str | None,
    without_file: str,
    looked_for: bool,
    unknown: bool,
) -> None:
    """A folder of labels that was copied by half made every polyp of the rest a wrong option."""
    if written is not None:
        (tmp_path / "a.txt").write_text(written)
    entry = {"kind": "yolo", "file": "a.txt", "names": {0: "polyp", 1: "ulcer"}}
    found = read({**entry, "without_file": without_file, "exhaustive": True}, tmp_path, image)
    assert found.looked_for == (frozenset({"polyp", "ulcer"}) if looked_for else frozenset())
    assert found.is_unknown("polyp") is unknown


@pytest.mark.parametrize("stated", ["1", "1.0", "1.000000", "1e0", "+1"])
def test_a_whole_class_is_read_however_it_is_written(
    tmp_path: Path, image: Image, stated: str
) -> None:
    """Programs that keep rows as decimal fractions write 1.0, as in other fields of numbers."""
    found = rows(tmp_path, image, f"{stated} {BOX}\n", names={0: "polyp", 1: "cyst"})
    assert is_box(found) and not found.faults
    assert [s.raw for s in found.layers[0].structures.values()] == ["cyst"]


@pytest.mark.parametrize("stated", ["1.5", "0.5", "nan", "inf", "-0.5"])
def test_a_class_that_is_not_whole_is_refused(tmp_path: Path, image: Image, stated: str) -> None:
    found = rows(tmp_path, image, f"{stated} {BOX}\n", names={0: "polyp", 1: "cyst"})
    assert not found.layers and found.is_unknown("polyp") and found.is_unknown("cyst")
    assert f"{stated} is not a class" in found.faults[0].detail
