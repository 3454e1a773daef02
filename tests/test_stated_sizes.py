"""Tables that state the size of the picture which they mark: another size is refused, as in COCO and VOC."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pydantic
import pytest

from tests.label_entries import parsed
from tests.merged_readers import ingested, photographs

BOXES = {
    "kind": "boxes", "file": "t.csv", "key": "id", "label": "mass", "box": ("x0", "y0", "x1", "y1"),
}  # fmt: skip
WIDTH, HEIGHT = 120, 100
"""Of the pictures that :func:`photographs` makes."""


def boxes_of(folder: Path, header: str, row: str, **keys: Any) -> tuple[list[Any], list[str]]:
    """Return the boxes of the only picture, and the reasons of what is refused."""
    photographs(folder, "a")
    (folder / "t.csv").write_text(f"id,{header}\na,{row}\n")
    units, _ = ingested(folder, images="img/{key}.png", labels=({**BOXES, **keys},))
    found = [(f.box.x0, f.box.y0, f.box.x1, f.box.y1) for f in units["a"].findings if f.box]
    return found, [r.reason for r in units["a"].rejected]


@pytest.mark.parametrize(
    "names", ["width,height", "Width,HEIGHT", "image_width,image_height", "img_width,img_height"]
)
@pytest.mark.parametrize(
    ("size", "right"),
    [((WIDTH, HEIGHT), True), ((2 * WIDTH, 2 * HEIGHT), False), ((HEIGHT, WIDTH), False),
     ((WIDTH, HEIGHT + 1), False)],
)  # fmt: skip
def test_boxes_of_a_picture_of_a_stated_size(
    tmp_path: Path, names: str, size: tuple[int, int], right: bool
) -> None:
    row = f"{size[0]},{size[1]},20,30,60,80"
    found, reasons = boxes_of(tmp_path, f"{names},x0,y0,x1,y1", row)
    assert found == ([(20, 30, 60, 80)] if right else [])
    assert reasons == ([] if right else ["shape-mismatch"])


def test_the_sides_of_the_box_are_not_those_of_the_picture(tmp_path: Path) -> None:
    """In two forms: as columns that repeat the corners, and as the columns of the box."""
    header = "width,height,x0,y0,x1,y1"
    assert boxes_of(tmp_path, header, "40,50,20,30,60,80") == ([(20, 30, 60, 80)], [])
    (tmp_path / "img/a.png").unlink()
    (tmp_path / "img").rmdir()
    keys = {"box": ("x0", "y0", "width", "height"), "form": "xywh"}
    found, reasons = boxes_of(tmp_path, "x0,y0,width,height", "20,30,40,50", **keys)
    assert found == [(20, 30, 60, 80)] and not reasons


@pytest.mark.parametrize("cells", [",", "0,0"])
def test_no_stated_size(tmp_path: Path, cells: str) -> None:
    found, reasons = boxes_of(tmp_path, "width,height,x0,y0,x1,y1", f"{cells},20,30,60,80")
    assert len(found) == 1 and not reasons


@pytest.mark.parametrize(("width", "right"), [(2 * WIDTH, True), (3 * WIDTH, False)])
def test_shares_of_a_scaled_copy(tmp_path: Path, width: int, right: bool) -> None:
    """Shares are true of a copy in another size, and not of one that was cut."""
    row = f"{width},{2 * HEIGHT},0.25,0.5,0.5,0.75"
    found, reasons = boxes_of(tmp_path, "width,height,x0,y0,x1,y1", row, unit="share")
    assert found == ([(30, 50, 60, 75)] if right else [])
    assert reasons == ([] if right else ["shape-mismatch"])


def test_the_recipe_names_the_columns(tmp_path: Path) -> None:
    header, row = "w,h,width,height,x0,y0,x1,y1", "240,200,120,100,20,30,60,80"
    _, reasons = boxes_of(tmp_path, header, row, picture_size=("w", "h"))
    assert reasons == ["shape-mismatch"]


def test_the_recipe_ignores_the_columns(tmp_path: Path) -> None:
    found, _ = boxes_of(
        tmp_path, "width,height,x0,y0,x1,y1", "7,8,20,30,60,80", picture_size="ignore"
    )
    assert found == [(20, 30, 60, 80)]
    with pytest.raises(pydantic.ValidationError):
        parsed({**BOXES, "picture_size": ("w",)})


@pytest.mark.parametrize(("size", "right"), [("120,100", True), ("100,120", False)])
def test_run_lengths_of_a_stated_size(tmp_path: Path, size: str, right: bool) -> None:
    """In a picture of the same count of pixels the runs would fit, and mark others."""
    photographs(tmp_path, "a")
    (tmp_path / "t.csv").write_text(f"id,rle,width,height\na,501 40 601 40,{size}\n")
    entry = {"kind": "run-lengths", "file": "t.csv", "key": "id", "mask": "rle", "label": "mass"}
    units, _ = ingested(tmp_path, images="img/{key}.png", labels=(entry,))
    found = units["a"].findings
    assert [(f.box.x0, f.box.y0, f.box.x1, f.box.y1) for f in found if f.box] == (
        [(5, 0, 7, 40)] if right else []
    )
    assert [r.reason for r in units["a"].rejected] == ([] if right else ["shape-mismatch"])


@pytest.mark.parametrize(
    ("size", "right"), [("120,100", True), ("240,200", False), ("20,10", True)]
)
def test_a_crop_in_a_picture_of_a_stated_size(tmp_path: Path, size: str, right: bool) -> None:
    """20 x 10 is the size of the crop itself."""
    photographs(tmp_path, "a")
    PIL.Image.fromarray(np.full((10, 20), 255, np.uint8)).save(tmp_path / "m.png")
    (tmp_path / "t.csv").write_text(f"id,roi,l,t,width,height\na,m.png,30,40,{size}\n")
    entry = {
        "kind": "mask-files", "file": "t.csv", "key": "id", "mask": "roi", "label": "mass",
        "left": "l", "top": "t",
    }  # fmt: skip
    units, _ = ingested(tmp_path, images="img/{key}.png", labels=(entry,))
    found = [(f.box.x0, f.box.y0, f.box.x1, f.box.y1) for f in units["a"].findings if f.box]
    assert found == ([(30, 40, 50, 50)] if right else [])
