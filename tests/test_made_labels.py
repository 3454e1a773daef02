"""Labels made of values, connected pieces, ignored pixels, and pictures without any mark."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import PIL.Image
import pydantic
import pytest
import SimpleITK as sitk
from pydantic import TypeAdapter

from benchsmith import formats
from benchsmith.core.absent_labels import ANY_LABEL
from benchsmith.core.contracts import Annotations, DataFault, Image
from benchsmith.documents.labels import Labels
from benchsmith.stages.absent_marks import searched_by_entry
from tests.test_annotations import AFFINE, SHAPE, picture, read, save


def parts() -> np.ndarray:
    """Return three nested blocks, (x, y, z): 1 around 3 around 2."""
    voxels = np.zeros(SHAPE, np.uint8)
    voxels[1:8, 1:9, 1:7] = 1
    voxels[2:6, 2:7, 2:6] = 3
    voxels[3:5, 3:5, 3:5] = 2
    return voxels


@pytest.fixture
def volume(tmp_path: Path) -> Image:
    save(tmp_path / "image.nii.gz", np.zeros(SHAPE, np.int16))
    save(tmp_path / "seg.nii.gz", parts())
    return formats.read(tmp_path / "image.nii.gz")


def drawn(found: Annotations) -> dict[str, np.ndarray]:
    """Return the pixels of every label, (z, y, x) of bool."""
    masks: dict[str, np.ndarray] = {}
    for layer in found.layers:
        for value, structure in layer.structures.items():
            own = masks.setdefault(structure.raw, np.zeros(layer.voxels.shape, bool))
            own |= layer.voxels == value
    return masks


def stored(path: Path) -> np.ndarray:
    """Return the values of a label file as SimpleITK reads them: (z, y, x), LPS."""
    image = sitk.ReadImage(str(path))
    return sitk.GetArrayFromImage(sitk.DICOMOrient(image, "LPS"))


def test_labels_are_made_of_values_and_of_names(tmp_path: Path, volume: Image) -> None:
    """Value 3 has no name: it is a part, and no label of its own."""
    found = read(
        {"kind": "volume", "file": "seg.nii.gz", "names": {1: "oedema", 2: "core"},
         "union": {"whole tumour": ("oedema", "core", 3), "tumour core": (2, 3)},
         "minus": {"rest": ("core", 3)}},
        tmp_path, volume,
    )  # fmt: skip
    there = stored(tmp_path / "seg.nii.gz")
    wanted = {
        "oedema": there == 1,
        "core": there == 2,
        "whole tumour": there > 0,
        "tumour core": there >= 2,
        "rest": there == 2,
    }
    masks = drawn(found)
    assert masks.keys() == wanted.keys()
    for name, mask in wanted.items():
        assert np.array_equal(masks[name], mask), name
    assert found.looked_for == wanted.keys()
    assert not found.faults


def test_a_made_label_takes_the_place_of_the_part_with_its_name(
    tmp_path: Path, volume: Image
) -> None:
    """The value `kidney` of KiTS leaves out tumours and cysts; the kidney does not."""
    entry = {"kind": "volume", "file": "seg.nii.gz", "names": {1: "kidney", 2: "cyst", 3: "tumour"},
             "union": {"kidney": ("kidney", "cyst", "tumour")},
             "minus": {"solid": ("tumour", "cyst")}}  # fmt: skip
    masks = drawn(read(entry, tmp_path, volume))
    there = stored(tmp_path / "seg.nii.gz")
    assert np.array_equal(masks["kidney"], there > 0)
    assert np.array_equal(masks["solid"], there == 3)


def test_a_part_that_is_absent_is_empty_and_one_that_is_unknown_spoils_the_union(
    tmp_path: Path, volume: Image
) -> None:
    for name, mask in {"left": parts() == 1, "right": parts() == 9}.items():
        save(tmp_path / f"m/{name}.nii.gz", mask.astype(np.uint8))
    entry = {"kind": "masks", "file": "m/{label}.nii.gz", "exhaustive": True,
             "union": {"both": ("left", "right"), "all": ("left", "third")}}  # fmt: skip
    found = read(entry, tmp_path, volume)
    assert np.array_equal(drawn(found)["both"], stored(tmp_path / "m/left.nii.gz") == 1)
    assert {f.raw: f.reason for f in found.faults} == {
        "right": "empty-structure",
        "all": "not-looked-for",
    }
    assert found.looked_for == {"left", "right", "both"}
    assert found.is_unknown("all")
    assert not found.is_unknown("right")
    (tmp_path / "m/right.nii.gz").write_bytes(b"no file")
    found = read(entry, tmp_path, volume)
    assert "both" not in drawn(found)
    assert found.is_unknown("both")
    assert not found.is_unknown("left")


def test_an_unread_hidden_part_makes_the_made_label_unknown(tmp_path: Path) -> None:
    """The rim is a drawn line, whose meaning is not stated: the disc is unknown, the cup is not."""
    mask = np.zeros((60, 60), np.uint8)
    mask[10:50, 10:50] = 128
    mask[12:48, 12:48] = 0
    mask[25:35, 25:35] = 255
    entry = {"kind": "colours", "file": "mask.png", "names": {"#ffffff": "cup"},
             "union": {"disc": ("cup", "#808080")}}  # fmt: skip
    found = read(entry, tmp_path, picture(tmp_path, mask))
    assert drawn(found).keys() == {"cup"}
    assert [(f.reason, f.raw) for f in found.faults if f.reason == "outline-mask"] == [
        ("outline-mask", "disc")
    ]
    assert found.is_unknown("disc")
    assert not found.is_unknown("cup")
    filled = read(entry | {"fill": True}, tmp_path, picture(tmp_path, mask))
    assert drawn(filled)["disc"].sum() == 40 * 40


def test_the_disc_of_a_fundus_is_rim_and_cup(tmp_path: Path) -> None:
    mask = np.full((40, 50), 255, np.uint8)
    mask[10:30, 15:35] = 128
    mask[16:24, 20:30] = 0
    found = read(
        {"kind": "colours", "file": "mask.png", "names": {"#000000": "cup"},
         "background": ("#ffffff",), "union": {"disc": ("#000000", "#808080")}},
        tmp_path, picture(tmp_path, mask),
    )  # fmt: skip
    assert {name: int(m.sum()) for name, m in drawn(found).items()} == {"cup": 80, "disc": 400}
    assert found.looked_for == {"cup", "disc"}
    assert not found.unknown


@pytest.mark.parametrize(
    ("labels", "names", "looked_for"),
    [
        (
            {"background": 0, "whole": [1, 2, 3], "core": [2, 3], "enhancing": [3]},
            {"whole": (1, 2, 3), "core": (2, 3), "enhancing": (3,)},
            {"whole", "core", "enhancing"},
        ),
        # b borders on what was not annotated, so that its extent is unknown
        ({"background": 0, "a": 1, "b": 3, "ignore": 2}, {"a": (1,)}, {"a", "b"}),
        ({"0": "background", "1": "a", "2": "b", "3": "c"}, {"a": (1,), "b": (2,), "c": (3,)},
         {"a", "b", "c"}),
    ],
)  # fmt: skip
def test_regions_and_ignored_values_of_nnu_net_are_read(
    tmp_path: Path, volume: Image, labels: Any, names: dict[str, tuple[int, ...]], looked_for: Any
) -> None:
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": labels}))
    entry = {"kind": "volume", "file": "seg.nii.gz", "names_file": "dataset.json"}
    found = read(entry, tmp_path, volume)
    there = stored(tmp_path / "seg.nii.gz")
    masks = drawn(found)
    assert masks.keys() == names.keys()
    for name, values in names.items():
        assert np.array_equal(masks[name], np.isin(there, values)), name
    assert found.looked_for == looked_for
    assert found.not_looked_for == (looked_for if "ignore" in labels else frozenset())


@pytest.mark.parametrize(
    ("labels", "match"),
    [
        ({"a": 1, "b": [1]}, "the value 1 has two names"),
        ({"a": [1, 2], "ignore": 2}, "the value 2 is a label and is ignored"),
        ({"a": [0, 2]}, "has the value 0"),
        ({"a": [1, "2"]}, "not one value"),
        ({"a": 1.5}, "not one value"),
    ],
)
def test_a_dataset_json_that_contradicts_itself_is_refused(
    tmp_path: Path, volume: Image, labels: Any, match: str
) -> None:
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": labels}))
    entry = {"kind": "volume", "file": "seg.nii.gz", "names_file": "dataset.json"}
    with pytest.raises(DataFault, match=match):
        read(entry, tmp_path, volume)


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "volume", "names": {1: "a", 2: "b"}, "ignore": (3,)},
        {"kind": "volume", "names": {1: "a", 2: "b"}, "ignore": (-1, 3)},
        {"kind": "colours", "names": {"#010101": "a", "#020202": "b"}, "ignore": ("#030303",)},
    ],
)
def test_a_label_that_may_hide_in_ignored_pixels_is_not_absent(
    tmp_path: Path, entry: dict[str, Any]
) -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[2:8, 2:8] = 1
    for ignored in (True, False):
        mask[2:8, 9:13] = 3 if ignored else 0
        whole = entry | {"file": "mask.png", "exhaustive": True}
        found = read(whole, tmp_path, picture(tmp_path, mask))
        assert drawn(found)["a"].sum() == 36
        assert found.is_unknown("b") == ignored
        assert ("nothing was looked for in 24 pixels" in found.note) == ignored
        labels = TypeAdapter(Labels).validate_python(whole)
        (searched,) = searched_by_entry([labels], [found])
        assert searched.is_absent("b", str.__eq__) != ignored


def test_masks_and_objects_have_ignored_values_too(tmp_path: Path) -> None:
    mask = np.zeros((20, 30), np.uint8)
    mask[2:8, 2:8] = 1
    mask[12:18, 2:8] = 255
    shown = picture(tmp_path, mask)
    for kind in ("masks", "instances"):
        found = read(
            {"kind": kind, "file": "mask.png", "label": "a", "ignore": (255,)}, tmp_path, shown
        )
        assert drawn(found)["a"].sum() == 36
        assert found.not_looked_for == {"a"}


@pytest.mark.parametrize(
    ("entry", "left"),
    [
        ({"kind": "volume", "names": {1: "a", 2: "b"}, "ignore": (3,)}, {"b"}),
        ({"kind": "volume", "names_file": "dataset.json"}, {"b"}),
        (
            {"kind": "colours", "names": {"#010101": "a", "#020202": "b"}, "ignore": ("#030303",)},
            {"b"},
        ),
        # the two objects have one label: the free one stays
        ({"kind": "instances", "label": "a", "ignore": (3,)}, {"a"}),
        ({"kind": "masks", "label": "a", "ignore": (3,)}, set()),
    ],
)
@pytest.mark.parametrize("gap", [0, 1])
def test_what_borders_on_ignored_pixels_has_an_unknown_extent(
    tmp_path: Path, entry: dict[str, Any], left: set[str], gap: int
) -> None:
    """It may go on there, whoever states which values are ignored."""
    (tmp_path / "dataset.json").write_text(json.dumps({"labels": {"a": 1, "b": 2, "ignore": 3}}))
    mask = np.zeros((20, 30), np.uint8)
    mask[2:8, 2:8] = 1
    mask[2:8, 8 + gap : 12] = 3
    if entry["kind"] != "masks":
        mask[12:18, 20:25] = 2
    found = read(entry | {"file": "mask.png"}, tmp_path, picture(tmp_path, mask))
    masks = drawn(found)
    cut = [f.raw for f in found.faults if f.reason == "extent-unknown"]
    if gap:
        assert masks["a"][0, 2:8, 2:8].all()
        assert not cut
    else:
        assert masks.keys() == left
        assert not any(own[0, 2:8, 2:8].any() for own in masks.values())
        assert cut == ["a"]
        assert found.is_unknown("a")


def test_no_outline_is_filled_over_ignored_pixels(tmp_path: Path) -> None:
    mask = np.zeros((60, 60), np.uint8)
    mask[10:50, 10:50] = 1
    mask[12:48, 12:48] = 0
    mask[20:25, 20:25] = 9
    entry = {"kind": "volume", "file": "mask.png", "names": {1: "a"}, "ignore": (9,), "fill": True}
    found = read(entry, tmp_path, picture(tmp_path, mask))
    assert drawn(found)["a"].sum() == 40 * 40 - 25


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
        TypeAdapter(Labels).validate_python(entry)


def test_the_volume_of_the_tests_is_what_nibabel_reads(tmp_path: Path, volume: Image) -> None:
    """The two readers agree on the frame: else the tests above would compare nothing."""
    assert volume.voxels.shape == stored(tmp_path / "seg.nii.gz").shape
    assert np.array_equal(np.asanyarray(nib.load(tmp_path / "seg.nii.gz").dataobj), parts())
    assert AFFINE[0, 0] < 0
