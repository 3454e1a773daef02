"""Label files that contradict themselves or their picture are refused; nothing is chosen silently."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import PIL.Image
import pytest

from benchsmith.annotations import text_tables
from benchsmith.core.contracts import Annotations, DataFault, Image
from tests.grey_pictures import HEIGHT, WIDTH, image, objects
from tests.label_entries import parsed
from tests.test_annotations import read, read_sheet

__all__ = ["image"]


def voc(tmp_path: Path, image: Image, objects: str, name: str = "image.png") -> Annotations:
    text = f"<annotation><filename>{name}</filename>{objects}</annotation>"
    (tmp_path / "a.xml").write_text(text)
    return read({"kind": "voc", "file": "a.xml", "exhaustive": True}, tmp_path, image)


BOX = "<bndbox><xmin>11</xmin><ymin>11</ymin><xmax>30</xmax><ymax>15</ymax></bndbox>"
PART = f"<part><name>lobe</name>{BOX}</part>"


def test_a_voc_file_of_another_picture_that_is_there_is_refused(
    tmp_path: Path, image: Image
) -> None:
    objects = f"<object><name>liver</name>{BOX}</object>"
    for name in ("image.jpg", "D:\\x\\image.png", ""):
        assert len(voc(tmp_path, image, objects, name).layers) == 1, name
    PIL.Image.new("L", (WIDTH, HEIGHT), 9).save(tmp_path / "other.png")
    for name in ("other.png", "other.jpg", "x/other.png"):
        with pytest.raises(DataFault, match="a different picture"):
            voc(tmp_path, image, objects, name)


def test_a_voc_object_with_two_boxes_or_with_parts_leaves_these_unknown(
    tmp_path: Path, image: Image
) -> None:
    found = voc(tmp_path, image, f"<object><name>liver</name>{BOX}{BOX}</object>")
    assert not found.layers
    assert found.is_unknown("liver")
    found = voc(tmp_path, image, f"<object><name>liver</name>{BOX}{PART}</object>")
    assert len(found.layers) == 1
    assert found.is_unknown("lobe") and not found.is_unknown("liver")


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        ("liver\nspleen\n", ""),
        ("# classes\nliver\nspleen\n", "`#`"),
        ("liver\nspleen # the other one\n", ""),
    ],
)
def test_a_comment_in_names_would_shift_every_class(
    tmp_path: Path, image: Image, names: str, refused: str
) -> None:
    (tmp_path / "names.txt").write_text(names)
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.25 0.5\n")
    entry = {"kind": "yolo", "file": "a.txt", "names_file": "names.txt"}
    if refused:
        with pytest.raises(DataFault, match=refused):
            read(entry, tmp_path, image)
    else:
        assert read(entry, tmp_path, image).layers[0].structures[1].raw == "liver"


@pytest.mark.parametrize(("count", "refused"), [(2, False), (3, True), (1, True)])
def test_another_number_of_classes_than_names_is_refused(
    tmp_path: Path, image: Image, count: int, refused: bool
) -> None:
    (tmp_path / "data.yaml").write_text(f"nc: {count}\nnames: [liver, spleen]\n")
    (tmp_path / "a.txt").write_text("0 0.5 0.5 0.25 0.5\n")
    entry = {"kind": "yolo", "file": "a.txt", "names_file": "data.yaml"}
    if refused:
        with pytest.raises(DataFault, match="`nc`"):
            read(entry, tmp_path, image)
    else:
        assert read(entry, tmp_path, image).layers


@pytest.mark.parametrize("number", ["0.2_5", "\uff10.25", "0x1", "1e"])
def test_numbers_that_only_python_reads_are_none(tmp_path: Path, image: Image, number: str) -> None:
    (tmp_path / "a.txt").write_text(f"0 0.5 0.5 {number} 0.5\n", encoding="utf-8")
    found = read({"kind": "yolo", "file": "a.txt", "names": {0: "polyp"}}, tmp_path, image)
    assert [f.reason for f in found.faults] == ["box-unsound"]


BOXES = {"kind": "boxes", "key": "id", "box": ("x", "y", "w", "h"), "label_column": "what",
         "exhaustive": True}  # fmt: skip


@pytest.mark.parametrize(
    ("row", "boxes", "unknown"),
    [
        ("a,liver,10,10,30,15", 1, False),
        ("a,liver,,,,", 0, True),
        ("a,,,,,", 0, False),
        ("a,none,10,10,30,15", 0, False),
        ("a,liver,10,10,30,", 0, True),
        ("a,,10,10,30,15", 0, True),
        ("a,liver,1_0,10,30,15", 0, True),
    ],
)
def test_half_a_box_is_a_statement_that_is_not_understood(
    tmp_path: Path, image: Image, row: str, boxes: int, unknown: bool
) -> None:
    """It was silent, and the liver that it marks became a wrong option."""
    (tmp_path / "t.csv").write_text(f"id,what,x,y,w,h\n{row}\n")
    found = read_sheet({**BOXES, "file": "t.csv", "silent": ("", "none")}, tmp_path, image, "a")
    assert len(found.layers) == boxes
    assert found.is_unknown("liver") is unknown


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        (lambda sheet: None, ""),
        (lambda sheet: sheet.merge_cells("B2:B3"), "B2:B3"),
        (lambda sheet: sheet.cell(3, 2, "=B2"), "B3"),
        (lambda sheet: sheet.cell(3, 3, "=1+1"), "C3"),
    ],
)
def test_a_workbook_s_cell_without_its_value_is_refused(
    tmp_path: Path, change: Callable[[Any], None], refused: str
) -> None:
    """Of merged cells only the first has a value, and a formula has none until it was computed."""
    book = openpyxl.Workbook()
    for row in (["id", "what"], ["a", "liver"], ["b", "spleen"]):
        book.active.append(row)
    change(book.active)
    book.save(tmp_path / "t.xlsx")
    entry = {"kind": "sheet", "file": "t.xlsx", "key": "id", "labels": ("what",)}
    labels = parsed(entry)
    if refused:
        with pytest.raises(DataFault, match=refused):
            text_tables.by_key(tmp_path / "t.xlsx", labels)
    else:
        found = text_tables.by_key(tmp_path / "t.xlsx", labels)
        assert {k: r[0].cells["what"] for k, r in found.items()} == {"a": "liver", "b": "spleen"}


def test_a_label_twice_in_a_cell_is_stated_once(tmp_path: Path, image: Image) -> None:
    """Two findings had one id."""
    (tmp_path / "t.csv").write_text("id,what\na,liver| liver|spleen\n")
    entry = {"kind": "sheet", "file": "t.csv", "key": "id", "labels": ("what",), "delimiter": "|"}
    found = read_sheet(entry, tmp_path, image, "a")
    assert [s.raw for s in found.stated] == ["liver", "spleen"]


@pytest.mark.parametrize(
    ("names", "refused"),
    [
        ("1\tliver\n2\tspleen\tred\n", ""),
        ("1\tliver\n1\tliver\n2\tspleen\n", ""),
        ("1\tliver\n1\tspleen\n", "two names"),
        ("1\tliver\n01\tspleen\n", "two names"),
        ("\u00b2\tliver\n", "line 1"),
        ("1\t\tliver\n", "line 1"),
    ],
)
def test_a_value_has_one_name(tmp_path: Path, image: Image, names: str, refused: str) -> None:
    """The last of two names won."""
    (tmp_path / "names.txt").write_text(names, encoding="utf-8")
    PIL.Image.fromarray(objects(1, 2)).save(tmp_path / "m.png")
    entry = {"kind": "volume", "file": "m.png", "names_file": "names.txt"}
    if refused:
        with pytest.raises(DataFault, match=refused):
            read(entry, tmp_path, image)
    else:
        (layer,) = read(entry, tmp_path, image).layers
        assert {v: s.raw for v, s in layer.structures.items()} == {1: "liver", 2: "spleen"}
