"""Label files that contradict themselves or their picture are refused; nothing is chosen silently."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import PIL.Image
import pytest

import benchsmith.annotations
from benchsmith import formats
from benchsmith.annotations import text_tables
from benchsmith.core.contracts import Annotations, DataFault, Image, Reading
from tests.label_entries import parsed
from tests.test_annotations import read, read_sheet, request

HEIGHT, WIDTH = 60, 80
MARKED = np.zeros((HEIGHT, WIDTH), bool)
MARKED[10:30, 20:50] = True


@pytest.fixture
def image(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


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
    for name in ("image.jpg", "D:\\x\\image.png", "other.png", ""):
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


def paletted(path: Path, indices: Any, *colours: int) -> None:
    mask = PIL.Image.fromarray(np.asarray(indices, np.uint8), "P")
    mask.putpalette([c for grey in colours for c in (grey, grey, grey)])
    mask.save(path)


def masks(tmp_path: Path, image: Image, **more: Any) -> Annotations:
    return read({"kind": "masks", "file": "m/{label}.png", **more}, tmp_path, image)


def test_a_palette_that_draws_the_ground_white_and_the_mask_black_is_refused(
    tmp_path: Path, image: Image
) -> None:
    """By its indices the ground is marked, by its colours the organ."""
    (tmp_path / "m").mkdir()
    paletted(tmp_path / "m/liver.png", MARKED, 0, 255)
    assert np.array_equal(masks(tmp_path, image).layers[0].voxels[0] > 0, MARKED)
    paletted(tmp_path / "m/liver.png", MARKED, 0, 0)
    assert np.array_equal(masks(tmp_path, image).layers[0].voxels[0] > 0, MARKED)
    paletted(tmp_path / "m/liver.png", ~MARKED, 255, 0)
    found = masks(tmp_path, image)
    assert not found.layers
    assert [f.reason for f in found.faults] == ["header"]


@pytest.mark.parametrize(
    ("frame", "expected"), [(None, None), ("stored", MARKED), ("shown", MARKED[::-1, ::-1])]
)
def test_a_mask_that_its_own_header_turns_needs_a_frame(
    tmp_path: Path, image: Image, frame: str | None, expected: Any
) -> None:
    """Programs copy the orientation of a photograph into a mask that is upright already."""
    (tmp_path / "m").mkdir()
    turned = PIL.Image.Exif()
    turned[0x0112] = 3
    PIL.Image.fromarray(MARKED.astype(np.uint8) * 255).save(tmp_path / "m/liver.png", exif=turned)
    found = masks(tmp_path, image, frame=frame)
    if expected is None:
        assert [f.reason for f in found.faults] == ["frame-unstated"]
        assert found.is_unknown("liver")
    else:
        assert np.array_equal(found.layers[0].voxels[0] > 0, expected)


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


def objects(*values: int) -> Any:
    """Return a mask of squares in a row, each with its value, (60, 80) uint8."""
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for i, value in enumerate(values):
        mask[10:20, 5 + 25 * i : 15 + 25 * i] = value
    return mask


@pytest.mark.parametrize("kind", ["instances", "count"])
@pytest.mark.parametrize(
    ("mask", "found"),
    [
        (objects(1, 2, 3), 3),
        (objects(1, 2, 1), 2),
        (objects(255), 1),
        (objects(0, 0), 0),
        (objects(255, 255, 255), None),
        (objects(7, 7), None),
    ],
)
def test_a_mask_of_all_objects_is_no_mask_of_single_ones(
    tmp_path: Path, image: Image, kind: str, mask: Any, found: int | None
) -> None:
    """Three nuclei of one value were counted as one."""
    PIL.Image.fromarray(mask).save(tmp_path / "m.png")
    entry = {"kind": kind, "file": "m.png"}
    entry |= {"label": "nucleus"} if kind == "instances" else {"tiles": (1, 1), "smallest_px": 4}  # type: ignore[dict-item]
    if found is None:
        with pytest.raises(DataFault) as fault:
            read(entry, tmp_path, image)
        assert fault.value.reason == "objects-merged"
    elif kind == "count":
        assert [s.raw for s in read(entry, tmp_path, image).stated] == [f"count {found}"]
    else:
        assert len(read(entry, tmp_path, image).layers[0].structures) == found


@pytest.mark.parametrize("entry", [
    {"kind": "instances", "file": "m.png", "label": "nucleus"},
    {"kind": "count", "file": "m.png", "tiles": (1, 1)},
    {"kind": "volume", "file": "m.png", "names": {80: "liver", 160: "spleen", 240: "cyst"}},
])  # fmt: skip
def test_label_values_of_a_jpeg_are_refused_under_any_name(
    tmp_path: Path, image: Image, entry: dict[str, Any]
) -> None:
    """Its noise was read as a hundred objects."""
    mask = PIL.Image.fromarray(objects(80, 160, 240))
    mask.save(tmp_path / "m.png", format="JPEG", quality=75)
    with pytest.raises(DataFault) as fault:
        read(entry, tmp_path, image)
    assert fault.value.reason == "labels-lossy"
    mask.save(tmp_path / "m.png")
    assert not read(entry, tmp_path, image).faults


PICTURES = np.zeros((3, 28, 28), np.uint8)


def classes(
    tmp_path: Path, labels: Any, number: int, names: int = 3, first: int = 0
) -> Annotations:
    """Read the classes of one picture of an .npz file with three."""
    np.savez(tmp_path / "a.npz", train_images=PICTURES, train_labels=np.asarray(labels))
    part = f"train_images/{number}"
    entry = {"kind": "arrays", "names": dict(enumerate(("liver", "spleen", "cyst")[:names], first))}
    image = formats.read(tmp_path / "a.npz", Reading(part=part))
    own = replace(
        request(tmp_path, image),
        path=tmp_path / "a.npz",
        part=part,
        own_labels=lambda: formats.own_labels(tmp_path / "a.npz", part),
    )
    return benchsmith.annotations.read(parsed(entry), own)


@pytest.mark.parametrize(
    "labels",
    [
        [[0], [1]],
        [[0], [1], [2], [0]],
        np.zeros((3, 28, 28), int),
        [[1, 0], [0, 1], [1, 1]],
    ],
)
def test_arrays_that_do_not_fit_their_pictures_or_names_are_refused(
    tmp_path: Path, labels: Any
) -> None:
    """With a row more or less it is unknown which labels are of which picture."""
    for number in range(2):
        with pytest.raises(DataFault) as fault:
            classes(tmp_path, labels, number)
        assert fault.value.reason == "header"


def test_a_class_below_0_is_read_and_a_column_below_0_is_refused(tmp_path: Path) -> None:
    """The label of a column that cannot be was absent from every picture."""
    found = classes(tmp_path, [[-1], [0], [1]], 0, first=-1)
    assert [s.raw for s in found.stated] == ["liver"]
    with pytest.raises(DataFault, match="3 columns of labels from 0, and `names` has a column -1"):
        classes(tmp_path, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], 0, first=-1)


def test_class_numbers_are_whole_and_other_values_of_columns_are_unknown(tmp_path: Path) -> None:
    """1.5 was class 1, no number ended the build, and -1 was absent. A column with a 2 is unknown throughout."""
    for value, raw in ((1.0, ["spleen"]), (1.5, []), (float("nan"), []), (-1.0, []), (3.0, [])):
        found = classes(tmp_path, [[value], [0.0], [0.0]], 0)
        assert [s.raw for s in found.stated] == raw
        assert [f.reason for f in found.faults] == ["value-without-name"] * (not raw)
    table = [[1, 0, -1], [1, 0, 0], [0, 2, 1]]
    assert [(s.raw, s.perhaps) for s in classes(tmp_path, table, 0).stated] == [
        ("liver", ("spleen", "cyst"))
    ]
    assert [(s.raw, s.perhaps) for s in classes(tmp_path, table, 1).stated] == [
        ("liver", ("spleen",))
    ]
    assert [(s.raw, s.perhaps) for s in classes(tmp_path, table, 2).stated] == [
        ("cyst", ("spleen",))
    ]


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
