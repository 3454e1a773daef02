"""Boxes and polygons that leave their picture: what tools round is cut, anything else is refused."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from benchsmith.core.contracts import Annotations, DataFault, Image
from tests.test_annotations import picture, read, read_sheet
from tests.test_contradicting_marks import drawn

WIDTH, HEIGHT = 200, 160
Ends = tuple[float, float, float, float]


def coco(folder: Path, image: Image, ends: Ends, *, ring: bool) -> Annotations:
    x0, y0, x1, y1 = ends
    mark = {"segmentation": [[x0, y0, x1, y0, x1, y1, x0, y1]]} if ring else {
        "bbox": [x0, y0, x1 - x0, y1 - y0]}  # fmt: skip
    tree = {
        "images": [{"id": 0, "file_name": "image.png"}],
        "categories": [{"id": 1, "name": "polyp"}],
        "annotations": [{"id": 0, "image_id": 0, "category_id": 1, **mark}],
    }
    (folder / "c.json").write_text(json.dumps(tree))
    return read({"kind": "coco", "file": "c.json"}, folder, image)


def table(folder: Path, image: Image, ends: Ends) -> Annotations:
    (folder / "t.csv").write_text("id,x0,y0,x1,y1\np," + ",".join(map(str, ends)) + "\n")
    box = ("x0", "y0", "x1", "y1")
    entry = {"kind": "boxes", "file": "t.csv", "key": "id", "label": "polyp", "box": box}
    return read_sheet(entry, folder, image, "p")


def voc(folder: Path, image: Image, ends: Ends, size: str = "") -> Annotations:
    names = ("xmin", "ymin", "xmax", "ymax")
    first = 0, 0, 1, 1  # the last pixel is in the box
    body = "".join(f"<{n}>{e - f:g}</{n}>" for n, e, f in zip(names, ends, first, strict=True))
    text = f"<object><name>polyp</name><bndbox>{body}</bndbox></object>"
    (folder / "a.xml").write_text(f"<annotation>{size}{text}</annotation>")
    return read({"kind": "voc", "file": "a.xml", "counted_from": 0}, folder, image)


@pytest.mark.parametrize(
    ("ends", "kept"),
    [
        ((20, 10, 202, 40), (20, 10, 200, 40)),  # two pixels
        ((10, 10, 203, 40), (10, 10, 200, 40)),  # three pixels of 193, less than 2 %
        ((100, 10, 203, 40), None),  # three of 103
        ((20, 10, 320, 40), None),  # 40 %
        ((20, 120, 60, 172), None),  # below
    ],
)
def test_a_mark_is_cut_by_what_tools_round_and_refused_beyond(
    tmp_path: Path, ends: Ends, kept: Ends | None
) -> None:
    image = picture(tmp_path, np.zeros((HEIGHT, WIDTH), np.uint8))
    read_as = {
        "boxes": table(tmp_path, image, ends),
        "voc": voc(tmp_path, image, ends),
        "coco": coco(tmp_path, image, ends, ring=False),
        "coco polygon": coco(tmp_path, image, ends, ring=True),
    }
    for kind, found in read_as.items():
        assert [one for _, _, one in drawn(found)] == ([kept] if kept else []), kind
        assert found.unknown == (set() if kept else {"polyp"}), kind
        assert all("leaves the picture, 200 x 160 pixels, by " in f.detail for f in found.faults)


@pytest.mark.parametrize("kind", ["boxes", "coco", "coco polygon"])
def test_a_mark_leaves_its_picture_on_the_left_too(tmp_path: Path, kind: str) -> None:
    image = picture(tmp_path, np.zeros((HEIGHT, WIDTH), np.uint8))
    for ends, kept in (((-2, 10, 60, 40), True), ((-20, 10, 60, 40), False)):
        ring = kind == "coco polygon"
        found = table(tmp_path, image, ends) if kind == "boxes" else coco(
            tmp_path, image, ends, ring=ring)  # fmt: skip
        assert [one for _, _, one in drawn(found)] == ([(0, 10, 60, 40)] if kept else [])
        assert found.unknown == (set() if kept else {"polyp"})


def test_a_voc_file_that_states_one_side_of_another_picture_is_refused(tmp_path: Path) -> None:
    image = picture(tmp_path, np.zeros((HEIGHT, WIDTH), np.uint8))
    ends = (20, 10, 60, 40)
    sound = voc(tmp_path, image, ends, f"<size><width>{WIDTH}</width></size>")
    assert [one for _, _, one in drawn(sound)] == [ends]
    for size in ("<width>400</width>", "<width>0</width><height>90</height>"):
        with pytest.raises(DataFault) as refused:
            voc(tmp_path, image, ends, f"<size>{size}</size>")
        assert refused.value.reason == "shape-mismatch"
