"""A LabelMe file that holds or names another picture than the one beside it is refused, or says so."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import PIL.Image
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault
from tests.test_annotations import read

HEIGHT, WIDTH = 60, 90
SQUARE = {"label": "polyp", "shape_type": "polygon", "points": [[9, 9], [40, 9], [40, 30], [9, 30]]}


def scene(seed: int, *, smooth: bool = False) -> np.ndarray:
    """Return a picture (rows, columns, 3); two of different seeds have little in common."""
    digest = b"".join(hashlib.sha256(f"{seed} {n}".encode()).digest() for n in range(9))
    noise = np.frombuffer(digest, np.uint8).reshape(8, 12, 3)
    kind = PIL.Image.Resampling.BICUBIC if smooth else PIL.Image.Resampling.NEAREST
    return np.asarray(PIL.Image.fromarray(noise).resize((WIDTH, HEIGHT), kind))


def encoded(picture: np.ndarray, form: str = "PNG", **how: Any) -> str:
    data = io.BytesIO()
    PIL.Image.fromarray(picture).save(data, form, **how)
    return base64.b64encode(data.getvalue()).decode()


def annotated(
    folder: Path,
    picture: np.ndarray,
    name: str = "a.png",
    keys: Mapping[str, str] = MappingProxyType({}),
    **more: Any,
) -> Annotations:
    """Read a LabelMe file with further fields, by an entry with further keys."""
    PIL.Image.fromarray(picture).save(folder / name)
    size = {"imageHeight": picture.shape[0], "imageWidth": picture.shape[1]}
    tree = {"version": "5.4.1", "flags": {}, "imagePath": name, "shapes": [SQUARE], **size, **more}
    (folder / "a.json").write_text(json.dumps(tree))
    entry = {"kind": "labelme", "file": "a.json", "frame": "shown", **keys}
    return read(entry, folder, formats.read(folder / name), name=name)


@pytest.mark.parametrize("grey", [False, True])
def test_the_same_picture_is_no_doubt(tmp_path: Path, *, grey: bool) -> None:
    own = scene(1)[..., 0] if grey else scene(1)
    for data in (None, "", encoded(own), encoded(own, optimize=True)):
        found = annotated(tmp_path, own, imageData=data)
        assert len(found.layers) == 1 and not found.note


@pytest.mark.parametrize("quality", [20, 50, 75, 95])
@pytest.mark.parametrize("beside", ["a.png", "a.jpg"])
def test_a_recompressed_picture_is_the_same(tmp_path: Path, quality: int, beside: str) -> None:
    """LabelMe writes the picture of a JPEG file as JPEG again."""
    for seed in range(4):
        own = scene(seed, smooth=True)
        data = encoded(own, "JPEG", quality=quality)
        assert not annotated(tmp_path, own, beside, imageData=data).note


def test_a_turned_picture_is_the_same(tmp_path: Path) -> None:
    """LabelMe turns it as its EXIF orientation says."""
    own = scene(1)
    for turned in (np.rot90(own), np.rot90(own, 2), np.rot90(own, 3)):
        assert len(annotated(tmp_path, own, imageData=encoded(turned)).layers) == 1


def one_pixel(picture: np.ndarray) -> np.ndarray:
    changed = picture.copy()
    changed[30, 40] ^= 255
    return changed


@pytest.mark.parametrize(
    ("other", "form", "match"),
    [
        (scene(2), "PNG", "its `imageData` is a different picture: pair the file"),
        (scene(2), "JPEG", "its `imageData` is a different picture: pair the file"),
        (one_pixel(scene(1)), "PNG", "its `imageData` is a different picture: pair the file"),
        (scene(1)[:-1], "PNG", "it holds a picture of 90 x 59 pixels, not 90 x 60"),
        (scene(1)[:, 1:], "JPEG", "it holds a picture of 89 x 60 pixels, not 90 x 60"),
    ],
)
def test_another_picture_is_refused(
    tmp_path: Path, other: np.ndarray, form: str, match: str
) -> None:
    with pytest.raises(DataFault, match=match):
        annotated(tmp_path, scene(1), imageData=encoded(other, form))


@pytest.mark.parametrize("data", ["no base64!", "AAAA", encoded(scene(1))[:200], 7, {"a": 1}])
def test_what_cannot_be_compared_is_reported(tmp_path: Path, data: object) -> None:
    found = annotated(tmp_path, scene(1), imageData=data)
    assert len(found.layers) == 1 and "was not compared" in found.note


@pytest.mark.parametrize("stated", ["b.png", "..\\old\\b.png", "x/scan 7.jpg"])
def test_the_name_of_a_picture_that_is_not_there_is_refused_unless_the_recipe_ignores_it(
    tmp_path: Path, stated: str
) -> None:
    """It may be the file of another picture, or pictures were renamed: a person must say which."""
    with pytest.raises(DataFault, match="`picture_name: ignore`") as fault:
        annotated(tmp_path, scene(1), imagePath=stated)
    assert fault.value.reason == "header"
    keys = {"picture_name": "ignore"}
    assert len(annotated(tmp_path, scene(1), keys=keys, imagePath=stated).layers) == 1
    for same in ("a.png", "a.jpg", "../a.png", "D:\\x\\a.png"):
        assert len(annotated(tmp_path, scene(1), imagePath=same).layers) == 1
