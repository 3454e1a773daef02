"""An array and a volume with directions of axes are paired only if reading turned neither."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from tests.test_annotations import read
from tests.test_contours import voxels
from tests.test_formats import write_dicom

VALUES = np.zeros((6, 6, 6), np.uint8)
"""x, y, z: a cube, so that every order of axes has its shape."""
VALUES[1:3, 0:4, 2:5] = 1
ENTRY = {"kind": "volume", "file": "labels.npy", "names": {1: "liver"}}


def nifti(path: Path, axes: str) -> Path:
    """Write the values with axes that run as the letters say, of RAS."""
    affine = np.diag([2.0 if letter in "RAS" else -2.0 for letter in axes] + [1.0])
    nib.save(nib.Nifti1Image(VALUES, affine), path)
    return path


@pytest.mark.parametrize("axes", ["LPS", "RAS", "LAS"])
def test_an_array_beside_a_volume_with_directions(tmp_path: Path, axes: str) -> None:
    """The volume is turned to LPS when it is read, and the array is not."""
    image = formats.read(nifti(tmp_path / "image.nii", axes))
    np.save(tmp_path / "labels.npy", VALUES.T)
    with pytest.raises(DataFault, match="its slices state no position") as fault:
        read(ENTRY, tmp_path, image, name="image.nii")
    assert fault.value.reason == "grid-mismatch"


def test_a_series_of_dicom_has_an_order_of_its_own(tmp_path: Path) -> None:
    series = write_dicom(tmp_path, VALUES.astype(int), np.diag([2.0, 2, 2, 1]))
    np.save(tmp_path / "labels.npy", VALUES.T)
    with pytest.raises(DataFault, match="its slices state no position"):
        read(ENTRY, tmp_path, formats.read(series), name=series.relative_to(tmp_path).as_posix())


@pytest.mark.parametrize(("axes", "is_paired"), [("LPS", True), ("RAS", False)])
def test_labels_with_directions_beside_an_array(tmp_path: Path, axes: str, is_paired: bool) -> None:
    np.save(tmp_path / "image.npy", VALUES.T)
    nifti(tmp_path / "labels.nii", axes)
    entry = {**ENTRY, "file": "labels.nii"}
    for how in (Reading(), Reading(stack=True, spacing_mm=(2.0, 2.0, 2.0))):
        image = formats.read(tmp_path / "image.npy", how)
        if is_paired:
            found = voxels(read(entry, tmp_path, image, name="image.npy"))
            assert np.array_equal(found["liver"], image.voxels == 1)
            continue
        with pytest.raises(DataFault, match="the image states no directions"):
            read(entry, tmp_path, image, name="image.npy")


def test_two_arrays_are_paired_as_they_are_stored(tmp_path: Path) -> None:
    for name in ("image", "labels"):
        np.save(tmp_path / f"{name}.npy", VALUES.T)
    image = formats.read(tmp_path / "image.npy", Reading(stack=True, spacing_mm=(2.0, 2.0, 2.0)))
    found = voxels(read(ENTRY, tmp_path, image, name="image.npy"))
    assert np.array_equal(found["liver"], image.voxels == 1)
