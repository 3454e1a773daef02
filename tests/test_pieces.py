"""Connected pieces as objects: counted as ITK counts them, small ones left out, noise refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pydantic
import pytest
import SimpleITK as sitk

from benchsmith import formats
from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.core.contracts import DataFault, Image
from tests.label_entries import parsed
from tests.made_label_files import parts, stored, volume
from tests.test_annotations import AFFINE, SHAPE, picture, read, save

__all__ = ["volume"]


def pieces_by_itk(mask: np.ndarray) -> list[bytes]:
    """Return the connected pieces of a mask as SimpleITK finds them."""
    binary = sitk.GetImageFromArray(mask.astype(np.uint8))
    numbered = sitk.GetArrayFromImage(sitk.ConnectedComponent(binary, True))
    return sorted((numbered == n).tobytes() for n in range(1, int(numbered.max()) + 1))


def scattered(shape: tuple[int, ...]) -> np.ndarray:
    """Return a mask of blobs that touch by corners, edges and sides."""
    grids = np.indices(shape)
    waves = sum(np.sin(grid * step) for grid, step in zip(grids, (0.9, 1.1, 0.7), strict=False))
    return waves > 1.1


@pytest.mark.parametrize("kind", ["masks", "volume", "colours"])
def test_each_connected_piece_of_a_picture_is_an_object(tmp_path: Path, kind: str) -> None:
    mask = scattered((60, 70))
    shown = picture(tmp_path, mask.astype(np.uint8))
    names: dict[str, Any] = {
        "masks": {"label": "nucleus"},
        "volume": {"names": {1: "nucleus"}},
        "colours": {"names": {"#010101": "nucleus"}},
    }[kind]
    found = read(
        {"kind": kind, "file": "mask.png", "objects": "components", **names}, tmp_path, shown
    )
    (layer,) = found.layers
    assert {s.raw for s in layer.structures.values()} == {"nucleus"}
    own = sorted((layer.voxels[0] == v).tobytes() for v in layer.structures)
    assert own == pieces_by_itk(mask)
    assert len(own) > 20


def test_pieces_of_a_volume_are_connected_by_corners(tmp_path: Path, volume: Image) -> None:
    mask = np.zeros(SHAPE, bool)
    mask[:2, :2, :2] = mask[2:4, 2:4, 2:4] = mask[6:8, 6:8, 5:7] = True
    save(tmp_path / "lesions.nii.gz", mask.astype(np.uint8))
    entry = {"kind": "masks", "file": "lesions.nii.gz", "label": "lesion", "objects": "components"}
    found = read(entry, tmp_path, volume)
    (layer,) = found.layers
    own = sorted((layer.voxels == v).tobytes() for v in layer.structures)
    assert own == pieces_by_itk(stored(tmp_path / "lesions.nii.gz"))
    assert len(own) == 2


def test_small_pieces_are_left_out_and_counted(tmp_path: Path) -> None:
    mask = np.zeros((30, 30), np.uint8)
    mask[2:6, 2:6], mask[10:20, 10:20], mask[25:27, 25:26] = 1, 1, 1
    entry = {"kind": "masks", "file": "mask.png", "label": "cell", "objects": "components"}
    shown = picture(tmp_path, mask)
    found = read(entry | {"smallest_px": 16}, tmp_path, shown)
    assert sorted(np.bincount(found.layers[0].voxels.ravel())[1:].tolist()) == [16, 100]
    (fault,) = found.faults
    assert (fault.reason, fault.raw) == ("object-small", "cell")
    assert "1 of 3 pieces of cell have fewer than 16 pixels" in fault.detail
    assert not found.unknown
    none_left = read(entry | {"smallest_px": 101}, tmp_path, shown)
    assert not none_left.layers[0].structures
    assert none_left.is_unknown("cell"), "it is there, though too small"


def test_objects_that_are_drawn_as_outlines_are_filled_one_by_one(tmp_path: Path) -> None:
    mask = np.zeros((80, 80), np.uint8)
    for x in (4, 30, 56):
        mask[10:30, x : x + 20] = 1
        mask[11:29, x + 1 : x + 19] = 0
    mask[40:60, 40:60] = 1
    entry = {"kind": "masks", "file": "mask.png", "label": "gland", "objects": "components"}
    shown = picture(tmp_path, mask)
    assert [f.reason for f in read(entry, tmp_path, shown).faults] == ["outline-mask"]
    filled = read(entry | {"fill": True}, tmp_path, shown)
    assert np.bincount(filled.layers[0].voxels.ravel())[1:].tolist() == [400] * 4
    lines = read(entry | {"fill": False}, tmp_path, shown)
    assert sorted(np.bincount(lines.layers[0].voxels.ravel())[1:].tolist()) == [76, 76, 76, 400]


def test_a_mask_of_noise_is_refused(tmp_path: Path) -> None:
    y, x = np.indices((160, 160))
    mask = ((y % 2 == 0) & (x % 2 == 0)).astype(np.uint8)
    entry = {"kind": "masks", "file": "mask.png", "label": "cell", "objects": "components"}
    shown = picture(tmp_path, mask)
    with pytest.raises(DataFault, match="6400 objects"):
        read(entry, tmp_path, shown)
    assert not read(entry | {"smallest_px": 2}, tmp_path, shown).layers[0].structures


def test_a_picture_without_marks_is_labelled_where_everything_was_looked_for(
    tmp_path: Path,
) -> None:
    """Marked: what is marked is listed. Nothing marked: so it says. Something unread: neither."""
    PIL.Image.fromarray(np.zeros((100, 100), np.uint8)).save(tmp_path / "image.png")
    shown = formats.read(tmp_path / "image.png")
    entry = {"kind": "yolo", "file": "a.txt", "names": {0: "nodule", 1: "mass"},
             "exhaustive": True, "nothing": "no finding"}  # fmt: skip
    listed = {}
    for name, text in {
        "marked": "0 0.5 0.5 0.2 0.2\n0 0.3 0.3 0.2 0.2\n",
        "clear": "",
        "unread": "7 0.5 0.5 0.2 0.2\n",
        "partly": "1 0.5 0.5 0.2 0.2\n0 0.5 9 0.2 0.2\n",
    }.items():
        (tmp_path / "a.txt").write_text(text)
        found = read(entry, tmp_path, shown)
        listed[name] = [(s.raw, s.group) for s in found.stated]
    assert listed == {
        "marked": [("nodule", "finding")],
        "clear": [("no finding", "finding")],
        "unread": [],
        "partly": [("mass", "finding")],
    }
    assert found.unknown_in("finding") == {"nodule"}
    assert found.looked_for == {"nodule", "mass", "no finding"}
    (tmp_path / "a.txt").unlink()
    lost = read(entry, tmp_path, shown)
    assert not lost.stated
    assert lost.unknown == {ANY_LABEL}


@pytest.mark.parametrize(
    ("entry", "match"),
    [
        ({"kind": "yolo", "file": "a.txt", "names": {0: "a"}, "nothing": "none"}, "exhaustive"),
        ({"kind": "volume", "file": "a.png", "names": {1: "a"}, "union": {"b": ("c",)}}, "'c'"),
        ({"kind": "volume", "file": "a.png", "names": {1: "a"}, "union": {"b": ()}}, "at least 1"),
        ({"kind": "volume", "file": "a.png", "names": {1: "a"}, "minus": {"b": ("a",)}}, "at least 2"),
        ({"kind": "volume", "file": "a.png", "names": {1: "a"}, "ignore": (1,)}, "`ignore`"),
        ({"kind": "volume", "file": "a.png", "names": {1: "a"}, "union": {"b": (0,)}}, "made label"),
        ({"kind": "masks", "file": "{label}.png", "union": {"b": (1,)}}, "kind: volume"),
        ({"kind": "masks", "file": "a.png", "label": "a", "smallest_px": 9}, "components"),
        ({"kind": "masks", "file": "a.png", "label": "a", "threshold": 1, "ignore": (9,)}, "exclude"),
        ({"kind": "colours", "file": "a.png"}, "`names`"),
        ({"kind": "colours", "file": "a.png", "names": {"#010101": "a"}, "union": {"b": ("#12",)}}, "#12"),
        ({"kind": "volume", "file": "a.png", "names": {1: "a"}, "union": {"b": ("a",)},
          "minus": {"b": ("a", 2)}}, "in `union` and in `minus`"),
    ],
)  # fmt: skip
def test_a_recipe_that_says_nothing_sensible_is_refused(entry: dict[str, Any], match: str) -> None:
    with pytest.raises(pydantic.ValidationError, match=match):
        parsed(entry)


def test_the_volume_of_the_tests_is_what_nibabel_reads(tmp_path: Path, volume: Image) -> None:
    """The two readers agree on the frame: else the tests above would compare nothing."""
    assert volume.voxels.shape == stored(tmp_path / "seg.nii.gz").shape
    assert np.array_equal(np.asanyarray(nib.load(tmp_path / "seg.nii.gz").dataobj), parts())
    assert AFFINE[0, 0] < 0
