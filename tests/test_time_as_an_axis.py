"""Films that are stored as volumes: refused, unless the recipe or the header says what the third axis is."""

from __future__ import annotations

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import SimpleITK as sitk

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.formats.third_axis import IN_TIME
from benchsmith.imaging.dicom.modality_families import FAMILIES

FILM = (np.arange(9 * 8 * 7).reshape(9, 8, 7) * 31 % 251).astype(np.uint8)
"""(time, rows, columns)."""
VOLUMES = sorted(FAMILIES.keys() - IN_TIME)


def nifti(path: Path, stored: np.ndarray, side: float = 1.0) -> Path:
    image = nib.Nifti1Image(stored, np.diag([-0.3, -0.3, side, 1.0]))
    image.header.set_xyzt_units("mm", "sec")
    nib.save(image, path)
    return path


def written(folder: Path, end: str, values: np.ndarray) -> Path:
    image = sitk.GetImageFromArray(values)
    image.SetSpacing((0.3, 0.3, 1.0)[: values.ndim])
    sitk.WriteImage(image, str(folder / f"a{end}"))
    return folder / f"a{end}"


@pytest.mark.parametrize("end", [".nii.gz", ".nrrd", ".mha"])
@pytest.mark.parametrize("family", sorted(IN_TIME))
def test_a_film_is_no_volume_of_what_is_flat(tmp_path: Path, end: str, family: str) -> None:
    """Rows of pixels over time were shown as images of the modality."""
    path = written(tmp_path, end, FILM)
    with pytest.raises(DataFault, match=f"9 steps of 1; in {family} they may be times") as fault:
        formats.read(path, Reading(family=family))
    assert fault.value.reason == "dimensions" and "`length_unit`" in fault.value.detail
    found = formats.read(path, Reading(family=family, length_unit="mm"))
    assert found.voxels.shape == FILM.shape, "the mend exists"
    assert found.spacing_mm == pytest.approx((1.0, 0.3, 0.3))


@pytest.mark.parametrize("family", ["", *VOLUMES])
def test_volumes_of_other_kinds_need_no_word(tmp_path: Path, family: str) -> None:
    path = nifti(tmp_path / "a.nii.gz", FILM.T)
    assert formats.read(path, Reading(family=family)).voxels.shape == FILM.shape


def test_labels_and_flat_files_need_no_word(tmp_path: Path) -> None:
    path = nifti(tmp_path / "a.nii.gz", FILM.T)
    assert np.array_equal(
        np.sort(formats.read(path, Reading(labels=True)).voxels, None), np.sort(FILM, None)
    )
    for name, stored in (("b", FILM[0].T), ("c", FILM[0].T[..., None]), ("d", FILM[0].T[None])):
        flat = nifti(tmp_path / f"{name}.nii.gz", stored)
        assert formats.read(flat, Reading(family="ultrasound")).voxels.size == FILM[0].size


@pytest.mark.parametrize("side", [1.0, 0.04])
def test_frames_of_a_fourth_axis_are_pictures(tmp_path: Path, side: float) -> None:
    """The mend for films: nibabel reads the same frames."""
    stored = FILM.T[:, :, None, :]
    path = nifti(tmp_path / "a.nii.gz", stored, side)
    assert formats.parts(path) == [str(n) for n in range(9)]
    second = np.asarray(nib.load(path).dataobj)
    for n in (0, 4, 8):
        found = formats.read(path, Reading(part=str(n), family="ultrasound")).voxels
        assert found.shape == (1, 8, 7) and np.array_equal(found[0], FILM[n])
        assert np.array_equal(found[0], second[:, :, 0, n].T)
    moving = nifti(tmp_path / "b.nii.gz", np.stack([FILM.T] * 2, axis=3))
    whole = formats.read(moving, Reading(part="1", family="ultrasound"))
    assert whole.voxels.shape == FILM.shape, "a fourth axis is time, so that the third is not"


def test_an_axis_of_nrrd_of_the_kind_time(tmp_path: Path) -> None:
    """With spacings alone, each axis had a side, time too."""
    head = (
        "NRRD0004\ntype: uint8\ndimension: 3\nsizes: 7 8 9\nspacings: 0.3 0.3 0.04\nencoding: raw\n"
    )
    path = tmp_path / "a.nrrd"
    path.write_bytes(f"{head}kinds: domain domain time\n\n".encode() + FILM.tobytes())
    assert len(formats.parts(path)) == 9
    for family in ("", "ct", "ultrasound"):
        found = formats.read(path, Reading(part="4", family=family))
        assert found.planar and np.array_equal(found.voxels[0], FILM[4])
    with pytest.raises(DataFault, match="holds 9 volumes"):
        formats.read(path, Reading(family="ct"))
    head = head.replace("spacings: 0.3 0.3 0.04", "space: left-posterior-superior")
    head += "space directions: (0.3,0,0) (0,0.3,0) (0,0,0.04)\nspace origin: (0,0,0)\n"
    path.write_bytes(f"{head}kinds: domain domain time\n\n".encode() + FILM.tobytes())
    with pytest.raises(DataFault, match="of the kind time, with a direction in space"):
        formats.read(path)
