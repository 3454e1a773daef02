"""Statements of a source that contradict each other are faults; none is chosen silently."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import PIL.Image
import pytest
from pycocotools import mask as cocomask

from benchsmith import formats, plugins
from benchsmith.annotations import text_tables
from benchsmith.core.contracts import Annotations, DataFault, Reading
from benchsmith.core.model import Rejection
from benchsmith.documents.labels import Sheet
from benchsmith.documents.recipe import Recipe, Source
from benchsmith.stages.list_units import list_units
from benchsmith.stages.units import Unit
from tests.test_annotations import read, read_sheet

HEIGHT, WIDTH = 40, 48


def picture(folder: Path, name: str = "image.png") -> Path:
    grey = np.add.outer(np.arange(HEIGHT) * 3, np.arange(WIDTH)).astype(np.uint8)
    PIL.Image.fromarray(grey).save(folder / name)
    return folder / name


def coco(folder: Path, use: str = "auto", **annotation: Any) -> Annotations:
    image = {"id": 1, "file_name": "image.png", "width": WIDTH, "height": HEIGHT}
    one = {"id": 1, "image_id": 1, "category_id": 1, "iscrowd": 0, **annotation}
    tree = {"images": [image], "categories": [{"id": 1, "name": "polyp"}], "annotations": [one]}
    (folder / "a.json").write_text(json.dumps(tree))
    entry = {"kind": "coco", "file": "a.json", "use": use, "exhaustive": True}
    return read(entry, folder, formats.read(picture(folder)))


def runs(mask: np.ndarray, order: str) -> dict[str, Any]:
    """Return run lengths down the columns (F), as COCO has them, or wrongly along the rows (C)."""
    edges = np.flatnonzero(np.diff(mask.ravel(order=order), prepend=0, append=0))
    places = [0, *edges.tolist(), mask.size]
    return {"size": [HEIGHT, WIDTH], "counts": np.diff(places).tolist()}


MASK = np.zeros((HEIGHT, WIDTH), int)
MASK[5:10, 10:40] = 1
SQUARE = [[2, 2, 10, 2, 10, 10, 2, 10]]
HOLED = [[2, 2, 30, 2, 30, 30, 2, 30], [10, 10, 20, 10, 20, 20, 10, 20]]


@pytest.mark.parametrize(
    ("annotation", "use", "reason"),
    [
        ({"segmentation": runs(MASK, "C"), "bbox": [10, 5, 30, 5]}, "auto", "box-unsound"),
        ({"segmentation": SQUARE, "bbox": [4, 4, 16, 16]}, "auto", "box-unsound"),
        # corners instead of a size
        ({"segmentation": [[10, 5, 40, 5, 40, 10, 10, 10]], "bbox": [10, 5, 40, 10]}, "bbox",
         "box-unsound"),
        ({"segmentation": HOLED, "area": 684}, "auto", "polygon-unsound"),
        ({"bbox": [2, 2, 8, 8], "ignore": 1}, "auto", "region-crowd"),
    ],
)  # fmt: skip
def test_an_annotation_that_contradicts_itself(
    tmp_path: Path, annotation: dict[str, Any], use: str, reason: str
) -> None:
    answer = coco(tmp_path, use, **annotation)
    assert not answer.layers
    assert [(f.reason, f.raw) for f in answer.faults] == [(reason, "polyp")]
    assert answer.is_unknown("polyp")


@pytest.mark.parametrize(
    ("annotation", "area"),
    [
        ({"segmentation": runs(MASK, "F"), "bbox": [10, 5, 30, 5]}, 150),
        ({"segmentation": SQUARE, "bbox": [1, 1, 11, 11]}, 64),  # rounded outwards
        ({"segmentation": SQUARE, "bbox": [0, 0, 0, 0]}, 64),  # not filled in
        ({"segmentation": SQUARE}, 64),
        ({"segmentation": HOLED, "area": 784}, 784),
        ({"segmentation": HOLED}, 784),
        ({"segmentation": HOLED, "area": 0}, 784),
        ({"segmentation": HOLED, "area": 3000}, 784),
        ({"bbox": [2, 2, 8, 8], "ignore": 0}, 64),
    ],
)
def test_an_annotation_that_does_not(tmp_path: Path, annotation: dict[str, Any], area: int) -> None:
    """Areas as pycocotools has them."""
    answer = coco(tmp_path, **annotation)
    (layer,) = answer.layers
    assert int((layer.voxels == 1).sum()) == area
    drawn = annotation.get("segmentation")
    if drawn:
        whole = cocomask.frPyObjects(drawn, HEIGHT, WIDTH)
        merged = cocomask.merge(whole) if isinstance(whole, list) else whole
        assert int(cocomask.area(merged)) == area


def units(
    folder: Path, labels: list[dict[str, Any]], **samples: Any
) -> tuple[list[Unit], list[Rejection]]:
    """List the pictures of a recipe with these labels."""
    entry = {"images": "{key}.png", "modality": "ct", "labels": tuple(labels), **samples}
    recipe = Recipe.model_validate(
        {
            "title": "t", "version": "1", "homepage": "https://example.org", "licence": "cc0-1.0",
            "citation": "c", "labels_are": "manual", "verified": True, "data": {"path": "data"},
            "samples": (entry,),
        }
    )  # fmt: skip
    source = Source("s", folder, folder / "recipe.yaml", recipe)
    return list_units(source, {"": folder, "recipe": folder}, plugins.readers())


def sheet(file: str, column: str) -> dict[str, Any]:
    return {"kind": "sheet", "file": file, "key": "id", "labels": (column,)}


BOXES = {
    "kind": "boxes", "file": "t.csv", "key": "id", "label_column": "l", "box": ("x", "y", "u", "v"),
}  # fmt: skip


def test_two_tables_that_name_two_patients(tmp_path: Path) -> None:
    """The last table won: pictures of one person could lie on both sides of the split."""
    for name in "ab":
        picture(tmp_path, f"{name}.png")
    (tmp_path / "t.csv").write_text("id,p,l\na,P1,x\nb,P3,x\n")
    (tmp_path / "u.csv").write_text("id,p,m\na,P2,y\nb, P3 ,y\n")
    tables = [sheet("t.csv", "l"), sheet("u.csv", "m")]
    found, rejected = units(tmp_path, tables, patient="column:p")
    assert [unit.patient for unit in found] == ["s/P3"]
    assert [(r.subject, r.reason) for r in rejected] == [("a.png", "no-patient")]
    assert "P1, P2" in rejected[0].detail


@pytest.mark.parametrize("what", ["patient", "modality"])
def test_two_rows_of_a_picture_that_differ(tmp_path: Path, what: str) -> None:
    picture(tmp_path, "a.png")
    (tmp_path / "t.csv").write_text("id,c,l,x,y,u,v\na,one,z,1,1,9,9\na,two,z,11,11,19,19\n")
    found, rejected = units(tmp_path, [BOXES], **{what: "column:c"})
    assert not found
    assert [r.reason for r in rejected] == [f"no-{what}"]


def test_what_is_not_needed_is_left_open(tmp_path: Path) -> None:
    picture(tmp_path, "a.png")
    (tmp_path / "t.csv").write_text("id,s,o,l,x,y,u,v\na,M,7,z,1,1,9,9\na,F,7,z,11,11,19,19\n")
    about = {"sex": "column:s", "age": "column:o"}
    (unit,), _ = units(tmp_path, [BOXES], about=about)
    assert (unit.about["sex"], unit.about["age"]) == ("", "7")


def test_a_row_that_says_nothing_leaves_a_trace(tmp_path: Path) -> None:
    """Of all cells unknown no label and no fault was left."""
    image = formats.read(picture(tmp_path))
    entry = {"kind": "sheet", "file": "t.csv", "key": "id", "one_hot": ("a", "b")}
    for cells, count in (("-1,-1", 1), ("0,-1", 1), ("0,0", 0), ("1,-1", 0)):
        (tmp_path / "t.csv").write_text(f"id,a,b\nk,{cells}\n")
        answer = read_sheet(entry, tmp_path, image, "k")
        assert [f.reason for f in answer.faults] == ["not-looked-for"] * count
        assert len(answer.stated) == (cells[0] == "1")


def workbook(path: Path, *sheets: tuple[str, list[list[Any]]]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for state, rows in sheets:
        made = book.create_sheet()
        made.sheet_state = state
        for row in rows:
            made.append(row)
    book.save(path)
    return book


TABLE = Sheet(kind="sheet", file="t.xlsx", key="id", labels=("l",))


def test_a_hidden_sheet_is_not_the_first(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    old, new = [["id", "l"], ["a", "old"]], [["id", "l"], ["a", "new"]]
    workbook(path, ("hidden", old), ("visible", new))
    assert text_tables.by_key(path, TABLE)["a"][0].cells["l"] == "new"


def test_an_identifier_keeps_the_zeros_that_a_person_sees(tmp_path: Path) -> None:
    """7 under the format 000 is shown as 007; its picture was not found."""
    book = workbook(tmp_path / "t.xlsx", ("visible", [["id", "l"], [7, 7], [12, 1.5], ["x", True]]))
    for cell in book.worksheets[0]["A"][1:]:
        cell.number_format = "000"
    book.save(tmp_path / "t.xlsx")
    found = text_tables.by_key(tmp_path / "t.xlsx", TABLE)
    assert {key: rows[0].cells["l"] for key, rows in found.items()} == {
        "007": "7", "012": "1.5", "x": "TRUE",
    }  # fmt: skip


def test_colours_of_pictures_in_an_array_come_last(tmp_path: Path) -> None:
    """Pictures with their colours first were volumes of three slices."""
    path = tmp_path / "a.npz"
    np.savez(
        path, train_images=np.zeros((2, 3, 28, 28), np.uint8), test_images=np.zeros((2, 28, 28))
    )
    with pytest.raises(DataFault, match="colours"):
        formats.read(path, Reading(part="train_images/0"))
    assert formats.read(path, Reading(part="test_images/0")).planar
