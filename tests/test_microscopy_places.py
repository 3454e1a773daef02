"""Labels of microscopy pictures with another pixel size or place than their picture's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_annotations import read
from tests.test_microscopy import VOXELS, ome_tiff, ome_zarr

FLAT = VOXELS[0, 0, 0]
MASK = np.zeros(FLAT.shape, np.uint8)
MASK[4:9, 6:12] = 3


def moved(path: Path, *transformations: dict[str, Any]) -> Path:
    """Give the finest level of a store these transformations."""
    tree = json.loads((path / ".zattrs").read_text())
    tree["multiscales"][0]["datasets"][0]["coordinateTransformations"] = list(transformations)
    tree["multiscales"][0].pop("coordinateTransformations")
    (path / ".zattrs").write_text(json.dumps(tree))
    return path


def scale(*numbers: float) -> dict[str, Any]:
    return {"type": "scale", "scale": list(numbers)}


def translation(*numbers: float) -> dict[str, Any]:
    return {"type": "translation", "translation": list(numbers)}


@pytest.mark.parametrize(
    ("ours", "theirs", "away"),
    [
        ([scale(0.5, 0.4)], [scale(0.5, 0.4)], ""),
        ([scale(0.5, 0.4)], [scale(0.5, 0.4), translation(0.1, -0.1)], ""),  # a quarter of a pixel
        ([scale(0.5, 0.4), translation(7, 3)], [scale(0.5, 0.4), translation(7, 3)], ""),
        # the translation comes first, and is scaled
        ([scale(0.5, 0.4), translation(5, 4)], [translation(10, 10), scale(0.5, 0.4)], ""),
        ([scale(0.5, 0.4)], [scale(0.5, 0.4), translation(10, 0)], "0.01 beside"),
        ([scale(0.5, 0.4)], [scale(0.5, 0.4), translation(0, 0.4)], "0.0004 beside"),
        ([scale(0.5, 0.4)], [scale(1, 0.8)], "0.0095 beside"),
        (
            [scale(0.5, 0.4)],
            [scale(0.5, 0.408)],
            "",
        ),  # 23 pixels of 0.008 are less than half of one
        ([scale(0.5, 0.4)], [scale(0.5, 0.42)], "beside"),
    ],
)
def test_labels_lie_where_their_store_says(
    tmp_path: Path, ours: list[Any], theirs: list[Any], away: str
) -> None:
    picture = moved(ome_zarr(tmp_path / "a.zarr", FLAT, "yx"), *ours)
    moved(ome_zarr(tmp_path / "m.zarr", MASK, "yx"), *theirs)
    entry = {"kind": "instances", "file": "m.zarr/", "label": "nucleus"}
    image = formats.read(picture)
    if not away:
        assert np.array_equal(read(entry, tmp_path, image).layers[0].voxels[0] > 0, MASK > 0)
        return
    with pytest.raises(DataFault, match=away) as caught:
        read(entry, tmp_path, image)
    assert caught.value.reason == "grid-mismatch" and "`frame: stored`" in caught.value.detail
    paired = read({**entry, "frame": "stored"}, tmp_path, image)
    assert np.array_equal(paired.layers[0].voxels[0] > 0, MASK > 0)


def test_a_volume_of_labels_that_is_moved_is_refused(tmp_path: Path) -> None:
    image = formats.read(ome_zarr(tmp_path / "a.zarr", VOXELS[0, 0], "zyx"))
    labels = np.zeros(VOXELS.shape[2:], np.uint8)
    labels[1] = MASK
    path = ome_zarr(tmp_path / "m.zarr", labels, "zyx")
    entry = {"kind": "instances", "file": "m.zarr/", "label": "nucleus"}
    assert read(entry, tmp_path, image).layers
    moved(path, scale(2000, 0.5, 0.4), translation(2000, 0, 0))
    with pytest.raises(DataFault, match="corners lie up to") as caught:
        read(entry, tmp_path, image)
    assert caught.value.reason == "grid-mismatch"


@pytest.mark.parametrize("one", [{"type": "affine", "affine": []}, scale(0.5), translation(1), {"type": "translation", "translation": ["a", 1]}])  # fmt: skip
def test_a_transformation_that_is_not_understood_is_refused(tmp_path: Path, one: Any) -> None:
    path = moved(ome_zarr(tmp_path / "a.zarr", FLAT, "yx"), one)
    with pytest.raises(DataFault) as caught:
        formats.read(path)
    assert caught.value.reason in ("header", "spacing")


def test_a_mask_of_other_pixels_than_its_ome_tiff_is_refused(tmp_path: Path) -> None:
    image = formats.read(ome_tiff(tmp_path / "a.ome.tif", FLAT, "YX"))
    ome_tiff(tmp_path / "m.ome.tif", MASK, "YX", PhysicalSizeX=0.8, PhysicalSizeY=1.0)
    entry = {"kind": "instances", "file": "m.ome.tif", "label": "nucleus"}
    with pytest.raises(DataFault, match=r"its voxels of 0\.0008 x 0\.001 mm") as caught:
        read(entry, tmp_path, image)
    assert caught.value.reason == "grid-mismatch"
    ome_tiff(tmp_path / "m.ome.tif", MASK, "YX", PhysicalSizeX=400, PhysicalSizeXUnit="nm")
    assert np.array_equal(read(entry, tmp_path, image).layers[0].voxels[0] > 0, MASK > 0)


@pytest.mark.parametrize(
    ("theirs", "away"),
    [
        ([scale(0.5, 0.4)], False),
        ([scale(1, 0.8)], True),
        ([scale(0.5, 0.4), translation(9, 0)], True),
        ([scale(0.5, 0.4), translation(0.1, 0)], False),
    ],
)
@pytest.mark.parametrize("axes", ["yx", "zyx"])
def test_sizes_without_a_unit_are_compared_too(
    tmp_path: Path, axes: str, theirs: list[Any], *, away: bool
) -> None:
    """Many writers name no unit: the sizes of both files are then in the same one."""
    more = [] if axes == "yx" else [1.0]
    for name, voxels, moves in (("a", FLAT, [scale(0.5, 0.4)]), ("m", MASK, theirs)):
        stored = voxels if axes == "yx" else np.stack([voxels] * 3)
        path = moved(ome_zarr(tmp_path / f"{name}.zarr", stored, axes), *(
            {"type": m["type"], m["type"]: [*(n if m["type"] == "scale" else 0 for n in more), *m[m["type"]]]}
            for m in moves
        ))  # fmt: skip
        tree = json.loads((path / ".zattrs").read_text())
        for axis in tree["multiscales"][0]["axes"]:
            axis.pop("unit")
        (path / ".zattrs").write_text(json.dumps(tree))
    image = formats.read(tmp_path / "a.zarr")
    entry = {"kind": "instances", "file": "m.zarr/", "label": "nucleus"}
    assert image.spacing_mm == ()
    if not away:
        assert read(entry, tmp_path, image).layers
        return
    with pytest.raises(DataFault, match="of the file's unit") as caught:
        read(entry, tmp_path, image)
    assert caught.value.reason == "grid-mismatch"


def test_levels_that_do_not_begin_with_the_finest_are_refused(tmp_path: Path) -> None:
    """The first one is read: ome-ngff lists the finest first."""
    path = ome_zarr(tmp_path / "a.zarr", FLAT, "yx")
    tree = json.loads((path / ".zattrs").read_text())
    levels = tree["multiscales"][0]["datasets"]
    for factor, sound in ((2, True), (1, True), (0.5, False)):
        other = {"path": "1", "coordinateTransformations": [scale(0.5 * factor, 0.2 * factor)]}
        tree["multiscales"][0]["datasets"] = [levels[0], other]
        (path / ".zattrs").write_text(json.dumps(tree))
        if sound:
            assert np.array_equal(formats.read(path).voxels[0], FLAT)
            continue
        with pytest.raises(DataFault, match="finest level") as caught:
            formats.read(path)
        assert caught.value.reason == "header"
