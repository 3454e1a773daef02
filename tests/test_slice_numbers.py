"""Masks of slices are paired with pictures by number, and refused where their numbers contradict."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import PIL.Image
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.made_stacks import KNOWN, VOXELS, folder, label_stack
from tests.test_annotations import read
from tests.test_formats import write_dicom


def test_masks_with_another_gap_than_their_pictures_are_refused(tmp_path: Path) -> None:
    image = formats.read(folder(tmp_path / "a", VOXELS), KNOWN)
    path = folder(tmp_path / "g", label_stack())
    (path / "s11.png").rename(path / "s14.png")
    entry = {"kind": "volume", "file": "g/", "names": {63: "liver"}}
    with pytest.raises(DataFault, match="different gaps") as caught:
        read(entry, tmp_path, image, name="a")
    assert caught.value.reason == "series-gap"


@pytest.mark.parametrize(
    ("slices", "masks", "is_paired"),
    [
        (("s{}.png", 1), ("s{}.png", 1), True),
        (("s{}.png", 1), ("m_{}.png", 1), True),
        (("s{}.png", 1), ("m_{}.png", 101), True),
        (("s{}.png", 3), ("s{}.png", 1), False),
        (("s{}.png", 1), ("s{}.png", 3), False),
        (("s{}.png", 3), ("m_{}.png", 1), False),
        (("s{}.png", 0), ("m_{}.png", 1), False),
        (("p7_s{}_b.png", 3), ("p8_s{}_b.png", 1), False),
    ],
)
@pytest.mark.parametrize("kind", ["volume", "masks"])
def test_masks_whose_numbers_are_those_of_other_slices_are_refused(
    tmp_path: Path, slices: tuple[str, int], masks: tuple[str, int], is_paired: bool, kind: str
) -> None:
    """Each mask would be paired by its order with a slice of another number."""
    for name, voxels, (form, first) in (("a", VOXELS, slices), ("g", label_stack(), masks)):
        for k, one in enumerate(voxels):
            (tmp_path / name).mkdir(exist_ok=True)
            PIL.Image.fromarray(one).save(tmp_path / name / form.format(k + first))
    image = formats.read(tmp_path / "a", KNOWN)
    named = {"names": {63: "liver"}} if kind == "volume" else {"label": "liver"}
    entry = {"kind": kind, "file": "g/", **named}
    if is_paired:
        (layer,) = read(entry, tmp_path, image, name="a").layers
        assert np.array_equal(layer.voxels > 0, label_stack() > 0)
        return
    shown = masks[0].format(masks[1]), slices[0].format(slices[1])
    what = f"masks '{shown[0]}' to .* slices '{shown[1]}' to "
    if kind == "masks":
        found = read(entry, tmp_path, image, name="a")
        (fault,) = found.faults
        assert not found.layers and fault.reason == "series-gap"
        assert re.search(what, fault.detail)
        return
    with pytest.raises(DataFault, match=what) as caught:
        read(entry, tmp_path, image, name="a")
    assert caught.value.reason == "series-gap"


@pytest.mark.parametrize(
    ("name", "first", "is_paired"),
    [
        ("liver_{}.png", 0, True),
        ("liver_{}.png", 4, False),
        ("{}.png", 0, False),
        ("{}.png", 101, True),
    ],
)
def test_numbers_of_masks_do_not_contradict_those_of_a_series(
    tmp_path: Path, name: str, first: int, is_paired: bool
) -> None:
    """The series' files are 1 to 12: another program may count its masks from 0."""
    series = write_dicom(tmp_path, np.zeros((24, 20, 12), int), np.diag([1.0, 1, 2, 1]))
    assert sorted(int(p.stem) for p in series.iterdir()) == list(range(1, 13))
    (tmp_path / "g").mkdir()
    for k, one in enumerate(label_stack()):
        PIL.Image.fromarray(one).save(tmp_path / "g" / name.format(k + first))
    entry = {"kind": "volume", "file": "g/", "names": {63: "liver"}}
    image = formats.read(series)
    if is_paired:
        (layer,) = read(entry, tmp_path, image, name="series").layers
        assert (layer.voxels > 0).sum() == (label_stack() > 0).sum()
        return
    with pytest.raises(DataFault, match="share some numbers") as caught:
        read(entry, tmp_path, image, name="series")
    assert caught.value.reason == "series-gap"


def test_names_that_do_not_follow_the_slices_pair_nothing(tmp_path: Path) -> None:
    """Files named by their UIDs: the order of their names says nothing, unless instance numbers do."""
    series = write_dicom(tmp_path, np.zeros((24, 20, 12), int), np.diag([1.0, 1, 2, 1]))
    folder(tmp_path / "g", label_stack())
    files = sorted(series.iterdir())
    for number, path in enumerate(files):
        path.rename(series / f"1.2.{number * 7 % 12}.dcm")
    entry = {"kind": "volume", "file": "g/", "names": {63: "liver"}}
    with pytest.raises(DataFault, match="do not follow the order of its slices"):
        read(entry, tmp_path, formats.read(series), name="series")
    for path in series.iterdir():
        data = pydicom.dcmread(path)
        data.InstanceNumber = int(path.stem.split(".")[2]) + 1
        data.save_as(path)
    found = read(entry, tmp_path, formats.read(series), name="series")
    marked = found.layers[0].voxels.any(axis=(1, 2))
    places = {int(pydicom.dcmread(p).InstanceNumber): float(pydicom.dcmread(p).ImagePositionPatient[2])
              for p in series.iterdir()}  # fmt: skip
    expected = {places[k + 1] / 2 for k in range(2, 11)}
    assert set(np.flatnonzero(marked).tolist()) == expected
