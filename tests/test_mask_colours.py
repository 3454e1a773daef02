"""Coloured masks with smoothed edges: a mixture of two labels is not a third one."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations
from tests.made_label_files import drawn
from tests.test_annotations import read

NAMES = {"#ff0000": "artery", "#800000": "vein", "#00ff00": "disc", "#808000": "cup"}
RGB = {name: tuple(bytes.fromhex(colour[1:])) for colour, name in NAMES.items()}
SIDE, LARGER = 48, 4


def painted(*shapes: tuple[str, int, int, int]) -> np.ndarray:
    """Return a drawing of discs: name, row, column and radius, four times as large as its mask."""
    y, x = np.indices((SIDE * LARGER, SIDE * LARGER))
    picture = np.zeros((*y.shape, 3), np.uint8)
    for name, row, column, radius in shapes:
        inside = (y - row * LARGER) ** 2 + (x - column * LARGER) ** 2 <= (radius * LARGER) ** 2
        picture[inside] = RGB[name]
    return picture


def smoothed(picture: np.ndarray) -> np.ndarray:
    """Return the drawing as a mask whose edges hold mixtures."""
    return cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)


def masks(folder: Path, pixels: np.ndarray) -> Annotations:
    PIL.Image.fromarray(pixels).save(folder / "m.png")
    PIL.Image.fromarray(np.zeros(pixels.shape[:2], np.uint8)).save(folder / "image.png")
    entry = {"kind": "colours", "file": "m.png", "names": NAMES, "tolerance": 255}
    return read(entry, folder, formats.read(folder / "image.png"))


def majority(picture: np.ndarray, name: str) -> np.ndarray:
    """Return the pixels of which at least half are of a label in the large drawing."""
    own = (picture == RGB[name]).all(axis=2).astype(float)
    return cv2.resize(own, (SIDE, SIDE), interpolation=cv2.INTER_AREA) >= 0.5


def test_a_smoothed_edge_between_two_colours_is_no_third_label(tmp_path: Path) -> None:
    """Half red on black is the colour of the vein, and red mixed with green that of the cup."""
    picture = painted(("artery", 14, 14, 9), ("artery", 34, 24, 9), ("disc", 34, 34, 9))
    mask = smoothed(picture)
    assert ((np.abs(mask.astype(int) - RGB["vein"]).max(axis=2)) < 40).sum() > 5, "it is tempting"
    found = masks(tmp_path, mask)
    assert drawn(found).keys() == {"artery", "disc"}
    for name, own in drawn(found).items():
        assert np.mean(own[0] != majority(picture, name)) < 0.01, name
    assert not found.unknown


def test_a_third_label_that_is_there_is_kept(tmp_path: Path) -> None:
    picture = painted(("artery", 14, 14, 9), ("vein", 34, 14, 9), ("vein", 20, 34, 2))
    found = masks(tmp_path, smoothed(picture))
    assert drawn(found).keys() == {"artery", "vein"}
    for name, own in drawn(found).items():
        assert np.mean(own[0] != majority(picture, name)) < 0.01, name


def test_a_thin_label_that_may_be_an_edge_is_unknown(tmp_path: Path) -> None:
    """A line of the vein's colour between artery and background: either, and so not absent."""
    mask = np.zeros((SIDE, SIDE, 3), np.uint8)
    mask[10:30, 10:30] = RGB["artery"]
    mask[10:30, 30] = RGB["vein"]
    found = masks(tmp_path, mask)
    assert found.is_unknown("vein")
    assert not found.is_unknown("disc")


@pytest.mark.parametrize("quality", [75, 90])
def test_a_jpeg_of_a_mask_has_the_labels_of_the_mask(tmp_path: Path, quality: int) -> None:
    picture = painted(("artery", 14, 14, 9), ("disc", 34, 34, 9))
    stream = BytesIO()
    large = cv2.resize(picture, (4 * SIDE, 4 * SIDE), interpolation=cv2.INTER_NEAREST)
    PIL.Image.fromarray(large).save(stream, "JPEG", quality=quality, subsampling=0)
    found = masks(tmp_path, np.asarray(PIL.Image.open(stream)))
    sizes = {name: int(own.sum()) for name, own in drawn(found).items()}
    wanted = {name: int((large == RGB[name]).all(axis=2).sum()) for name in ("artery", "disc")}
    for name, size in wanted.items():
        assert sizes[name] == pytest.approx(size, rel=0.03)
    assert sum(sizes.values()) - sizes["artery"] - sizes["disc"] <= 0.02 * sum(wanted.values())


SCENES = {
    "one disc": (("artery", 24, 24, 12),),
    "a disc in a disc": (("artery", 24, 24, 18), ("disc", 24, 24, 7)),
    "two discs side by side": (("artery", 24, 13, 11), ("disc", 24, 35, 11)),
    "a real third in the first": (("artery", 24, 24, 20), ("vein", 24, 24, 9)),
    "a real third beside the first": (("artery", 24, 13, 10), ("vein", 24, 36, 10)),
    "a real mixture beside two": (("artery", 13, 13, 10), ("disc", 13, 35, 10), ("cup", 36, 24, 9)),
}


@pytest.mark.parametrize("sigma", [0.7, 1.5, 2.0, 2.5])
@pytest.mark.parametrize("scene", SCENES)
def test_a_wide_edge_is_no_third_label(scene: str, sigma: float, tmp_path: Path) -> None:
    """Labels that are drawn are found at their place, and others are unknown or absent."""
    picture = painted(*SCENES[scene])
    mask = smoothed(cv2.GaussianBlur(picture, (0, 0), sigma * LARGER))
    found = masks(tmp_path, mask)
    wanted = {name for name, *_ in SCENES[scene]}
    assert drawn(found).keys() == wanted
    for name, own in drawn(found).items():
        # the edge of a blurred disc moves inwards by sigma^2 / (2 radius)
        assert np.mean(own[0] != majority(picture, name)) < 0.02 + 0.005 * sigma**2, name
    for name in NAMES.values():
        assert not (name in wanted and found.is_unknown(name)), name


def test_a_small_blurred_third_label_is_never_said_to_be_absent(tmp_path: Path) -> None:
    picture = painted(("artery", 24, 18, 12), ("vein", 24, 34, 2))
    found = masks(tmp_path, smoothed(cv2.GaussianBlur(picture, (0, 0), 2.0 * LARGER)))
    assert "artery" in drawn(found)
    assert "vein" in drawn(found) or found.is_unknown("vein")
