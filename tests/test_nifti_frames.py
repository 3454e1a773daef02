"""NIfTI transforms: two that differ, none at all, and units of length, against nibabel and ITK."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats import nifti
from tests.test_annotations import read
from tests.test_contours import voxels

VOXELS = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
"""(x, y, z)"""
LPS_OF_RAS = np.diag([-1.0, -1, 1, 1])


def saved(path: Path, sform: np.ndarray | None, qform: np.ndarray | None) -> Path:
    image = nib.Nifti1Image(VOXELS, None)
    image.header.set_zooms((2.0, 2.0, 3.0))
    for matrix, put in ((sform, image.set_sform), (qform, image.set_qform)):
        if matrix is None:
            put(np.diag([2.0, 2, 3, 1]), 0)
        else:
            put(matrix, 1)
    nib.save(image, path)
    return path


def stored_at(path: Path, how: Reading, lps: np.ndarray) -> np.ndarray:
    """Return the voxels that our volume has at the places where `lps` puts the stored voxels."""
    image = formats.read(path, how)
    assert image.affine is not None
    mapping = np.linalg.inv(image.affine) @ lps
    index = np.indices(VOXELS.shape).reshape(3, -1)
    x, y, z = np.rint(mapping[:3, :3] @ index + mapping[:3, 3:]).astype(int)
    return image.voxels[z, y, x].reshape(VOXELS.shape)


SFORM = np.diag([-2.0, -2, 3, 1])
QFORM = np.diag([2.0, -2, 3, 1])


@pytest.mark.parametrize(("chosen", "ras"), [("sform", SFORM), ("qform", QFORM)])
def test_the_recipe_chooses_between_transforms(
    tmp_path: Path, chosen: str, ras: np.ndarray
) -> None:
    path = saved(tmp_path / "v.nii.gz", SFORM, QFORM)
    with pytest.raises(DataFault, match="nifti_transform"):
        formats.read(path)
    how = Reading(nifti_transform=chosen)
    assert np.array_equal(stored_at(path, how, LPS_OF_RAS @ ras), VOXELS)
    assert chosen in formats.read(path, how).note


def test_an_sform_without_voxel_sides_gives_way(tmp_path: Path) -> None:
    path = saved(tmp_path / "v.nii.gz", np.eye(4), QFORM)
    assert np.array_equal(stored_at(path, Reading(), LPS_OF_RAS @ QFORM), VOXELS)
    assert formats.read(path).spacing_mm == (3.0, 2.0, 2.0)
    assert "qform is taken" in formats.read(path).note


def test_without_codes_nibabels_frame_is_taken_and_named(tmp_path: Path) -> None:
    path = saved(tmp_path / "v.nii.gz", None, None)
    theirs = LPS_OF_RAS @ nib.load(path).affine
    image = formats.read(path)
    assert np.array_equal(stored_at(path, Reading(), theirs), VOXELS)
    assert "to the left, y to the front" in image.note
    assert formats.read(path, Reading(nifti_transform="las")).note == image.note


def test_without_codes_itks_frame_can_be_chosen(tmp_path: Path) -> None:
    path = saved(tmp_path / "v.nii.gz", None, None)
    how = Reading(nifti_transform="lps")
    theirs = sitk.GetArrayFromImage(sitk.ReadImage(str(path)))
    assert np.array_equal(formats.read(path, how).voxels, theirs)
    assert "y to the back" in formats.read(path, how).note


@pytest.mark.parametrize("itk_first", [False, True])
def test_labels_of_itk_beside_an_image_without_codes(tmp_path: Path, itk_first: bool) -> None:
    """ITK reads the image, and writes labels with the transform that it took."""
    plain = saved(tmp_path / "plain.nii.gz", None, None)
    image = sitk.ReadImage(str(plain))
    written = sitk.GetImageFromArray((sitk.GetArrayFromImage(image) % 3 == 1).astype(np.uint8))
    written.CopyInformation(image)
    sitk.WriteImage(written, str(tmp_path / "itk.mha"))
    labels = nib.Nifti1Image((VOXELS % 3 == 1).astype(np.uint8), None)
    labels.header.set_zooms((2.0, 2.0, 3.0))
    nib.save(labels, tmp_path / "nib.nii.gz")
    sitk.WriteImage(image, str(tmp_path / "image.mha"))
    picture = formats.read(tmp_path / "image.mha" if itk_first else plain)
    file = "nib.nii.gz" if itk_first else "itk.mha"
    found = read({"kind": "volume", "file": file, "names": {1: "liver"}}, tmp_path, picture)
    assert np.array_equal(found.layers[0].voxels == 1, picture.voxels % 3 == 1)
    assert "voxel by voxel" in found.note


@pytest.mark.parametrize(
    ("unit", "millimetres"), [("meter", 1000.0), ("mm", 1.0), ("micron", 1e-3)]
)
def test_units_of_length(tmp_path: Path, unit: str, millimetres: float) -> None:
    """ITK scales by xyzt_units, too; nibabel does not."""
    image = nib.Nifti1Image(VOXELS, np.diag([*(np.array([-2.0, -2, 3]) / millimetres), 1]))
    image.header.set_xyzt_units(xyz=unit)
    nib.save(image, tmp_path / "v.nii.gz")
    ours = formats.read(tmp_path / "v.nii.gz")
    assert np.allclose(ours.spacing_mm, [3, 2, 2])
    theirs = sitk.ReadImage(str(tmp_path / "v.nii.gz"))
    assert np.allclose(ours.spacing_mm[::-1], theirs.GetSpacing())


def test_labels_in_another_unit_lie_on_their_image(tmp_path: Path) -> None:
    for name, unit in (("image", "micron"), ("labels", "unknown")):
        stored = nib.Nifti1Image((VOXELS % 3).astype(np.uint8), np.diag([-2.0, -2, 3, 1]))
        stored.header.set_xyzt_units(xyz=unit)
        nib.save(stored, tmp_path / f"{name}.nii.gz")
    entry = {"kind": "volume", "file": "labels.nii.gz", "names": {1: "a", 2: "b"}}
    picture = formats.read(tmp_path / "image.nii.gz")
    found = read(entry, tmp_path, picture)
    assert np.array_equal(found.layers[0].voxels, picture.voxels)
    assert "unit of length" in found.note


def test_parts_of_a_file_with_two_transforms_are_listed(tmp_path: Path) -> None:
    path = saved(tmp_path / "v.nii.gz", SFORM, QFORM)
    assert nifti.parts([path]) == []


@pytest.mark.parametrize("framed", ["image", "labels"])
@pytest.mark.parametrize(
    ("axes", "is_paired"), [("LAS", True), ("LPS", False), ("RAS", False), ("LAI", False)]
)
def test_an_assumed_orientation_mirrors_no_labels(
    tmp_path: Path, framed: str, axes: str, is_paired: bool
) -> None:
    """A grid around the origin has the corners of nibabel's assumption, LAS, whichever way it runs.

    The labels were laid onto the image mirrored front to back.
    """
    signs = [1 if letter in "RAS" else -1 for letter in axes]
    affine = np.diag([*(np.array(signs) * [2.0, 2.0, 3.0]), 1])
    affine[:3, 3] = -affine[:3, :3] @ (np.array(VOXELS.shape) - 1) / 2
    stored = (VOXELS % 3).astype(np.uint8)
    for name in ("image", "labels"):
        file = nib.Nifti1Image(stored, affine)
        file.set_sform(affine, 1 if name == framed else 0)
        file.set_qform(affine, 1 if name == framed else 0)
        nib.save(file, tmp_path / f"{name}.nii.gz")
    entry = {"kind": "volume", "file": "labels.nii.gz", "names": {1: "a", 2: "b"}}
    image = formats.read(tmp_path / "image.nii.gz")
    if is_paired:
        shapes = voxels(read(entry, tmp_path, image, name="image.nii.gz"))
        assert np.array_equal(shapes["a"], image.voxels == 1)
        assert np.array_equal(shapes["b"], image.voxels == 2)
        return
    with pytest.raises(DataFault, match="does not state its orientation") as fault:
        read(entry, tmp_path, image, name="image.nii.gz")
    assert fault.value.reason == "grid-mismatch"
