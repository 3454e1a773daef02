"""Units, names and lossy compression that a label file states are compared with what is read from it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import PIL.Image
import pytest
import tifffile

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_annotations import read
from tests.test_contours import voxels
from tests.test_unread_statements import picture


@pytest.mark.parametrize(
    ("units", "scale"),
    [("mm", 1.0), ("m", 1000.0), ("um", 0.001), ("\u00b5m", 0.001), ("in", None)],
)
def test_units_of_nrrd_are_those_of_its_place(
    tmp_path: Path, units: str, scale: float | None
) -> None:
    path = tmp_path / "a.nrrd"
    # voxels of metres are refused as too large
    x, y, z, *origin = (n / 1000 if units == "m" else n for n in (2, 3, 5, 1, 2, 3))
    head = (
        "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 3 2\n"
        f"space directions: ({x},0,0) (0,{y},0) (0,0,{z})\nencoding: raw\n"
        f"space origin: ({','.join(map(str, origin))})\n"
        f'space units: "{units}" "{units}" "{units}"\n\n'
    )
    path.write_bytes(head.encode() + bytes(range(24)))
    if scale is None:
        with pytest.raises(DataFault, match="its space units are in in in"):
            formats.read(path)
    else:
        affine = formats.read(path).affine
        assert affine is not None
        assert np.allclose(affine[:3], np.c_[np.diag([x, y, z]), origin] * scale)


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [("Liver", "Spleen", False), ("spleen", "liver", True), ("Segment_1", "Segment_2", False)],
)
def test_names_of_segments_do_not_contradict_the_recipe(
    tmp_path: Path, first: str, second: str, refused: bool
) -> None:
    """3D Slicer numbers segments in the order in which they were made."""
    head = (
        "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 3 2\n"
        "space directions: (2,0,0) (0,3,0) (0,0,5)\nencoding: raw\nspace origin: (1,2,3)\n"
    )
    (tmp_path / "a.nrrd").write_bytes(f"{head}\n".encode() + bytes(range(24)))
    for number, name in enumerate((first, second)):
        head += f"Segment{number}_Name:={name}\nSegment{number}_LabelValue:={number + 1}\n"
    marked = bytes([0, 1, 2, 2] * 6)
    (tmp_path / "m.seg.nrrd").write_bytes(f"{head}\n".encode() + marked)
    entry = {"kind": "volume", "file": "m.seg.nrrd", "names": {1: "liver", 2: "spleen"}}
    image = formats.read(tmp_path / "a.nrrd")
    if refused:
        with pytest.raises(DataFault, match="names the value 1 'spleen', the recipe 'liver'"):
            read(entry, tmp_path, image, name="a.nrrd")
    else:
        answer = read(entry, tmp_path, image, name="a.nrrd")
        assert {k: int(v.sum()) for k, v in voxels(answer).items()} == {"liver": 6, "spleen": 12}
        assert not answer.faults


@pytest.mark.parametrize(
    ("own", "same"),
    [
        ("LIVER", True),
        ("liver segmentation", True),
        ("Segment_1", True),
        ("label 1", True),
        ("1", True),
        ("Tumor", False),
        ("liver tumor", False),
        ("left liver", False),
        ("Leber", False),
        ("liver\nSegment1_Name:=Mass\nSegment1_LabelValue:=1", False),
    ],
)
def test_a_segment_with_another_name_is_unknown(tmp_path: Path, own: str, same: bool) -> None:
    head = (
        "NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\nsizes: 4 3 2\n"
        "space directions: (2,0,0) (0,3,0) (0,0,5)\nencoding: raw\nspace origin: (1,2,3)\n"
    )
    (tmp_path / "a.nrrd").write_bytes(f"{head}\n".encode() + bytes(range(24)))
    head += f"Segment0_Name:={own}\nSegment0_LabelValue:=1\n"
    (tmp_path / "m.seg.nrrd").write_bytes(f"{head}\n".encode() + bytes([0, 1, 2, 2] * 6))
    entry = {"kind": "volume", "file": "m.seg.nrrd", "names": {1: "liver", 2: "spleen"}}
    image = formats.read(tmp_path / "a.nrrd")
    answer = read(entry, tmp_path, image, name="a.nrrd")
    assert set(voxels(answer)) == ({"liver", "spleen"} if same else {"spleen"})
    assert answer.is_unknown("liver") != same and not answer.is_unknown("spleen")
    assert [f.reason for f in answer.faults] == ([] if same else ["names-differ"])
    ignored = read({**entry, "segment_names": "ignore"}, tmp_path, image, name="a.nrrd")
    assert set(voxels(ignored)) == {"liver", "spleen"}


def test_masks_whose_values_are_not_what_was_drawn(tmp_path: Path) -> None:
    image = picture(tmp_path)
    values = np.zeros((60, 80), np.uint8)
    values[10:30, 20:50], values[40:50, 60:70] = 50, 100
    PIL.Image.fromarray(values).save(tmp_path / "lossy.webp", quality=60)
    PIL.Image.fromarray(values).save(tmp_path / "exact.webp", lossless=True)
    tifffile.imwrite(tmp_path / "white.tif", values > 0, photometric="miniswhite")
    deep = np.zeros((60, 80, 3), np.uint16)
    deep[10:30, 20:50, 0] = 255
    tifffile.imwrite(tmp_path / "low.tif", deep, photometric="rgb")
    tifffile.imwrite(tmp_path / "deep.tif", deep * 257, photometric="rgb")
    volume = {"kind": "volume", "names": {50: "liver", 100: "spleen"}}
    colours = {"kind": "colours", "names": {"#ff0000": "liver"}}
    white = {"kind": "volume", "names": {1: "liver"}}
    for entry, file in ((volume, "exact.webp"), (colours, "deep.tif")):
        answer = read({**entry, "file": file}, tmp_path, image)
        assert np.array_equal(voxels(answer)["liver"][0], values == 50)
    for entry, file, reason in (
        (volume, "lossy.webp", "labels-lossy"),
        (white, "white.tif", "header"),
        (colours, "low.tif", "value-without-name"),
    ):
        with pytest.raises(DataFault) as fault:
            read({**entry, "file": file}, tmp_path, image)
        assert fault.value.reason == reason
