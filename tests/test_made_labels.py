"""Labels that are made of others, and values that are ignored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchsmith.core.contracts import DataFault, Image
from benchsmith.stages.absent_marks import searched_by_entry
from tests.label_entries import parsed
from tests.made_label_files import drawn, parts, stored, volume
from tests.test_annotations import picture, read, save

__all__ = ["volume"]


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
        ({"a": [1, 2], "ignore": 2}, "the value 2 is both a label and in `ignore`"),
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
        assert ("24 pixels were not annotated" in found.note) == ignored
        labels = parsed(whole)
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
