"""Label readers: a mark is in the right voxels, or is not read at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pytest

from benchsmith import annotations, formats
from benchsmith.annotations import text_tables
from benchsmith.core.contracts import Annotations, DataFault, Image, Request
from benchsmith.text import path_patterns
from tests.label_entries import parsed

AFFINE = np.diag([-2.0, -2.0, 3.0, 1.0])
SHAPE = (10, 12, 8)


def request(root: Path, image: Image, **fields: str) -> Request:
    def find(pattern: str) -> list[tuple[Path, Mapping[str, str]]]:
        return [
            (m.path, m.fields)
            for m in path_patterns.find(root, path_patterns.fill(pattern, fields))
        ]

    path = root / fields.get("name", "image.png")
    return Request(
        image=image,
        fields=fields,
        find=find,
        show=lambda p: p.name,
        read_labels=formats.read_labels,
        read_image=formats.read,
        path=path,
        part=fields.get("part", ""),
        own_labels=lambda: formats.own_labels(path, fields["part"]),
        rows={},
    )


def read(entry: dict[str, Any], root: Path, image: Image, **fields: str) -> Annotations:
    return annotations.read(parsed(entry), request(root, image, **fields))


def read_sheet(entry: dict[str, Any], root: Path, image: Image, key: str) -> Annotations:
    """Read a sheet as a build does: the row is found first, the labels are read from it."""
    labels = parsed(entry)
    rows = text_tables.by_key(root / entry["file"], labels)
    own = replace(request(root, image, key=key), rows={entry["file"]: rows.get(key, [])})
    return annotations.read(labels, own)


def save(path: Path, voxels: np.ndarray, affine: np.ndarray = AFFINE) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    nib.save(nib.Nifti1Image(voxels, affine), path)


@pytest.fixture
def image(tmp_path: Path) -> Image:
    save(tmp_path / "image.nii.gz", np.zeros(SHAPE, np.int16))
    return formats.read(tmp_path / "image.nii.gz")


def blocks() -> np.ndarray:
    labels = np.zeros(SHAPE, np.uint8)
    labels[1:4, 2:5, 3:6] = 1
    labels[6:8, 7:11, 0:2] = 2
    return labels


def test_a_label_volume_names_its_values(tmp_path: Path, image: Image) -> None:
    save(tmp_path / "seg.nii.gz", blocks())
    found = read(
        {"kind": "volume", "file": "seg.nii.gz", "names": {1: "liver", 2: "spleen", 3: "colon"}},
        tmp_path,
        image,
    )
    (layer,) = found.layers
    assert {v: s.raw for v, s in layer.structures.items()} == {1: "liver", 2: "spleen"}
    assert layer.structures[2].stated_at == "seg.nii.gz value 2"
    assert (layer.voxels == 1).sum() == 27
    assert [f.reason for f in found.faults] == ["empty-structure"]


def test_labels_stored_the_other_way_round_give_the_same_voxels(
    tmp_path: Path, image: Image
) -> None:
    """The same labels in the same place, stored flipped and with axes swapped."""
    save(tmp_path / "a.nii.gz", blocks())
    flip = np.eye(4)
    flip[0, 0], flip[0, 3] = -1, SHAPE[0] - 1
    swapped = np.flip(blocks(), 0).transpose(2, 0, 1)
    save(tmp_path / "b.nii.gz", swapped, (AFFINE @ flip)[:, [2, 0, 1, 3]])
    names = {1: "liver", 2: "spleen"}
    a, b = (
        read({"kind": "volume", "file": f"{n}.nii.gz", "names": names}, tmp_path, image)
        for n in "ab"
    )
    assert np.array_equal(a.layers[0].voxels, b.layers[0].voxels)


def test_labels_on_another_grid_are_resampled_only_when_the_recipe_says_so(
    tmp_path: Path, image: Image
) -> None:
    """A crop, three voxels in: by index it would lie elsewhere, in world space it fits."""
    crop = np.eye(4)
    crop[:3, 3] = (1, 2, 3)
    save(tmp_path / "crop.nii.gz", blocks()[1:5, 2:7, 3:7], AFFINE @ crop)
    entry = {"kind": "volume", "file": "crop.nii.gz", "names": {1: "liver"}}
    with pytest.raises(DataFault, match="labels 4 x 5 x 4, image 8 x 12 x 10"):
        read(entry, tmp_path, image)
    found = read(entry | {"grid": "resample"}, tmp_path, image)
    save(tmp_path / "whole.nii.gz", blocks())
    whole = read(entry | {"file": "whole.nii.gz"}, tmp_path, image)
    assert np.array_equal(found.layers[0].voxels == 1, whole.layers[0].voxels == 1)
    assert "resampled by nearest neighbour" in found.note


def fine(tmp_path: Path, *, side: int = 32) -> tuple[np.ndarray, Image]:
    """Return labels of 1 mm and an image of 4 mm, a cube of 32 mm; a lesion has one voxel."""
    save(
        tmp_path / "coarse.nii.gz",
        np.arange(8**3, dtype=np.int16).reshape(8, 8, 8),
        np.diag([4, 4, 4, 1]),
    )
    labels = np.zeros((32, 32, 32), np.uint8)
    labels[4:20, 4:20, 4:20], labels[25, 26, 27] = 1, 2
    return labels[:side], formats.read(tmp_path / "coarse.nii.gz")


@pytest.mark.parametrize("kind", ["volume", "masks"])
def test_a_structure_that_resampling_loses_is_unknown(tmp_path: Path, kind: str) -> None:
    """It was absent: a lesion of one voxel became a wrong option."""
    labels, image = fine(tmp_path)
    how: dict[str, Any] = {"kind": kind, "grid": "resample", "exhaustive": True}
    if kind == "volume":
        save(tmp_path / "seg.nii.gz", labels, np.eye(4))
        how |= {"file": "seg.nii.gz", "names": {1: "liver", 2: "lesion", 3: "cyst"}}
    else:
        for value, name in enumerate(("liver", "lesion", "cyst"), start=1):
            mask = np.where(labels == value, value, 0).astype(np.uint8)
            save(tmp_path / f"m/{name}.nii.gz", mask, np.eye(4))
        how["file"] = "m/{label}.nii.gz"
    answer = read(how, tmp_path, image)
    assert [s.raw for layer in answer.layers for s in layer.structures.values()] == ["liver"]
    assert {name: answer.is_unknown(name) for name in ("lesion", "cyst")} == {
        "lesion": True, "cyst": False,
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["volume", "masks"])
@pytest.mark.parametrize(("side", "cropped"), [(16, True), (20, True), (21, False), (32, False)])
def test_labels_that_are_cropped_through_a_mark(
    tmp_path: Path, kind: str, side: int, cropped: bool
) -> None:
    """The liver ends at 20 mm, the image at 32: a file of 20 mm may have cut it."""
    labels, image = fine(tmp_path, side=side)
    how: dict[str, Any] = {"kind": kind, "grid": "resample", "exhaustive": True}
    how |= {"names": {1: "liver", 3: "cyst"}, "background": (0, 2)} if kind == "volume" else {}
    how["file"] = "seg.nii.gz" if kind == "volume" else "m/{label}.nii.gz"
    save(tmp_path / "seg.nii.gz", labels, np.eye(4))
    save(tmp_path / "m/liver.nii.gz", np.where(labels == 1, 1, 0).astype(np.uint8), np.eye(4))
    answer = read(how, tmp_path, image)
    assert bool(answer.layers and answer.layers[0].structures) != cropped
    assert [f.raw for f in answer.faults if f.reason == "extent-unknown"] == ["liver"] * cropped
    if kind == "volume":
        assert answer.is_unknown("cyst") == (side < 32)


@pytest.mark.parametrize(
    ("levels", "ending", "unknown"),
    [
        ([1], "png", True),  # a mask of 0 and 1 under a threshold for 255
        ([100], "png", True),
        ([3, 70], "png", True),
        ([1, 2, 5], "png", False),  # noise
        ([8], "jpg", False),
        ([], "png", False),
    ],
)
def test_marks_below_the_threshold_are_not_absent(
    tmp_path: Path, levels: list[int], ending: str, unknown: bool
) -> None:
    image = picture(tmp_path, np.zeros((40, 40), np.uint8))
    mask = np.zeros((40, 40), np.uint8)
    for number, level in enumerate(levels):
        mask[8 * number : 8 * number + 8, 8:24] = level
    PIL.Image.fromarray(mask).save(tmp_path / f"m.{ending}")
    entry = {"kind": "masks", "file": f"m.{ending}", "label": "polyp", "threshold": 128}
    answer = read(entry, tmp_path, image)
    assert not answer.layers
    assert answer.is_unknown("polyp") == unknown


def test_a_rounding_of_the_header_is_no_mismatch_and_half_a_voxel_is(
    tmp_path: Path, image: Image
) -> None:
    for shift, fits in [(0.9, True), (1.1, False)]:
        moved = AFFINE.copy()
        moved[0, 3] += shift
        save(tmp_path / "seg.nii.gz", blocks(), moved)
        entry = {"kind": "volume", "file": "seg.nii.gz", "names": {1: "a", 2: "b"}}
        if fits:
            assert read(entry, tmp_path, image).layers
        else:
            with pytest.raises(DataFault, match=r"1.10 mm away"):
                read(entry, tmp_path, image)


def test_masks_that_do_not_overlap_share_a_layer(tmp_path: Path, image: Image) -> None:
    """Three masks, two of which overlap: two layers, and every mask's voxels are whole."""
    sizes = {}
    for name, part in {"a": slice(0, 4), "b": slice(5, 8), "c": slice(3, 6)}.items():
        mask = np.zeros(SHAPE, np.uint8)
        mask[part, 2:9, 2:7] = 1
        sizes[name] = int(mask.sum())
        save(tmp_path / f"seg/{name}.nii.gz", mask)
    save(tmp_path / "seg/empty.nii.gz", np.zeros(SHAPE, np.uint8))
    found = read({"kind": "masks", "file": "seg/{label}.nii.gz"}, tmp_path, image)
    assert len(found.layers) == 2
    counted = {
        s.raw: int((lay.voxels == v).sum())
        for lay in found.layers
        for v, s in lay.structures.items()
    }
    assert counted == sizes
    assert [(f.reason, f.subject) for f in found.faults] == [("empty-structure", "empty.nii.gz")]


def test_one_bad_mask_does_not_spoil_the_others(tmp_path: Path, image: Image) -> None:
    save(tmp_path / "seg/good.nii.gz", (blocks() == 1).astype(np.uint8))
    save(tmp_path / "seg/two.nii.gz", blocks())
    save(tmp_path / "seg/small.nii.gz", np.ones((3, 3, 3), np.uint8))
    (tmp_path / "seg/cut.nii.gz").write_bytes((tmp_path / "seg/two.nii.gz").read_bytes()[:60])
    found = read({"kind": "masks", "file": "seg/{label}.nii.gz"}, tmp_path, image)
    assert [s.raw for s in found.layers[0].structures.values()] == ["good"]
    assert {f.subject: f.reason for f in found.faults} == {
        "cut.nii.gz": "truncated",
        "small.nii.gz": "shape-mismatch",
        "two.nii.gz": "value-without-name",
    }


def test_only_the_masks_named_are_taken_and_missing_ones_are_reported(
    tmp_path: Path, image: Image
) -> None:
    for name in ("aorta", "junk"):
        save(tmp_path / f"seg/{name}.nii.gz", (blocks() == 1).astype(np.uint8))
    entry = {"kind": "masks", "file": "seg/{label}.nii.gz", "only": ("aorta", "heart")}
    found = read(entry, tmp_path, image)
    assert [s.raw for s in found.layers[0].structures.values()] == ["aorta"]
    assert [f.detail for f in found.faults] == ["there is no mask of heart"]


def picture(tmp_path: Path, mask: np.ndarray) -> Image:
    PIL.Image.fromarray(mask).save(tmp_path / "mask.png")
    PIL.Image.fromarray(np.zeros(mask.shape, np.uint8)).save(tmp_path / "image.png")
    return formats.read(tmp_path / "image.png")


def test_instances_are_structures_of_one_label(tmp_path: Path) -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[1:5, 1:5], mask[10:18, 20:28] = 7, 9
    found = read(
        {"kind": "instances", "file": "mask.png", "label": "nucleus"},
        tmp_path,
        picture(tmp_path, mask),
    )
    assert {v: s.raw for v, s in found.layers[0].structures.items()} == {7: "nucleus", 9: "nucleus"}


def test_tiles_are_counted_and_those_with_a_sliver_left_out(tmp_path: Path) -> None:
    mask = np.zeros((20, 20), np.uint8)
    mask[1:4, 1:4], mask[6:9, 1:4] = 1, 2  # upper left tile: two
    mask[2:8, 13:18] = 3  # upper right: one
    mask[13:17, 4:11] = 4  # lower left, with a sliver of one column in the lower right
    image = picture(tmp_path, mask)
    found = read(
        {"kind": "count", "file": "mask.png", "tiles": (2, 2), "smallest_px": 5}, tmp_path, image
    )
    assert [(s.raw, s.crop) for s in found.stated] == [
        ("count 2", (0, 0, 10, 10)),
        ("count 1", (10, 0, 20, 10)),
        ("count 1", (0, 10, 10, 20)),
    ]
    assert [(f.reason, f.subject) for f in found.faults] == [
        ("tile-ambiguous", "mask.png tile 2,2 of 2 x 2")
    ]
