"""Marks that contradict themselves, or that are not where their file seems to say, are faults."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault, Image
from tests.test_annotations import read, read_sheet

WIDTH, HEIGHT = 96, 80


@pytest.fixture
def picture(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def drawn(found: Annotations) -> list[tuple[str, bool, tuple[int, ...]]]:
    """Return label, whether it is a box alone, and x0, y0, x1, y1 of each mark."""
    marks: list[tuple[str, bool, tuple[int, ...]]] = []
    for layer in found.layers:
        for value, one in layer.structures.items():
            rows, columns = np.nonzero(layer.voxels[0] == value)
            ends = (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1)
            marks.append((one.raw, one.box, tuple(int(n) for n in ends)))
    return marks


def faults(found: Annotations) -> list[tuple[str, str]]:
    return [(f.reason, f.raw) for f in found.faults]


def coco(folder: Path, image: Image, names: list[str], **keys: Any) -> Annotations:
    one = {"id": 1, "image_id": 0, "category_id": 1, **keys}
    images = [{"id": i, "file_name": name} for i, name in enumerate(names)]
    tree = {"images": images, "annotations": [one], "categories": [{"id": 1, "name": "liver"}]}
    (folder / "c.json").write_text(json.dumps(tree))
    return read({"kind": "coco", "file": "c.json"}, folder, image)


SQUARE = [10, 10, 40, 10, 40, 30, 10, 30]


@pytest.mark.parametrize(
    ("keys", "sound"),
    [
        ({"bbox": [10, 10, 30, 20], "area": 600}, True),
        ({"bbox": [10, 10, 30, 20], "area": 410.5}, True),  # of a region that is not there
        ({"bbox": [10, 10, 30, 20], "area": 31 * 21}, True),  # with both ends
        ({"bbox": [10, 10, 40, 30], "area": 600}, False),  # corners
        (
            {"bbox": [10, 10, 30, 20], "area": 2400, "segmentation": [SQUARE]},
            False,
        ),  # of other pixels
        ({"bbox": [10, 10, 30, 20], "area": 600, "segmentation": [SQUARE]}, True),
    ],
)
def test_a_coco_box_must_fit_its_area(
    tmp_path: Path, picture: Image, keys: dict[str, Any], sound: bool
) -> None:
    found = coco(tmp_path, picture, ["image.png"], **keys)
    assert faults(found) == ([] if sound else [("box-unsound", "liver")])
    assert [ends for _, _, ends in drawn(found)] == ([(10, 10, 40, 30)] if sound else [])


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["image.png", "image.png"], "has the image 'image.png' twice"),
        (["IMAGE.PNG"], "it has 'IMAGE.PNG', which differs in upper and lower case"),
        (["other.png"], "has no image 'image.png'"),
    ],
)
def test_a_picture_that_coco_does_not_have_is_explained(
    tmp_path: Path, picture: Image, names: list[str], said: str
) -> None:
    with pytest.raises(DataFault) as fault:
        coco(tmp_path, picture, names, bbox=[10, 10, 30, 20])
    assert said in str(fault.value)


@pytest.mark.parametrize(("stated", "said"), [("0", "image '0'"), (True, "'image_id'")])
def test_a_text_or_a_truth_is_no_number_of_an_image(
    tmp_path: Path, picture: Image, stated: object, said: str
) -> None:
    with pytest.raises(DataFault, match=said):
        coco(tmp_path, picture, ["image.png", "b.png"], bbox=[1, 1, 9, 9], image_id=stated)


def voc(folder: Path, image: Image, body: str, **keys: Any) -> Annotations:
    (folder / "a.xml").write_text(f"<annotation>{body}</annotation>")
    return read({"kind": "voc", "file": "a.xml", **keys}, folder, image)


def boxed(name: str, *ends: int) -> str:
    keys = ("xmin", "ymin", "xmax", "ymax")
    corners = "".join(f"<{k}>{v}</{k}>" for k, v in zip(keys, ends, strict=True))
    return f"<object>{name}<bndbox>{corners}</bndbox></object>"


def test_voc_boxes_are_counted_from_the_stated_pixel(tmp_path: Path, picture: Image) -> None:
    """The last pixel of 96 x 80 is 96, 80 counted from 1, and 95, 79 counted from 0."""
    name = "<name>liver</name>"
    one = voc(tmp_path, picture, boxed(name, 11, 1, 96, 80))
    assert drawn(one) == [("liver", True, (10, 0, 96, 80))]
    refused = voc(tmp_path, picture, boxed(name, 10, 0, 95, 79))
    assert faults(refused) == [("box-unsound", "liver")]
    assert "counted_from: 0" in refused.faults[0].detail
    zero = voc(tmp_path, picture, boxed(name, 10, 0, 95, 79), counted_from=0)
    assert drawn(zero) == [("liver", True, (10, 0, 96, 80))]


@pytest.mark.parametrize(
    "body",
    [
        "<item><label>liver</label><box><x>1</x></box></item>",
        '<box label="liver" xtl="10" ytl="10" xbr="40" ybr="30"/>',
        "<annotation><annotation><folder/></annotation></annotation>",
        boxed("<name>liver</name><name>spleen</name>", 11, 11, 40, 30),
    ],
)
def test_what_voc_does_not_have_leaves_every_label_unknown(
    tmp_path: Path, picture: Image, body: str
) -> None:
    found = voc(tmp_path, picture, body)
    assert not found.layers and set(faults(found)) == {("class-unknown", "")}


@pytest.mark.parametrize(
    ("row", "wanted"),
    [
        ("0.5 0.5 0.25 0.25", (36, 30, 60, 50)),
        ("0.51 0.5 1 0.25", (1, 30, 96, 50)),  # rounded
        ("0.6 0.6 0.9 0.9", None),  # corners
        ("0.1 0.1 0.4 0.5", None),
    ],
)
def test_a_yolo_box_that_leaves_its_picture_is_refused(
    tmp_path: Path, picture: Image, row: str, wanted: tuple[int, int, int, int] | None
) -> None:
    (tmp_path / "a.txt").write_text(f"0 {row}\n")
    found = read({"kind": "yolo", "file": "a.txt", "names": {0: "liver"}}, tmp_path, picture)
    assert drawn(found) == ([("liver", True, wanted)] if wanted else [])
    assert faults(found) == ([] if wanted else [("box-unsound", "liver")])


@pytest.mark.parametrize(
    ("corners", "form", "box"),
    [
        (".25 .5 .5 .2 .75 .5 .5 .8", "obb", True),
        (".25 .25 .75 .25 .75 .75 .25 .75", "auto", True),
        (".25 .25 .75 .25 .7 .75 .25 .6", "auto", False),
        (".25 .25 .75 .25 .75 .75 .25 .75", "polygon", False),
    ],
)
def test_four_corners_of_a_box_are_no_outline(
    tmp_path: Path, picture: Image, corners: str, form: str, box: bool
) -> None:
    (tmp_path / "a.txt").write_text(f"0 {corners}\n")
    entry = {"kind": "yolo", "file": "a.txt", "names": {0: "liver"}, "form": form}
    assert [one for _, one, _ in drawn(read(entry, tmp_path, picture))] == [box]


@pytest.mark.parametrize("kind", ["boxes", "mask-files"])
def test_a_row_that_names_a_label_and_no_mark_leaves_it_unknown(
    tmp_path: Path, picture: Image, kind: str
) -> None:
    (tmp_path / "t.csv").write_text("id,what,x0,y0,x1,y1,mask\np,liver,,,,,\np,,,,,,\n")
    where = {"box": ("x0", "y0", "x1", "y1")} if kind == "boxes" else {"mask": "mask"}
    entry = {"kind": kind, "file": "t.csv", "key": "id", "label_column": "what", **where}
    found = read_sheet(entry, tmp_path, picture, "p")
    assert found.unknown == {"liver"} and len(found.faults) == 1
    silent = read_sheet({**entry, "silent": ("", "liver")}, tmp_path, picture, "p")
    assert not silent.unknown


def test_a_label_of_the_whole_picture_in_a_file_of_shapes_is_unknown(
    tmp_path: Path, picture: Image
) -> None:
    tree: dict[str, Any] = {"shapes": [], "flags": {"liver": True, "spleen": False}}
    (tmp_path / "a.json").write_text(json.dumps(tree))
    entry: dict[str, Any] = {"kind": "labelme", "file": "a.json"}
    assert read(entry, tmp_path, picture).unknown == {"liver"}
    assert not read({**entry, "silent": ("liver",)}, tmp_path, picture).unknown
    own = {"type": "liver", "caption": "x"}
    tree = {"k": {"filename": "image.png", "regions": [], "file_attributes": own}}
    (tmp_path / "v.json").write_text(json.dumps(tree))
    entry = {"kind": "via", "file": "v.json", "attribute": "type"}
    assert read(entry, tmp_path, picture).unknown == {"liver"}
    assert not read({**entry, "attribute": "finding"}, tmp_path, picture).unknown
