"""Which edge of a picture is which side of the patient, and where nobody knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from benchsmith.core.contracts import Image, Reading
from benchsmith.core.model import PLANAR, Box
from benchsmith.documents.benchmark import Margins
from benchsmith.formats import metaimage, mgh, nifti, nrrd
from benchsmith.imaging.patient_directions import body_centre, directions
from benchsmith.skills import laterality
from benchsmith.skills.contract import Scene, Seen, Unclear

VOLUME = Image(np.zeros((2, 3, 4), np.int16), np.eye(4), planar=False)


@pytest.mark.parametrize(
    ("axis", "left", "top"),
    [("axial", "right", "front"), ("coronal", "right", "head"), ("sagittal", "front", "head")],
)
def test_a_plane_begins_where_a_radiologist_expects(axis: str, left: str, top: str) -> None:
    assert directions(VOLUME, axis) == (left, top)


@pytest.mark.parametrize(
    "change",
    [{"oriented": False}, {"sided": False}, {"affine": None}, {"other_affine": np.eye(4)}],
)
def test_what_the_file_does_not_state_is_unknown(change: dict[str, object]) -> None:
    assert directions(replace(VOLUME, **change), "axial") == ("", "")  # type: ignore[arg-type]


def test_a_single_slice_has_the_directions_of_its_header() -> None:
    place = np.eye(4)
    place[:3, :3] = [[0, 0, 1], [1, 0, 0], [0, -1, 0]]  # columns run to the back, rows to the feet
    one = Image(np.zeros((1, 3, 4), np.int16), None, planar=True, place=place)
    assert directions(one, PLANAR) == ("front", "head")
    turned = place.copy()
    turned[:3, 0] = [0.7, 0.7, 0]
    assert directions(replace(one, place=turned), PLANAR).left == ""
    assert directions(replace(one, place=None), PLANAR) == ("", "")


def test_readers_tell_which_headers_state_no_directions(tmp_path: Path) -> None:
    image = sitk.GetImageFromArray(np.zeros((2, 3, 4), np.int16))
    read = {}
    for name, reader in (("a.nii", nifti), ("a.mha", metaimage), ("a.nrrd", nrrd)):
        sitk.WriteImage(image, str(tmp_path / name))
        read[name] = reader.read([tmp_path / name], Reading())  # type: ignore[attr-defined]
        assert directions(read[name], "axial") == ("right", "front"), name
    for name, cut in (("a.mha", b"TransformMatrix"), ("a.nrrd", b"space")):
        lines = (tmp_path / name).read_bytes().split(b"\n", 30)
        kept = [line for line in lines if not line.startswith(cut)]
        (tmp_path / name).write_bytes(b"\n".join(kept))
        reader = {"a.mha": metaimage, "a.nrrd": nrrd}[name]
        found = reader.read([tmp_path / name], Reading())
        assert directions(found, "axial") == ("", ""), name
    header = bytearray((tmp_path / "a.nii").read_bytes())
    header[252:256] = bytes(4)  # qform_code and sform_code
    (tmp_path / "a.nii").write_bytes(header)
    assert directions(nifti.read([tmp_path / "a.nii"], Reading()), "axial") == ("", "")
    packed = mgh.HEADER.pack(1, 4, 3, 2, 1, 4, 0, 0, *[0.0] * 15)
    (tmp_path / "a.mgh").write_bytes(packed.ljust(mgh.DATA_START, b"\0") + bytes(48))
    assert directions(mgh.read([tmp_path / "a.mgh"], Reading()), "coronal") == ("", "")


def test_the_middle_of_a_body_is_found_unless_a_side_is_cut() -> None:
    grey = np.zeros((60, 100), np.uint8)
    grey[10:50, 20:80] = 90
    grey[55:58, 0:100] = 120  # a table under it
    assert body_centre(grey) == (50, 30)
    grey[0:11, 40:50] = 90  # cut off at the top
    assert body_centre(grey) == (50, None)
    grey[20:30, 80:100] = 90
    assert body_centre(grey) is None
    assert body_centre(np.zeros((9, 9), np.uint8)) is None
    assert body_centre(np.zeros((9, 9, 3), np.uint8)) is None


def _scene(**changes: object) -> Scene:
    one = Seen(
        label="kidney", shown=None, box=Box(x0=10, y0=10, x1=30, y1=30), area=300.0, share=0.03,  # type: ignore[arg-type]
        whole=1.0, contrast=2.0, grey=90.0,
    )  # fmt: skip
    scene = Scene(
        anchor=None, size=(100, 100), pixel=(1.0, 1.0), unit="mm", structures=(one,),  # type: ignore[arg-type]
        left_is="right", top_is="front", middle=50.0,
    )  # fmt: skip
    return replace(scene, **changes)  # type: ignore[arg-type]


def _patient(scene: Scene) -> object:
    found = [f for f in laterality.drafts(scene, Margins()) if getattr(f, "kind", "") != "picture"]
    (one,) = found
    return one


def test_a_side_is_asked_only_where_it_is_known_and_clear() -> None:
    assert getattr(_patient(_scene()), "key") == "patient:right"  # noqa: B009
    assert getattr(_patient(_scene(left_is="left")), "key") == "patient:left"  # noqa: B009
    own = _scene().structures[0]
    for scene, why in (
        (_scene(left_is=""), "does not state which side"),
        (_scene(left_is="front"), "does not state which side"),
        (_scene(middle=None), "middle is not known"),
        (_scene(middle=32.0), "from the middle of the body"),
        (
            _scene(structures=(replace(own, stated_sides=frozenset({"left"})),)),
            "a side other than right",
        ),
    ):
        found = _patient(scene)
        assert isinstance(found, Unclear) and found.reason == "side-unclear" and why in found.detail
    agreed = _scene(structures=(replace(own, stated_sides=frozenset({"right"})),))
    assert getattr(_patient(agreed), "key") == "patient:right"  # noqa: B009
