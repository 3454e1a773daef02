"""Sizes of voxels that a header does not state are unknown, and impossible ones are refused."""

from __future__ import annotations

import struct
from pathlib import Path

import nibabel as nib
import numpy as np
import PIL.Image
import pytest
import SimpleITK as sitk

from benchsmith import formats
from benchsmith.annotations.label_grid import onto
from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats.mgh import HEADER
from tests.test_ingest import run

VOXELS = np.arange(4 * 5 * 6, dtype="<i2").reshape(4, 5, 6) * 7 % 113
"""(z, y, x)."""


def metaimage(path: Path, more: str, voxels: np.ndarray = VOXELS) -> Path:
    size = " ".join(map(str, voxels.shape[::-1]))
    kind = {"<i2": "MET_SHORT", "|u1": "MET_UCHAR"}[voxels.dtype.str]
    head = f"ObjectType = Image\nNDims = {voxels.ndim}\nBinaryData = True\nDimSize = {size}\n"
    text = f"{head}{more}ElementType = {kind}\nElementDataFile = LOCAL\n"
    path.write_bytes(text.encode() + voxels.tobytes())
    return path


def mgh(path: Path, flag: int) -> Path:
    """Write a volume with sides of 2, 3 and 4 mm along x, y and z of RAS."""
    z, y, x = VOXELS.shape
    numbers = (2, 3, 4, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0)
    head = HEADER.pack(1, x, y, z, 1, 4, 0, flag, *numbers)
    path.write_bytes(head.ljust(284, b"\0") + VOXELS.astype(">i2").tobytes())
    return path


def unsized(image: Image) -> bool:
    return image.spacing_mm == () and not image.oriented and np.array_equal(image.voxels, VOXELS)


TURNED = "TransformMatrix = -1 0 0 0 -1 0 0 0 1\n"


@pytest.mark.parametrize("more", ["", TURNED, "Offset = 1 2 3\n"])
def test_metaimage_without_a_spacing_has_none(tmp_path: Path, more: str) -> None:
    """ITK reads 1 mm; then structures had areas in mm²."""
    path = metaimage(tmp_path / "a.mha", more)
    assert unsized(formats.read(path))
    assert sitk.ReadImage(str(path)).GetSpacing() == (1, 1, 1)
    sized = formats.read(metaimage(path, f"{more}ElementSize = 1 1 1\n"))
    assert sized.spacing_mm == (1, 1, 1)
    assert np.array_equal(sized.voxels, VOXELS[:, ::-1, ::-1] if more == TURNED else VOXELS)


def test_a_picture_of_metaimage_without_a_spacing_has_none(tmp_path: Path) -> None:
    image = formats.read(metaimage(tmp_path / "a.mha", "", VOXELS[0]))
    assert image.planar and image.spacing_mm == ()
    assert np.array_equal(image.voxels, VOXELS[:1])


@pytest.mark.parametrize("flag", [-1, 0, 1])
def test_mgh_without_its_flag_has_no_size(tmp_path: Path, flag: int) -> None:
    image = formats.read(mgh(tmp_path / "a.mgh", flag))
    if flag > 0:
        assert image.spacing_mm == (4, 3, 2)
        assert np.array_equal(image.voxels, VOXELS[:, ::-1, ::-1])
    else:
        assert unsized(image)


def test_nrrd_without_sizes_has_none(tmp_path: Path) -> None:
    head = "NRRD0004\ntype: short\ndimension: 3\nsizes: 6 5 4\nendian: little\nencoding: raw\n"
    for more in ("", "space: left-posterior-superior\n", 'units: "mm" "mm" "mm"\n'):
        (tmp_path / "a.nrrd").write_bytes(f"{head}{more}\n".encode() + VOXELS.tobytes())
        assert unsized(formats.read(tmp_path / "a.nrrd"))


@pytest.mark.parametrize("ending", ["png", "jpg", "tif", "bmp"])
def test_dots_per_inch_are_no_size(tmp_path: Path, ending: str) -> None:
    """They say how large to print, 72 or 300 whatever is shown."""
    path = tmp_path / f"a.{ending}"
    PIL.Image.fromarray(np.arange(64, dtype=np.uint8).reshape(8, 8)).save(path, dpi=(300, 300))
    assert formats.read(path).spacing_mm == ()


def test_what_has_no_size_is_not_measured_in_millimetres(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    grey = (np.indices((8, 24, 24)).sum(axis=0) * 5 % 251).astype("<i2")
    mask = np.zeros((8, 24, 24), np.uint8)
    mask[2:6, 6:16, 5:15] = 1
    entry = '  - images: "{key}.mha"\n    modality: ct\n    labels: [{kind: volume, file: "{key}_l.mha", names: {1: liver}}]\n'
    entry = entry.replace('"{key}.mha"', '"i{key}.mha"').replace('"{key}_l', '"l{key}')
    for more, area in (("", None), ("ElementSpacing = 2 3 4\n", 600.0)):
        metaimage(tmp_path / "data/i1.mha", more, grey)
        metaimage(tmp_path / "data/l1.mha", more, mask)
        found, rejected, samples = run(tmp_path, entry, axes=("axial",))
        assert not rejected
        assert {(f.area_px, f.area_mm2) for f in found} == {(100, area)}
        assert [s.spacing_mm for s in samples] == [(4.0, 3.0, 2.0) if more else ()]


def test_labels_without_a_size_lie_where_their_header_says(tmp_path: Path) -> None:
    """Both are read as stored, and axes that run otherwise would mirror the labels."""
    image = formats.read(metaimage(tmp_path / "a.mha", ""))
    labels = (VOXELS % 3).astype(np.uint8)
    same = metaimage(tmp_path / "b.mha", "", labels)
    assert np.array_equal(onto(image, formats.read_labels(same), same, "same").voxels, labels)
    turned = metaimage(tmp_path / "c.mha", TURNED, labels)
    with pytest.raises(DataFault, match="beside those of the image"):
        onto(image, formats.read_labels(turned), turned, "same")


@pytest.mark.parametrize(
    ("key", "value", "sound"),
    [
        ("Slope", "1", True), ("Offset", "0.0", True), ("Slope", "2", False),
        ("Offset", "-1024", False), ("Offset", "x", False),
    ],
)  # fmt: skip
def test_stored_values_that_stand_for_others_are_refused(
    tmp_path: Path, key: str, value: str, sound: bool
) -> None:
    """By the header they are scaled, and ITK, which most programs read by, does not scale them."""
    name = f"ElementToIntensityFunction{key}"
    path = metaimage(tmp_path / "a.mha", f"ElementSpacing = 1 1 1\n{name} = {value}\n")
    if sound:
        assert np.array_equal(formats.read(path).voxels, VOXELS)
    else:
        with pytest.raises(DataFault, match=name):
            formats.read(path)
    theirs = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    assert np.array_equal(theirs, VOXELS)


def nifti(path: Path, unit: str, sides: tuple[float, ...]) -> Path:
    image = nib.Nifti1Image(VOXELS.T, np.diag([-sides[0], -sides[1], sides[2], 1]))
    image.header.set_xyzt_units(xyz=unit)
    nib.save(image, path)
    return path


@pytest.mark.parametrize(
    ("unit", "sides", "family", "sound"),
    [
        ("mm", (0.7, 0.7, 5), "ct", True),
        ("micron", (0.7, 0.7, 5), "ct", False),
        ("micron", (0.7, 0.7, 5), "", True),  # microscopy
        ("micron", (700, 700, 5000), "ct", True),
        ("meter", (0.0007, 0.0007, 0.005), "mri", True),
        ("meter", (0.7, 0.7, 0.8), "ct", False),
        ("meter", (0.7, 0.7, 0.8), "", False),
        ("unknown", (0.7, 0.7, 5), "ct", True),
        ("unknown", (700, 700, 900), "ct", False),
    ],
)
def test_voxels_of_no_body_are_refused_unless_the_recipe_states_the_unit(
    tmp_path: Path, unit: str, sides: tuple[float, float, float], family: str, sound: bool
) -> None:
    path = nifti(tmp_path / "a.nii", unit, sides)
    millimetres = {"meter": 1000.0, "micron": 0.001}.get(unit, 1.0)
    if sound:
        image = formats.read(path, Reading(family=family))
        assert np.allclose(image.spacing_mm, np.array(sides[::-1]) * millimetres)
    else:
        with pytest.raises(DataFault, match="`length_unit` in the recipe") as caught:
            formats.read(path, Reading(family=family))
        assert caught.value.reason == "spacing"
        for name, factor in (("mm", 1.0), ("um", 0.001)):
            image = formats.read(path, Reading(family=family, length_unit=name))
            assert np.allclose(image.spacing_mm, np.array(sides[::-1]) * factor)


def test_the_unit_of_a_recipe_holds_for_image_and_labels(tmp_path: Path) -> None:
    """A header in micrometres beside numbers in millimetres, and labels that state no unit."""
    (tmp_path / "data").mkdir()
    grey = (np.indices((24, 24, 8)).sum(axis=0) * 5 % 251).astype(np.int16)
    mask = np.zeros((24, 24, 8), np.uint8)
    mask[5:15, 6:16, 2:6] = 1
    for name, voxels, unit in (("i1", grey, "micron"), ("l1", mask, "unknown")):
        image = nib.Nifti1Image(voxels, np.diag([-2.0, -3, 4, 1]))
        image.header.set_xyzt_units(xyz=unit)
        nib.save(image, tmp_path / f"data/{name}.nii")
    entry = '  - images: "i{key}.nii"\n    modality: ct\n    length_unit: mm\n    labels: [{kind: volume, file: "l{key}.nii", names: {1: liver}}]\n'
    found, rejected, samples = run(tmp_path, entry, axes=("axial",))
    assert not rejected
    assert {f.area_mm2 for f in found} == {600.0}
    assert [s.spacing_mm for s in samples] == [(4.0, 3.0, 2.0)]


@pytest.mark.parametrize(("unit", "factor"), [("cm", 10.0), ("um", 0.001)])
def test_every_format_takes_the_unit_of_the_recipe(
    tmp_path: Path, unit: str, factor: float
) -> None:
    how = Reading(length_unit=unit)
    head = "ElementSpacing = 0.02 0.03 0.04\n"
    nrrd = "NRRD0004\ntype: short\ndimension: 3\nsizes: 6 5 4\nendian: little\nencoding: raw\n"
    nrrd += 'spacings: 0.02 0.03 0.04\nunits: "mm" "mm" "mm"\n\n'
    (tmp_path / "a.nrrd").write_bytes(nrrd.encode() + VOXELS.tobytes())
    for path in (
        metaimage(tmp_path / "a.mha", head), metaimage(tmp_path / "b.mha", f"{head}DistanceUnits = um\n"),
        tmp_path / "a.nrrd", nifti(tmp_path / "a.nii", "micron", (0.02, 0.03, 0.04)),
    ):  # fmt: skip
        assert np.allclose(
            formats.read(path, how).spacing_mm, np.array([0.04, 0.03, 0.02]) * factor
        )
    two = formats.read(mgh(tmp_path / "a.mgh", 1), how)
    assert np.allclose(two.spacing_mm, np.array([4, 3, 2]) * factor)


def test_the_header_of_mgh_has_the_size_that_freesurfer_documents() -> None:
    assert HEADER.size == struct.calcsize(">7i h 15f") == 90
