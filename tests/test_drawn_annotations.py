"""LabelMe and the VGG Image Annotator: shapes come to the pixels that a second library draws."""

from __future__ import annotations

import base64
import csv
import io
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith import annotations, formats
from benchsmith.core.contracts import Annotations, DataFault, Image
from benchsmith.documents.labels import Via
from tests.test_annotations import read

HEIGHT, WIDTH = 30, 40
Y, X = np.mgrid[:HEIGHT, :WIDTH] + 0.5
"""Centres of the pixels."""
LABELME = {"kind": "labelme", "file": "a.json"}
VIA = {"kind": "via", "file": "v.json", "attribute": "type"}


@pytest.fixture
def picture(tmp_path: Path) -> Image:
    for name in "ab":
        PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / f"{name}.png")
    return formats.read(tmp_path / "a.png")


def regions(found: Annotations) -> dict[str, np.ndarray]:
    return {s.raw: lay.voxels[0] == v for lay in found.layers for v, s in lay.structures.items()}


def block(x0: int, y0: int, x1: int, y1: int) -> np.ndarray:
    return (x0 < X) & (x1 > X) & (y0 < Y) & (y1 > Y)


def supersampled(inside: Any) -> np.ndarray:
    """Return pixels most of whose 20 x 20 sample points lie in a region."""
    fine_y, fine_x = np.mgrid[: HEIGHT * 20, : WIDTH * 20] / 20 + 0.025
    share = inside(fine_x, fine_y).reshape(HEIGHT, 20, WIDTH, 20).mean(axis=(1, 3))
    return np.asarray(share)


def png(mask: np.ndarray) -> str:
    data = BytesIO()
    PIL.Image.fromarray(mask.astype(np.uint8)).save(data, "PNG")
    return base64.b64encode(data.getvalue()).decode()


def labelme(path: Path, *shapes: dict[str, Any], **more: Any) -> None:
    listed = [{"group_id": None, "flags": {}, "shape_type": "polygon", **one} for one in shapes]
    path.write_text(json.dumps({
        "version": "5.4.1", "flags": {}, "imagePath": "a.png", "imageData": None,
        "imageHeight": HEIGHT, "imageWidth": WIDTH, "shapes": listed, **more,
    }))  # fmt: skip


def test_labelme_s_shapes(tmp_path: Path, picture: Image) -> None:
    mask = np.zeros((5, 7), bool)
    mask[1:4, 2:6] = True
    triangle = [[2, 2], [18, 2], [2, 18]]
    labelme(
        tmp_path / "a.json",
        {"label": "polyp", "points": triangle},
        {"label": "tool", "points": [[30, 4], [22, 12]], "shape_type": "rectangle"},
        {"label": "lesion", "points": [[28, 20], [28, 26]], "shape_type": "circle"},
        {"label": "ulcer", "points": [[10, 20], [16, 24]], "shape_type": "mask", "mask": png(mask)},
        {"label": "_background_", "points": triangle},
    )
    found = read({**LABELME, "silent": ("_background_",)}, tmp_path, picture, name="a.png")
    drawn = regions(found)
    assert not found.faults
    assert np.array_equal(drawn["polyp"], (X > 2) & (Y > 2) & (X + Y < 20))
    assert np.array_equal(drawn["tool"], block(22, 4, 30, 12))
    assert found.layers[0].structures[2].box
    share = supersampled(lambda x, y: (x - 28) ** 2 + (y - 20) ** 2 <= 36)
    assert drawn["lesion"][share > 0.75].all() and not drawn["lesion"][share < 0.25].any()
    expected = np.zeros((HEIGHT, WIDTH), bool)
    expected[20:25, 10:17] = mask
    assert np.array_equal(drawn["ulcer"], expected)


@pytest.mark.parametrize("first", range(4))
def test_a_rectangle_may_have_all_four_corners(tmp_path: Path, picture: Image, first: int) -> None:
    """Tools that began as LabelMe write them from any corner on; a turned one is not a box."""
    corners = [[22, 4], [30, 4], [30, 12], [22, 12]]
    shape = {
        "label": "tool",
        "shape_type": "rectangle",
        "points": corners[first:] + corners[:first],
    }
    labelme(tmp_path / "a.json", shape)
    found = read(LABELME, tmp_path, picture, name="a.png")
    assert np.array_equal(regions(found)["tool"], block(22, 4, 30, 12))
    assert found.layers[0].structures[1].box
    turned = [[22, 4], [30, 5], [29, 13], [21, 12]]
    labelme(tmp_path / "a.json", {**shape, "points": turned})
    refused = read(LABELME, tmp_path, picture, name="a.png")
    assert [f.reason for f in refused.faults] == ["polygon-unsound"]


def test_shapes_of_one_group_are_one_object(tmp_path: Path, picture: Image) -> None:
    parts = [[[2, 2], [8, 2], [8, 8], [2, 8]], [[20, 2], [28, 2], [28, 8], [20, 8]]]
    labelme(tmp_path / "a.json", *({"label": "vessel", "points": p, "group_id": 1} for p in parts),
            {"label": "vessel", "points": parts[0], "group_id": None})  # fmt: skip
    found = read(LABELME, tmp_path, picture, name="a.png")
    sizes = sorted(int((lay.voxels == v).sum()) for lay in found.layers for v in lay.structures)
    assert sizes == [36, 36 + 48]


@pytest.mark.parametrize(
    ("shape", "match"),
    [
        ({"points": [[1, 1], [9, 9]], "shape_type": "line"}, "a line does not mark a region"),
        ({"points": [[1, 1]], "shape_type": "point"}, "a point does not mark a region"),
        ({"points": [[1, 1], [9, 1], [9, 9], [1, 9]], "shape_type": "oriented_rectangle"}, "not read"),
        ({"points": [[1, 1], ["9", 1], [9, 9]]}, "not pairs of numbers"),
        ({"points": [[1, 1], [9, 1]]}, "4 coordinates"),
        ({"points": None}, "not pairs of numbers"),
        ({"points": [[1, 1], [9, 1], [9, 9]], "shape_type": ["polygon"]}, "is not read"),
        ({"points": [[5, 5], [5, 1e300]], "shape_type": "circle"}, "1e+300"),
        ({"points": [[5, 5], [5, 5]], "shape_type": "circle"}, "5, 5, 0, 0, 0"),
        ({"points": [[-50, -50], [-50, -60]], "shape_type": "circle"}, "outside"),
        ({"points": [[1, 1], [4, 4]], "shape_type": "mask", "mask": "AAAA"}, "not a PNG"),
        ({"points": [[1, 1], [4, 4]], "shape_type": "mask", "mask": png(np.ones((9, 9)))}, "not a PNG"),
        ({"points": [[38, 1], [41, 4]], "shape_type": "mask", "mask": png(np.ones((4, 4)))}, "leaves"),
        ({"points": [[0.1, 0.1], [0.9, 0.9]], "shape_type": "rectangle"}, "fractions"),
    ],
)  # fmt: skip
def test_an_unsound_shape_falls_alone(
    tmp_path: Path, picture: Image, shape: dict[str, Any], match: str
) -> None:
    good = {"label": "tool", "points": [[2, 2], [8, 2], [8, 8], [2, 8]]}
    labelme(tmp_path / "a.json", {"label": "polyp", **shape}, good)
    found = read(LABELME, tmp_path, picture, name="a.png")
    assert [f.raw for f in found.faults] == ["polyp"] and match in found.faults[0].detail
    assert found.is_unknown("polyp") and not found.is_unknown("tool")
    assert np.array_equal(regions(found)["tool"], block(2, 2, 8, 8))


@pytest.mark.parametrize(
    ("more", "match"),
    [
        ({"imageHeight": 31}, "states 40 x 31 pixels"),
        ({"imagePath": "..\\b.png"}, "a different picture"),
        ({"shapes": {}}, "not a LabelMe file"),
    ],
)
def test_a_file_of_another_picture_is_refused(
    tmp_path: Path, picture: Image, more: dict[str, Any], match: str
) -> None:
    labelme(tmp_path / "a.json", **more)
    with pytest.raises(DataFault, match=match):
        read(LABELME, tmp_path, picture, name="a.png")


SHAPES: list[tuple[str, dict[str, Any]]] = [
    ("polyp", {"name": "polygon", "all_points_x": [2, 18, 2], "all_points_y": [2, 2, 18]}),
    ("tool", {"name": "rect", "x": 22, "y": 4, "width": 8, "height": 8}),
    ("lesion", {"name": "circle", "cx": 28, "cy": 20, "r": 6}),
    ("ulcer", {"name": "ellipse", "cx": 12, "cy": 22, "rx": 8, "ry": 4, "theta": 0.5}),
]


def via(path: Path, shapes: list[tuple[Any, dict[str, Any]]], form: str = "list") -> None:
    regions = [
        {"shape_attributes": shape, "region_attributes": {"type": label}} for label, shape in shapes
    ]
    if form == "csv":
        rows = [
            ["d/a.png", 1, "{}", len(shapes), n, json.dumps(shape), json.dumps({"type": label})]
            for n, (label, shape) in enumerate(shapes)
        ]
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([
                ["filename", "file_size", "file_attributes", "region_count", "region_id",
                 "region_shape_attributes", "region_attributes"], *rows,
                ["d/b.png", 1, "{}", 0, 0, "{}", "{}"],
            ])  # fmt: skip
        return
    listed: Any = dict(enumerate(regions)) if form == "objects" else regions
    tree = {
        "a.png1": {"filename": "d/a.png", "size": 1, "regions": listed, "file_attributes": {}},
        "b.png1": {"filename": "d/b.png", "size": 1, "regions": [], "file_attributes": {}},
    }
    path.write_text(json.dumps({"_via_img_metadata": tree} if form == "project" else tree))


@pytest.mark.parametrize("form", ["list", "objects", "project", "csv"])
def test_via_s_shapes(tmp_path: Path, picture: Image, form: str) -> None:
    file = "v.csv" if form == "csv" else "v.json"
    via(tmp_path / file, SHAPES, form)
    found = read({**VIA, "file": file}, tmp_path, picture, name="a.png")
    drawn = regions(found)
    assert not found.faults
    assert np.array_equal(drawn["polyp"], (X > 2) & (Y > 2) & (X + Y < 20))
    assert np.array_equal(drawn["tool"], block(22, 4, 30, 12))

    def ellipse(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Turn the plane back by the angle; an ellipse along the axes is left."""
        turned = (x - 12 + 1j * (y - 22)) * np.exp(-0.5j)
        return (turned.real / 8) ** 2 + (turned.imag / 4) ** 2 <= 1

    share = supersampled(ellipse)
    assert drawn["ulcer"][share > 0.75].all() and not drawn["ulcer"][share < 0.25].any()
    empty = read({**VIA, "file": file}, tmp_path, picture, name="b.png")
    assert not empty.layers and not empty.faults, "a picture without regions was looked at"
    with pytest.raises(DataFault, match=r"has no image 'c\.png'"):
        read({**VIA, "file": file}, tmp_path, picture, name="c.png")
    entry = Via(kind="via", file=file, attribute="type")
    assert annotations.named_pictures(entry, tmp_path / file) == ["d/a.png", "d/b.png"]


@pytest.mark.parametrize(
    ("label", "shape", "reason"),
    [
        ("x", {"name": "polyline", "all_points_x": [1, 5], "all_points_y": [1, 5]}, "polygon-unsound"),
        ("x", {"name": "polygon", "all_points_x": [1, 5, 5], "all_points_y": [1, 5]}, "polygon-unsound"),
        ("x", {"name": "rect", "x": 1, "y": 1, "width": "9"}, "polygon-unsound"),
        ("x", {"name": "rect", "x": 1, "y": 1, "width": -5, "height": 9}, "box-unsound"),
        ("x", {"name": "star"}, "polygon-unsound"),
        ("x", {"name": ["rect"]}, "polygon-unsound"),
        ("x", {"name": "ellipse", "cx": 9, "cy": 9, "rx": 1e200, "ry": 2}, "polygon-unsound"),
        ("", {"name": "rect", "x": 1, "y": 1, "width": 5, "height": 9}, "class-unknown"),
        ({"a": True, "b": True}, {"name": "rect", "x": 1, "y": 1, "width": 5, "height": 9}, "class-unknown"),
    ],
)  # fmt: skip
def test_an_unsound_region_falls_alone(
    tmp_path: Path, picture: Image, label: Any, shape: dict[str, Any], reason: str
) -> None:
    via(tmp_path / "v.json", [(label, shape), ({"tool": True, "polyp": False}, SHAPES[1][1])])
    found = read(VIA, tmp_path, picture, name="a.png")
    assert [f.reason for f in found.faults] == [reason]
    assert list(regions(found)) == ["tool"], "of ticked boxes the one that is ticked"
    assert found.is_unknown("x") == (label == "x" or reason == "class-unknown")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ('{"project": {}, "metadata": {}}', "VIA 3"),
        ('{"a": {"filename": "a.png"}}', "no regions"),
        ('{"a": {"filename": "a.png", "regions": [7]}}', "has no shape"),
        ('{"a": {"filename": "a.png", "regions": []}, "b": {"filename": "a.png", "regions": []}}', "twice"),
        ("[]", "not an object"),
    ],
)  # fmt: skip
def test_a_malformed_via_file_is_refused(
    tmp_path: Path, picture: Image, text: str, match: str
) -> None:
    (tmp_path / "v.json").write_text(text)
    with pytest.raises(DataFault, match=match):
        read(VIA, tmp_path, picture, name="a.png")


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([(2, 0)], "region_count is 2, and 1 have a row"),
        ([(1, 0), (1, 1)], "region_count is 1, and 2 have a row"),
        ([(2, 0), (2, 0)], "region_id 0 is there twice"),
        ([(2, 0), (3, 1)], "different counts of regions: 2, 3"),
        ([(2, 0), (2, 1)], ""),
        ([("", 0), ("", 1)], ""),
    ],
)
def test_a_count_of_regions_that_the_rows_contradict(
    tmp_path: Path, picture: Image, rows: list[tuple[Any, int]], what: str
) -> None:
    """A lost row is a lesion that would be absent; the other pictures of the table are read."""
    text = io.StringIO()
    out = csv.writer(text)
    names = ["filename", "region_count", "region_id", "region_shape_attributes"]
    out.writerow([*names, "region_attributes"])
    for n, (count, number) in enumerate(rows):
        shape = {"name": "rect", "x": 2 + 12 * n, "y": 4, "width": 8, "height": 8}
        kind = json.dumps({"type": f"tool {n}"})
        out.writerow(["a.png", count, number, json.dumps(shape), kind])
    other = {"name": "rect", "x": 1, "y": 1, "width": 5, "height": 5}
    out.writerow(["b.png", 1, 0, json.dumps(other), json.dumps({"type": "tool"})])
    (tmp_path / "v.csv").write_text(text.getvalue())
    entry = {**VIA, "file": "v.csv", "exhaustive": True}
    assert np.array_equal(
        regions(read(entry, tmp_path, picture, name="b.png"))["tool"], block(1, 1, 6, 6)
    )
    if not what:
        found = regions(read(entry, tmp_path, picture, name="a.png"))
        assert np.array_equal(found["tool 0"], block(2, 4, 10, 12))
        assert np.array_equal(found["tool 1"], block(14, 4, 22, 12))
        return
    with pytest.raises(DataFault, match=what) as fault:
        read(entry, tmp_path, picture, name="a.png")
    assert fault.value.reason == "header"
