"""What a volume's header says is believed only as far as its bytes agree with it."""

from __future__ import annotations

import gzip
import hashlib
import struct
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from hypothesis import given
from hypothesis import strategies as st

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading

VOXELS = np.arange(4 * 5 * 6 * 2, dtype=np.int16).reshape(4, 5, 6, 2)
"""(x, y, z, component)"""


def nifti(path: Path, voxels: np.ndarray = VOXELS[..., 0]) -> Path:
    nib.save(nib.Nifti1Image(voxels, np.diag([2.0, 2, 3, 1])), path)
    return path


def patched(path: Path, offset: int, form: str, *values: float) -> Path:
    """Overwrite header fields of a plain NIfTI file."""
    data = bytearray(path.read_bytes())
    struct.pack_into(form, data, offset, *values)
    path.write_bytes(bytes(data))
    return path


def noise_of(side: int) -> np.ndarray:
    """Return a cube of values that no packing makes much smaller."""
    return np.frombuffer(hashlib.shake_128(b"noise").digest(2 * side**3), np.int16).reshape(
        side, side, side
    )


def reason(path: Path, how: Reading | None = None) -> str:
    with pytest.raises(DataFault) as caught:
        formats.read(path, how or Reading())
    return caught.value.reason


@pytest.mark.parametrize(
    ("offset", "form", "values", "expected"),
    [
        (42, "<h", (0,), "header"),
        (42, "<h", (-4,), "header"),
        (42, "<3h", (32767, 32767, 32767), "too-large"),
        (40, "<h", (9,), "header"),
        (80, "<f", (float("nan"),), "spacing"),
        (84, "<f", (0.0,), "spacing"),
        (88, "<f", (-3.0,), "spacing"),
        (108, "<f", (1e9,), "truncated"),
        (108, "<f", (float("nan"),), "header"),
        (108, "<f", (100.0,), "header"),
        (112, "<f", (float("inf"),), "header"),
        (70, "<hh", (32, 64), "dimensions"),
        (344, "4s", (b"none",), "header"),
    ],
)
def test_a_nifti_header_that_cannot_be_is_refused(
    tmp_path: Path, offset: int, form: str, values: tuple[float, ...], expected: str
) -> None:
    assert reason(patched(nifti(tmp_path / "v.nii"), offset, form, *values)) == expected


@pytest.mark.parametrize(("degrees", "fits"), [(0.3, True), (5.0, False)])
def test_sheared_axes_are_refused(tmp_path: Path, degrees: float, fits: bool) -> None:
    affine = np.diag([2.0, 2, 3, 1])
    affine[1, 2] = 3 * np.tan(np.radians(degrees))
    nib.save(nib.Nifti1Image(VOXELS[..., 0], affine), tmp_path / "v.nii.gz")
    if fits:
        assert formats.read(tmp_path / "v.nii.gz").voxels.shape == (6, 5, 4)
    else:
        assert reason(tmp_path / "v.nii.gz") == "header"


def test_a_qform_that_contradicts_the_sform_is_refused(tmp_path: Path) -> None:
    image = nib.Nifti1Image(VOXELS[..., 0], np.diag([2.0, 2, 3, 1]))
    image.set_sform(np.diag([2.0, 2, 3, 1]), 1)
    image.set_qform(np.diag([-2.0, 2, 3, 1]), 1)
    nib.save(image, tmp_path / "v.nii.gz")
    assert reason(tmp_path / "v.nii.gz") == "header"


def test_extensions_of_a_header_are_passed_over(tmp_path: Path) -> None:
    """Slicers and segmentation tools write their label names there, in kilobytes."""
    image = nib.Nifti1Image(VOXELS[..., 0], np.diag([2.0, 2, 3, 1]))
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"x" * 5000))
    nib.save(image, tmp_path / "e.nii.gz")
    plain = formats.read(nifti(tmp_path / "v.nii"))
    assert np.array_equal(formats.read(tmp_path / "e.nii.gz").voxels, plain.voxels)


def test_a_file_without_orientation_says_so(tmp_path: Path) -> None:
    image = nib.Nifti1Image(VOXELS[..., 0], None)
    nib.save(image, tmp_path / "v.nii.gz")
    assert "does not say its orientation" in formats.read(tmp_path / "v.nii.gz").note


@pytest.mark.parametrize("ending", ["v.nii", "v.nii.gz", "v.nrrd", "v.mha"])
def test_a_file_of_several_volumes_is_read_by_its_part(tmp_path: Path, ending: str) -> None:
    path = tmp_path / ending
    if ending.endswith(("nii", "gz")):
        nib.save(nib.Nifti1Image(VOXELS, np.eye(4)), path)
    else:
        sitk.WriteImage(sitk.GetImageFromArray(VOXELS.transpose(), isVector=False), str(path), True)
    assert reason(path) == "dimensions"
    assert formats.parts(path) == ["0", "1"]
    for part in (0, 1):
        read = formats.read(path, Reading(part=str(part))).voxels
        if ending.endswith(("nii", "gz")):
            assert np.array_equal(read[:, ::-1, ::-1], VOXELS[..., part].transpose())
        else:
            assert np.array_equal(read, VOXELS[..., part].transpose())
    assert reason(path, Reading(part="2")) == "dimensions"


@pytest.mark.parametrize("ending", ["v.nii.gz", "v.nrrd", "v.mha", "v.nii"])
def test_half_a_file_never_passes(tmp_path: Path, ending: str) -> None:
    """SimpleITK returns the whole shape for half a NIfTI file, the missing voxels 0."""
    path = tmp_path / ending
    noise = noise_of(20)
    sitk.WriteImage(sitk.GetImageFromArray(noise), str(path), True)
    whole = path.read_bytes()
    for size in (len(whole) // 2, len(whole) - 1, len(whole) - 9):
        path.write_bytes(whole[:size])
        assert reason(path) in ("truncated", "checksum")


@pytest.mark.parametrize("ending", ["v.nii.gz", "v.nrrd", "v.mha"])
@given(place=st.floats(0.2, 0.999), bit=st.integers(0, 7))
def test_a_flipped_bit_of_a_packed_stream_never_changes_a_voxel(
    tmp_path_factory: pytest.TempPathFactory, ending: str, place: float, bit: int
) -> None:
    path = tmp_path_factory.mktemp("bit") / ending
    noise = noise_of(12)
    sitk.WriteImage(sitk.GetImageFromArray(noise), str(path), True)
    truth = formats.read(path).voxels.copy()
    data = bytearray(path.read_bytes())
    data[int(len(data) * place)] ^= 1 << bit
    path.write_bytes(bytes(data))
    try:
        read = formats.read(path)
    except DataFault:
        return
    assert np.array_equal(read.voxels, truth)


def test_a_stream_that_inflates_to_more_than_its_header_is_refused(tmp_path: Path) -> None:
    plain = nifti(tmp_path / "v.nii").read_bytes()
    (tmp_path / "bomb.nii.gz").write_bytes(gzip.compress(plain + bytes(64 << 20)))
    assert reason(tmp_path / "bomb.nii.gz") == "too-large"


def test_a_stream_of_several_members_is_one(tmp_path: Path) -> None:
    plain = nifti(tmp_path / "v.nii").read_bytes()
    two = gzip.compress(plain[:400]) + gzip.compress(plain[400:])
    (tmp_path / "two.nii.gz").write_bytes(two)
    assert np.array_equal(
        formats.read(tmp_path / "two.nii.gz").voxels, formats.read(tmp_path / "v.nii").voxels
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "empty"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS"),
        (b"MZ\x90 not a volume at all" * 40, "magic number"),
    ],
)
@pytest.mark.parametrize("ending", [".nii", ".nii.gz", ".nrrd", ".mha", ".dcm", ".png", ".npz"])
def test_what_is_no_data_is_named(tmp_path: Path, content: bytes, what: str, ending: str) -> None:
    path = tmp_path / f"v{ending}"
    path.write_bytes(content)
    with pytest.raises(DataFault) as caught:
        formats.read(path, Reading(part="train_images/0" if ending == ".npz" else ""))
    if what != "magic number":
        assert what in caught.value.detail


@pytest.mark.parametrize(
    "name", ["../secret.raw", "/etc/passwd", "link.raw", "%03d.raw 0 9 1", "LIST", "a/../../b"]
)
@pytest.mark.parametrize("kind", ["nhdr", "mhd"])
def test_a_header_does_not_choose_what_else_is_read(tmp_path: Path, kind: str, name: str) -> None:
    (tmp_path / "secret.raw").write_bytes(bytes(240))
    home = tmp_path / "source"
    home.mkdir()
    (home / "link.raw").symlink_to(tmp_path / "secret.raw")
    path = home / f"v.{kind}"
    if kind == "nhdr":
        path.write_text(
            "NRRD0004\ntype: short\ndimension: 3\nsizes: 4 5 6\nendian: little\n"
            f"encoding: raw\nspace: left-posterior-superior\n"
            f"space directions: (1,0,0) (0,1,0) (0,0,1)\ndata file: {name}\n"
        )
    else:
        path.write_text(
            "ObjectType = Image\nNDims = 3\nDimSize = 4 5 6\nElementType = MET_SHORT\n"
            f"ElementSpacing = 1 1 1\nElementDataFile = {name}\n"
        )
    assert reason(path) in ("path-outside", "file-missing")


def test_nrrd_in_ras_lies_where_lps_does(tmp_path: Path) -> None:
    data = VOXELS[..., 0].transpose().tobytes()
    head = (
        "NRRD0004\ntype: short\ndimension: 3\nsizes: 4 5 6\nendian: little\nencoding: raw\n"
        "space: {}\nspace directions: {}\nspace origin: {}\n\n"
    )
    lps = head.format("left-posterior-superior", "(2,0,0) (0,2,0) (0,0,3)", "(1,2,3)")
    ras = head.format("right-anterior-superior", "(-2,0,0) (0,-2,0) (0,0,3)", "(-1,-2,3)")
    (tmp_path / "l.nrrd").write_bytes(lps.encode() + data)
    (tmp_path / "r.nrrd").write_bytes(ras.encode() + data)
    a, b = formats.read(tmp_path / "l.nrrd"), formats.read(tmp_path / "r.nrrd")
    assert np.array_equal(a.voxels, b.voxels)
    assert a.affine is not None
    assert b.affine is not None
    assert np.allclose(a.affine, b.affine)


def write_pet(path: Path, **tags: object) -> Path:
    from tests.test_formats import write_dicom

    folder = write_dicom(path, np.full((4, 5, 1), 100), np.eye(4))
    data = pydicom.dcmread(folder / "001.dcm")
    data.Modality, data.Units, data.DecayCorrection = "PT", "BQML", "START"
    data.CorrectedImage = ["ATTN", "DECY", "SCAT"]
    data.RescaleIntercept, data.RescaleSlope = -1000, 1
    data.SeriesTime, data.PatientWeight = "110949.5", 80
    dose = pydicom.Dataset()
    dose.RadiopharmaceuticalStartTime = "100000.00"
    dose.RadionuclideTotalDose, dose.RadionuclideHalfLife = 4e8, 6586.2
    data.RadiopharmaceuticalInformationSequence = [dose]
    for tag, value in tags.items():
        setattr(data, tag, value)
    data.save_as(path / "pet.dcm")
    return path / "pet.dcm"


def test_pet_is_in_uptake_values(tmp_path: Path) -> None:
    """100 Bq/ml, 80 kg, 400 MBq one hour, 9 minutes and 49 seconds before: by hand."""
    image = formats.read(write_pet(tmp_path))
    decayed = 4e8 * 2 ** (-(3600 + 9 * 60 + 49) / 6586.2)
    assert image.unit == "SUV"
    assert np.allclose(image.voxels, 100 * 80_000 / decayed)


def test_pet_without_a_weight_stays_activity(tmp_path: Path) -> None:
    image = formats.read(write_pet(tmp_path, PatientWeight=None))
    assert image.unit == ""
    assert (image.voxels == 100).all()
