"""Masks as pictures: alpha channels, drawn outlines, smoothed and JPEG colours, WhiteIsZero."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import PIL.ImageDraw
import pytest
import tifffile

from benchsmith import formats
from benchsmith.annotations import outlines
from benchsmith.core.contracts import DataFault, Image
from tests.test_annotations import read

HEIGHT, WIDTH = 80, 100
REGION = np.zeros((HEIGHT, WIDTH), bool)
REGION[20:50, 30:70] = True


@pytest.fixture
def image(tmp_path: Path) -> Image:
    PIL.Image.new("L", (WIDTH, HEIGHT), 7).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


MASKS = {"kind": "masks", "file": "m.png", "label": "polyp"}
VOLUME = {"kind": "volume", "file": "m.png", "names": {255: "polyp"}}


@pytest.mark.parametrize("entry", [MASKS, VOLUME], ids=["masks", "volume"])
@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("colour", [0, 255])
def test_a_mask_in_alpha(
    tmp_path: Path, image: Image, entry: dict[str, object], mode: str, colour: int
) -> None:
    channels = [np.full((HEIGHT, WIDTH), colour, np.uint8)] * (len(mode) - 1)
    alpha = np.where(REGION, 255, 0).astype(np.uint8)
    PIL.Image.fromarray(np.stack([*channels, alpha], axis=2), mode).save(tmp_path / "m.png")
    found = read(entry, tmp_path, image)
    assert np.array_equal(found.layers[0].voxels[0] > 0, REGION)
    assert not found.faults


@pytest.mark.parametrize("opacity", [255, 128])
def test_an_alpha_channel_of_one_value_means_nothing(
    tmp_path: Path, image: Image, opacity: int
) -> None:
    grey = np.where(REGION, 255, 0).astype(np.uint8)
    alpha = np.full((HEIGHT, WIDTH), opacity, np.uint8)
    PIL.Image.fromarray(np.stack([grey] * 3 + [alpha], axis=2), "RGBA").save(tmp_path / "m.png")
    assert np.array_equal(read(MASKS, tmp_path, image).layers[0].voxels[0] > 0, REGION)


def test_black_beside_a_colour_on_a_transparent_ground_is_refused(
    tmp_path: Path, image: Image
) -> None:
    pixels = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    pixels[5:20, 5:20] = (0, 0, 0, 255)
    pixels[30:40, 30:40] = (255, 255, 255, 255)
    PIL.Image.fromarray(pixels, "RGBA").save(tmp_path / "m.png")
    (fault,) = read(MASKS, tmp_path, image).faults
    assert (fault.reason, fault.raw) == ("mask-alpha", "polyp")


def ellipse(width: int, **how: object) -> np.ndarray:
    picture = PIL.Image.new("L", (WIDTH, HEIGHT), 0)
    PIL.ImageDraw.Draw(picture).ellipse((15, 10, 85, 65), outline=255, width=width, **how)
    return np.asarray(picture)


@pytest.mark.parametrize("width", [1, 2, 3])
def test_a_drawn_ellipse_is_an_outline(tmp_path: Path, image: Image, width: int) -> None:
    """OpenCV fills the same contour as the second reader."""
    drawn = ellipse(width)
    PIL.Image.fromarray(drawn).save(tmp_path / "m.png")
    found = read(MASKS, tmp_path, image)
    assert [(f.reason, f.raw) for f in found.faults] == [("outline-mask", "polyp")]
    assert found.is_unknown("polyp")
    assert [f.reason for f in read(VOLUME, tmp_path, image).faults] == ["outline-mask"]
    lines, _ = cv2.findContours(
        (drawn > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    expected = cv2.drawContours(np.zeros_like(drawn), lines, -1, 1, cv2.FILLED) > 0
    for entry in (MASKS, VOLUME):
        filled = read({**entry, "fill": True}, tmp_path, image).layers[0].voxels[0] > 0
        assert np.array_equal(filled, expected)
        line = read({**entry, "fill": False}, tmp_path, image).layers[0].voxels[0] > 0
        assert np.array_equal(line, drawn > 0)


def test_an_outline_with_a_gap_and_one_cut_off_by_the_picture() -> None:
    drawn = ellipse(2) > 0
    drawn[:, 48:51] &= np.arange(HEIGHT)[:, None] > 30
    found = outlines.inside(drawn, ~drawn)
    assert found is not None
    assert found[40, 50]
    cut = drawn[25:]
    found = outlines.inside(cut, ~cut)
    assert found is not None
    assert found[10, 50]


def vessels() -> np.ndarray:
    picture = PIL.Image.new("L", (WIDTH, HEIGHT), 0)
    draw = PIL.ImageDraw.Draw(picture)
    for line in ((0, 40, 99, 44), (20, 41, 60, 5), (40, 42, 70, 78), (20, 41, 45, 70)):
        draw.line(line, fill=255, width=2)
    draw.line((50, 43, 60, 20, 75, 43), fill=255, width=1)
    return np.asarray(picture) > 0


@pytest.mark.parametrize(
    "mask",
    [
        pytest.param(REGION, id="a region"),
        pytest.param(vessels(), id="vessels"),
        pytest.param(ellipse(9) > 0, id="a ring"),
        pytest.param(np.eye(HEIGHT, WIDTH, dtype=bool), id="a line"),
        pytest.param(REGION & ~np.roll(REGION, (9, 9), (0, 1)), id="a corner"),
    ],
)
def test_what_is_no_outline(mask: np.ndarray) -> None:
    assert outlines.inside(mask, ~mask) is None


COLOURS = {"#ff0000": "artery", "#0000ff": "vein"}


def coloured() -> np.ndarray:
    mask = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    mask[10:30, 10:40], mask[50:70, 60:90] = (255, 0, 0), (0, 0, 255)
    return mask


def test_a_jpeg_mask_in_colours_has_a_tolerance(tmp_path: Path, image: Image) -> None:
    mask = coloured()
    PIL.Image.fromarray(mask).save(tmp_path / "m.jpg", quality=85)
    entry = {"kind": "colours", "file": "m.jpg", "names": COLOURS}
    with pytest.raises(DataFault, match="tolerance"):
        read(entry, tmp_path, image)
    found = read({**entry, "tolerance": 130}, tmp_path, image)
    assert not found.faults
    shapes = {s.raw: found.layers[0].voxels[0] == v for v, s in found.layers[0].structures.items()}
    for name, channel in (("artery", 0), ("vein", 2)):
        assert np.mean(shapes[name] != (mask[..., channel] > 0)) < 0.02


def test_smoothed_edges_go_to_the_nearest_colour(tmp_path: Path, image: Image) -> None:
    mask = coloured()
    mask[10, 10:40], mask[29, 10:40] = (200, 0, 0), (60, 0, 0)
    PIL.Image.fromarray(mask).save(tmp_path / "m.png")
    entry = {"kind": "colours", "file": "m.png", "names": COLOURS, "tolerance": 60}
    found = read(entry, tmp_path, image)
    artery = next(v for v, s in found.layers[0].structures.items() if s.raw == "artery")
    assert (found.layers[0].voxels == artery).sum() == 19 * 30
    narrow = read({**entry, "tolerance": 55}, tmp_path, image)
    assert [f.subject for f in narrow.faults] == ["m.png colour #3c0000"]
    assert narrow.is_unknown("vein")


@pytest.mark.parametrize("bits", [1, 8, 16])
def test_white_is_zero_at_every_depth(tmp_path: Path, bits: int) -> None:
    highest = (1 << bits) - 1
    pixels = (np.arange(24).reshape(4, 6) * 7 % (highest + 1)).astype(
        np.uint16 if bits == 16 else np.uint8
    )
    stored = pixels.astype(bool) if bits == 1 else pixels
    tifffile.imwrite(tmp_path / "w.tif", stored, photometric="miniswhite")
    ours = formats.read(tmp_path / "w.tif").voxels[0].astype(int)
    scale = 255 if bits == 1 else 1
    assert np.array_equal(ours, (highest - pixels.astype(int)) * scale)


def test_a_transparent_grey_is_background(tmp_path: Path, image: Image) -> None:
    """PNG names one grey as transparent (tRNS); the mask is drawn in black on it."""
    PIL.Image.fromarray(np.where(REGION, 0, 255).astype(np.uint8)).save(
        tmp_path / "m.png", transparency=255
    )
    assert np.array_equal(read(MASKS, tmp_path, image).layers[0].voxels[0] > 0, REGION)
