"""Values of volumes and DICOM files that other readers read differently, by the formats' standards."""

from __future__ import annotations

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_dicom_pixels import picture
from tests.test_formats import write_dicom

VOXELS = np.arange(24, dtype=np.int16).reshape(2, 3, 4)


def refused(path: Path, reason: str, words: str) -> None:
    with pytest.raises(DataFault, match=words) as caught:
        formats.read(path)
    assert caught.value.reason == reason


def nifti(path: Path, *, qfac: float = 1.0) -> Path:
    header = nib.Nifti1Image(VOXELS, np.diag([-2.0, -3, 4, 1])).header
    header.set_data_dtype(np.int16)
    header.set_data_shape(VOXELS.shape)
    header.set_qform(np.diag([-2.0, -3, 4, 1]), 1)
    header["sform_code"], header["vox_offset"], header["pixdim"][0] = 0, 352, qfac
    path.write_bytes(header.binaryblock + bytes(4) + VOXELS.tobytes(order="F"))
    return path


@pytest.mark.parametrize("at", [1, 347, 348, 360])
def test_a_gzip_stream_may_have_a_member_that_ends_in_the_header(tmp_path: Path, at: int) -> None:
    data = nifti(tmp_path / "v.nii").read_bytes()
    parts = gzip.compress(data[:at]) + gzip.compress(data[at:])
    (tmp_path / "w.nii.gz").write_bytes(parts)
    assert np.array_equal(formats.read(tmp_path / "w.nii.gz").voxels, VOXELS.T)


@pytest.mark.parametrize("qfac", [0.0, 1.0, 7.0, float("nan")])
def test_any_other_qfac_of_nifti_counts_as_one(tmp_path: Path, qfac: float) -> None:
    image = formats.read(nifti(tmp_path / "v.nii", qfac=qfac))
    assert image.spacing_mm == (4, 3, 2)
    assert np.array_equal(image.voxels, VOXELS.T)


def test_a_qfac_of_minus_one_turns_the_third_axis(tmp_path: Path) -> None:
    assert np.array_equal(formats.read(nifti(tmp_path / "v.nii", qfac=-1)).voxels, VOXELS.T[::-1])


def nrrd(path: Path, *lines: str, **changed: str) -> Path:
    fields = {"type": "int16", "dimension": "3", "space": "left-posterior-superior",
              "sizes": "2 3 4", "space directions": "(2,0,0) (0,3,0) (0,0,4)", "endian": "little",
              "encoding": "raw", "space origin": "(1,2,3)"} | changed  # fmt: skip
    text = "\n".join(["NRRD0004", *lines, *(f"{k}: {v}" for k, v in fields.items()), "", ""])
    path.write_bytes(text.encode() + VOXELS.tobytes(order="F"))
    return path


def test_a_field_that_nrrd_does_not_have_is_refused(tmp_path: Path) -> None:
    """A spelling mistake would otherwise take the default in silence: sides of 1 mm."""
    refused(nrrd(tmp_path / "a.nrrd", "spacngs: 1 1 9"), "header", "not a field of NRRD")
    refused(nrrd(tmp_path / "b.nrrd", "spacings 1 1 9"), "header", "not a field of NRRD")
    refused(nrrd(tmp_path / "c.nrrd", "type: int16"), "header", "twice")
    image = formats.read(nrrd(tmp_path / "d.nrrd", "spacings:=1 1 9", "# spacings: 1 1 9"))
    assert image.spacing_mm == (4, 3, 2)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("space origin", "(1,2,3,4)", "header"),
        ("space directions", "(2,0,0) (0,3,0) 0,0,4) (0,0,1)", "spacing"),
        ("space directions", "(2,0,0) x (0,3,0) (0,0,4)", "spacing"),
    ],
)
def test_vectors_of_nrrd_that_do_not_fit_are_refused(
    tmp_path: Path, field: str, value: str, reason: str
) -> None:
    with pytest.raises(DataFault) as caught:
        formats.read(nrrd(tmp_path / "v.nrrd", **{field: value}))
    assert caught.value.reason == reason


def test_a_picture_in_nrrd_is_one_millimetre_thick(tmp_path: Path) -> None:
    (tmp_path / "v.nrrd").write_bytes(
        b"NRRD0004\ntype: uint8\ndimension: 2\nsizes: 3 2\nspacings: 2 5\nencoding: raw\n\n012345"
    )
    assert formats.read(tmp_path / "v.nrrd").spacing_mm == (1, 5, 2)


@pytest.mark.parametrize("stated", ["True", "true", "T", "t", "1"])
@pytest.mark.parametrize("key", ["BinaryDataByteOrderMSB", "ElementByteOrderMSB"])
def test_metaimage_says_true_in_several_ways(tmp_path: Path, key: str, stated: str) -> None:
    path = metaimage(tmp_path, **{key: stated})
    assert np.array_equal(formats.read(path).voxels, VOXELS.T.byteswap())


def test_a_truth_value_that_metaimage_does_not_have_is_refused(tmp_path: Path) -> None:
    refused(metaimage(tmp_path, BinaryDataByteOrderMSB="yes"), "header", "neither True nor False")
    refused(metaimage(tmp_path, BinaryData="0"), "format-unknown", "as text")


def metaimage(path: Path, **fields: str) -> Path:
    head = {"NDims": "3", "DimSize": "2 3 4", "ElementType": "MET_SHORT", **fields}
    text = "".join(f"{k} = {v}\n" for k, v in head.items()) + "ElementDataFile = LOCAL\n"
    (path / "v.mha").write_bytes(text.encode() + VOXELS.tobytes(order="F"))
    return path / "v.mha"


@pytest.mark.parametrize(
    ("modality", "kind", "expected"),
    [
        ("CT", "HU", [-1000, -990, 3000]),
        ("CT", "US", [3095, 3085, -905]),
        ("DX", "", [3095, 3085, -905]),
    ],
)
def test_monochrome1_inverts_what_has_no_unit(
    tmp_path: Path, modality: str, kind: str, expected: list[int]
) -> None:
    """It is about display (PS3.3 C.7.6.3.1.2): Hounsfield units stay what they are."""
    pixels = np.array([[0, 10, 4000]], np.uint16)
    path = picture(
        tmp_path, pixels, Modality=modality, PhotometricInterpretation="MONOCHROME1", BitsStored=12,
        HighBit=11, RescaleSlope=1, RescaleIntercept=-1000, **({"RescaleType": kind} if kind else {}),
    )  # fmt: skip
    # 12 bits: 4095 - v, minus 1000
    inverted = [4095 - v - 1000 for v in (0, 10, 4000)]
    assert expected in ([-1000, -990, 3000], inverted)
    assert formats.read(path).voxels[0, 0].tolist() == expected


@pytest.mark.parametrize(
    ("tag", "value", "expected"),
    [("RescaleIntercept", -1024, -924), ("RescaleSlope", 2, 200)],
)
def test_half_of_a_rescale_is_applied(tmp_path: Path, tag: str, value: int, expected: int) -> None:
    """The other half is 1 or 0, as GDCM has it: without it a CT is 1024 HU off."""
    pixels = np.full((2, 2), 100, np.uint16)
    made = picture(
        tmp_path, pixels, Modality="CT", PhotometricInterpretation="MONOCHROME2", **{tag: value}
    )
    image = formats.read(made)
    assert (image.voxels == expected).all()
    assert image.unit == "HU"


def test_a_series_in_monochrome1_keeps_its_hounsfield_units(tmp_path: Path) -> None:
    voxels = np.arange(60).reshape(5, 4, 3)
    folder = write_dicom(tmp_path, voxels, np.eye(4))
    plain = formats.read(folder).voxels.copy()
    for path in folder.iterdir():
        data = pydicom.dcmread(path)
        data.PhotometricInterpretation = "MONOCHROME1"
        data.save_as(path)
    assert np.array_equal(formats.read(folder).voxels, plain)


@pytest.mark.parametrize("value", ["1t3.8\\1\\2", "1\\2", "1\\2\\3\\4"])
def test_a_position_that_is_not_understood_is_not_a_missing_one(tmp_path: Path, value: str) -> None:
    folder = write_dicom(tmp_path, np.zeros((4, 5, 1), int), np.eye(4))
    data = pydicom.dcmread(folder / "001.dcm")
    text = data.ImagePositionPatient
    data.add_new(0x00200032, "LO", value)
    data.save_as(tmp_path / "one.dcm")
    assert len(text) == 3
    refused(tmp_path / "one.dcm", "header", "image position")
