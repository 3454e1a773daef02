"""Masks whose marks are lost, open or contradicted on the way to their picture."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pydantic
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Image
from benchsmith.documents.lexicon import Window
from benchsmith.imaging.rendering import windows
from tests.label_entries import parsed
from tests.test_annotations import read, read_sheet

WIDTH, HEIGHT = 96, 80


@pytest.fixture
def picture(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def save(path: Path, pixels: np.ndarray) -> None:
    PIL.Image.fromarray(pixels).save(path)


SCALED: list[dict[str, Any]] = [
    {"kind": "masks", "file": "m.png", "label": "liver", "fill": False},
    {"kind": "masks", "file": "m.png", "label": "liver", "threshold": 100},
    {"kind": "volume", "file": "m.png", "names": {255: "liver"}},
    {"kind": "colours", "file": "m.png", "names": {"#ffffff": "liver"}},
    {"kind": "instances", "file": "m.png", "label": "liver"},
]


@pytest.mark.parametrize("entry", SCALED)
@pytest.mark.parametrize("marked", [True, False])
def test_a_mark_that_scaling_loses_is_unknown(
    tmp_path: Path, picture: Image, entry: dict[str, Any], marked: bool
) -> None:
    """Each pixel takes the value at its own centre, (10 i + 5, 10 j + 5): the dot has none of them."""
    large = np.zeros((HEIGHT * 10, WIDTH * 10), np.uint8)
    large[101:104, 201:204] = 255 * marked
    save(tmp_path / "m.png", large)
    entry = {**entry, "resize": "nearest", "exhaustive": True, "nothing": "healthy"}
    found = read(entry, tmp_path, picture)
    assert found.is_unknown("liver") is marked
    assert [s.raw for s in found.stated] == ([] if marked else ["healthy"])


def test_a_mask_file_of_a_table_is_not_lost(tmp_path: Path, picture: Image) -> None:
    large = np.zeros((HEIGHT * 10, WIDTH * 10), np.uint8)
    large[101:104, 201:204] = 255
    save(tmp_path / "m.png", large)
    (tmp_path / "t.csv").write_text("id,mask\np,m.png\n")
    entry = {"kind": "mask-files", "file": "t.csv", "key": "id", "mask": "mask", "label": "liver"}
    found = read_sheet({**entry, "resize": "nearest"}, tmp_path, picture, "p")
    assert [f.reason for f in found.faults] == ["structure-undrawn"] and found.unknown == {"liver"}


def test_colours_and_alpha_that_contradict_are_refused(tmp_path: Path, picture: Image) -> None:
    entry = {"kind": "masks", "file": "m.png", "label": "liver"}
    box = np.zeros((HEIGHT, WIDTH), np.uint8)
    box[10:30, 10:40] = 255
    white = np.full_like(box, 255)
    save(tmp_path / "m.png", np.dstack([white] * 3 + [box]))  # drawn by its alpha
    assert int(sum((lay.voxels > 0).sum() for lay in read(entry, tmp_path, picture).layers)) == 600
    save(tmp_path / "m.png", np.dstack([white] * 3 + [white * 0]))
    assert [f.reason for f in read(entry, tmp_path, picture).faults] == ["mask-alpha"]
    PIL.Image.fromarray(box).save(tmp_path / "m.png", transparency=0)
    assert int(sum((lay.voxels > 0).sum() for lay in read(entry, tmp_path, picture).layers)) == 600


def test_a_value_below_0_is_no_mark(tmp_path: Path, picture: Image) -> None:
    values = np.full((HEIGHT, WIDTH), -1, np.int16)
    values[10:30, 10:40] = 0
    np.save(tmp_path / "m.npy", values)
    found = read({"kind": "masks", "file": "m.npy", "label": "liver"}, tmp_path, picture)
    assert [f.reason for f in found.faults] == ["value-without-name"] and not found.layers


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "volume", "file": "m.png", "names": {0: "spleen", 1: "liver"}},
        {"kind": "volume", "file": "m.png", "names": {1: "liver"}, "background": (0, 1)},
        {"kind": "colours", "file": "m.png", "names": {"#ffffff": "liver"},
         "background": ("#000000", "#ffffff")},
        {"kind": "masks", "file": "m.png", "label": "liver", "exhaustive": True, "nothing": "liver"},
        {"kind": "volume", "file": "m.png", "names": {1: "liver"}, "exhaustive": True,
         "nothing": "liver"},
        {"kind": "volume", "file": "m.png", "names": {1: "liver"},
         "minus": {"wall": ("liver", "liver")}},
        {"kind": "masks", "file": "m.png", "label": "liver", "only": ("spleen",)},
    ],
)  # fmt: skip
def test_an_entry_that_contradicts_itself_is_refused(entry: dict[str, Any]) -> None:
    with pytest.raises(pydantic.ValidationError):
        parsed(entry)


LIVER = Window("liver", "hu", 100, 250, 0, 0, ("*",), ("*",))


@pytest.mark.parametrize(
    ("low", "high", "in_units"),
    [
        (0, 1, False),
        (0, 1023, False),
        (-100, 155, False),
        (-20000, 20000, False),
        (-1024, 1500, True),
    ],
)
def test_a_picture_s_values_are_hounsfield_units_if_they_reach_air(
    tmp_path: Path, low: float, high: float, in_units: bool
) -> None:
    values = np.linspace(low, high, WIDTH * HEIGHT, dtype=np.float32).reshape(HEIGHT, WIDTH)
    PIL.Image.fromarray(values).save(tmp_path / "p.tif")
    image = formats.read(tmp_path / "p.tif")
    shown = windows.choose(image, LIVER)
    assert shown is not None and (shown.unit == "HU") is in_units
    drawn = windows.apply(image.voxels[0], shown)
    if not in_units:
        assert len(np.unique(drawn)) > 200, "the whole range is to be seen"


def test_a_picture_of_10_bits_is_not_white(tmp_path: Path) -> None:
    values = (np.indices((HEIGHT, WIDTH)).sum(axis=0) * 5).astype(">u2")
    (tmp_path / "p.pgm").write_bytes(f"P5 {WIDTH} {HEIGHT} 1023\n".encode() + values.tobytes())
    image = formats.read(tmp_path / "p.pgm")
    drawn = windows.apply(image.voxels[0], windows.choose(image, LIVER))
    expected = (values / values.max() * 255).astype(float)
    assert np.corrcoef(drawn.ravel(), expected.ravel())[0, 1] > 0.99


def test_a_crop_without_a_place_is_reported(tmp_path: Path, picture: Image) -> None:
    save(tmp_path / "m.png", np.full((4, 4), 255, np.uint8))
    (tmp_path / "t.csv").write_text("id,mask,x,y\np,m.png,,\n")
    entry = {"kind": "mask-files", "file": "t.csv", "key": "id", "mask": "mask", "label": "liver"}
    found = read_sheet({**entry, "left": "x", "top": "y"}, tmp_path, picture, "p")
    assert "are not two whole numbers" in found.faults[0].detail


def test_the_error_names_the_file(tmp_path: Path, picture: Image) -> None:
    save(tmp_path / "m.png", np.zeros((HEIGHT * 10, WIDTH * 10), np.uint8))
    with pytest.raises(DataFault, match="resize: nearest"):
        read({"kind": "instances", "file": "m.png", "label": "liver"}, tmp_path, picture)
