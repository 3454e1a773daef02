"""Marks beside a picture that its header turns: in the frame that the recipe says, or a fault."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageOps
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault
from tests.test_annotations import read, read_sheet

HEIGHT, WIDTH = 12, 20
STORED = np.zeros((HEIGHT, WIDTH), bool)
STORED[2:5, 3:11] = True
"""What is marked in the stored picture."""
ORIENTATION = 0x0112
CODES = range(2, 9)


def picture(folder: Path, code: int, ending: str = "png") -> Path:
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = code
    grey = np.arange(HEIGHT * WIDTH, dtype=np.uint8).reshape(HEIGHT, WIDTH)
    PIL.Image.fromarray(grey).save(folder / f"a.{ending}", exif=exif)
    return folder / f"a.{ending}"


def shown(code: int) -> np.ndarray:
    """Return the mark in the shown frame, by Pillow's own turning."""
    mask = PIL.Image.fromarray(STORED.astype(np.uint8) * 255)
    mask.getexif()[ORIENTATION] = code
    turned = PIL.ImageOps.exif_transpose(mask)
    return np.asarray(turned) > 0


def entries(folder: Path, marks: np.ndarray) -> list[dict[str, Any]]:
    """Write one region in every kind that has coordinates, and return the recipe's entries."""
    rows, columns = np.flatnonzero(marks.any(axis=1)), np.flatnonzero(marks.any(axis=0))
    x0, y0, x1, y1 = int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1
    height, width = marks.shape
    PIL.Image.fromarray(marks.astype(np.uint8)).save(folder / "m.png")
    PIL.Image.fromarray(np.where(marks[..., None], (255, 0, 0), 0).astype(np.uint8)).save(
        folder / "c.png"
    )
    (folder / "c.json").write_text(json.dumps({
        "images": [{"id": 1, "file_name": "a.png", "width": width, "height": height}],
        "categories": [{"id": 1, "name": "polyp"}],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 1, "bbox": [x0, y0, x1 - x0, y1 - y0]}
        ],
    }))  # fmt: skip
    (folder / "a.txt").write_text(
        f"0 {(x0 + x1) / 2 / width} {(y0 + y1) / 2 / height} "
        f"{(x1 - x0) / width} {(y1 - y0) / height}\n"
    )
    (folder / "a.xml").write_text(
        f"<annotation><object><name>polyp</name><bndbox><xmin>{x0 + 1}</xmin><ymin>{y0 + 1}</ymin>"
        f"<xmax>{x1}</xmax><ymax>{y1}</ymax></bndbox></object></annotation>"
    )
    (folder / "l.json").write_text(json.dumps({
        "imagePath": "a.png", "imageHeight": height, "imageWidth": width,
        "shapes": [{"label": "polyp", "points": [[x0, y0], [x1, y1]], "shape_type": "rectangle"}],
    }))  # fmt: skip
    shape = {"name": "rect", "x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}
    regions = [{"shape_attributes": shape, "region_attributes": {"kind": "polyp"}}]
    (folder / "v.json").write_text(
        json.dumps({"a.png12": {"filename": "a.png", "size": 12, "regions": regions}})
    )
    return [
        {"kind": "labelme", "file": "l.json"},
        {"kind": "via", "file": "v.json", "attribute": "kind"},
        {"kind": "masks", "file": "m.png", "label": "polyp"},
        {"kind": "volume", "file": "m.png", "names": {1: "polyp"}},
        {"kind": "instances", "file": "m.png", "label": "polyp"},
        {"kind": "colours", "file": "c.png", "names": {"#ff0000": "polyp"}},
        {"kind": "coco", "file": "c.json"},
        {"kind": "yolo", "file": "a.txt", "names": {0: "polyp"}},
        {"kind": "voc", "file": "a.xml"},
    ]


def marked(answer: Annotations) -> np.ndarray:
    (layer,) = answer.layers
    assert not answer.faults
    return layer.voxels[0] > 0


@pytest.mark.parametrize("code", CODES)
def test_marks_of_the_stored_and_of_the_shown_frame(tmp_path: Path, code: int) -> None:
    image = formats.read(picture(tmp_path, code))
    expected = shown(code)
    for frame, marks in (("stored", STORED), ("shown", expected)):
        for entry in entries(tmp_path, marks):
            answer = read({**entry, "frame": frame}, tmp_path, image, name="a.png")
            assert np.array_equal(marked(answer), expected), (frame, entry["kind"])


@pytest.mark.parametrize("code", [2, 3, 6])
def test_without_a_frame_they_are_a_fault(tmp_path: Path, code: int) -> None:
    image = formats.read(picture(tmp_path, code))
    for entry in entries(tmp_path, STORED):
        with pytest.raises(DataFault, match="EXIF orientation") as caught:
            read(entry, tmp_path, image, name="a.png")
        assert caught.value.reason == "frame-unstated"


def test_a_picture_that_is_not_turned_needs_no_frame(tmp_path: Path) -> None:
    image = formats.read(picture(tmp_path, 1))
    for entry in entries(tmp_path, STORED):
        assert np.array_equal(marked(read(entry, tmp_path, image, name="a.png")), STORED)


def test_counted_tiles_go_with_the_picture(tmp_path: Path) -> None:
    image = formats.read(picture(tmp_path, 6))
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    mask[1:4, 1:4] = 1
    PIL.Image.fromarray(mask).save(tmp_path / "m.png")
    entry = {"kind": "count", "file": "m.png", "tiles": (1, 2), "smallest_px": 1, "frame": "stored"}
    found = read(entry, tmp_path, image)
    assert [(s.raw, s.crop) for s in found.stated] == [
        ("count 1", (0, 0, 12, 10)),
        ("count 0", (0, 10, 12, 20)),
    ]


def test_boxes_of_a_table(tmp_path: Path) -> None:
    image = formats.read(picture(tmp_path, 3))
    (tmp_path / "b.csv").write_text("id,a,b,c,d\na,3,2,11,5\n")
    entry = {
        "kind": "boxes", "file": "b.csv", "key": "id", "box": ("a", "b", "c", "d"), "label": "x",
    }  # fmt: skip
    with pytest.raises(DataFault):
        read_sheet(entry, tmp_path, image, "a")
    found = read_sheet({**entry, "frame": "stored"}, tmp_path, image, "a")
    assert np.array_equal(marked(found), shown(3))


@pytest.mark.parametrize("ending", ["jpg", "png", "webp"])
@pytest.mark.parametrize("code", CODES)
def test_every_format_is_turned_once(tmp_path: Path, ending: str, code: int) -> None:
    """TIFF is in `test_pixel_values.py`: Pillow is not a judge of it."""
    path = picture(tmp_path, code, ending)
    image = formats.read(path)
    # opened by its name, Pillow 13 cuts the rows of a turned TIFF at wrong places
    with path.open("rb") as file, PIL.Image.open(file) as opened:
        expected = np.asarray(PIL.ImageOps.exif_transpose(opened).convert("L"))
    ours = image.voxels[0] if image.voxels.ndim == 3 else image.voxels[0, ..., 0]
    assert ours.shape == expected.shape
    assert np.abs(ours.astype(int) - expected).max() <= 1
    assert image.exif_orientation == code
