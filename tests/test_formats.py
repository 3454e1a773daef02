"""Every volume reader gives the same voxels in every orientation."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from benchsmith.core.model import AXES
from benchsmith.imaging.geometry import plane
from benchsmith.text import file_endings
from tests.test_geometry import ORIENTATIONS, stored

RAS = np.diag([-1.0, -1, 1, 1])


def write_nifti(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    nib.save(nib.Nifti1Image(voxels.astype(np.int16), RAS @ affine_lps), path / "v.nii.gz")
    return path / "v.nii.gz"


def write_dicom(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    """Write a CT series; DICOM has no mirrored slices, so the third axis follows the other two."""
    folder = path / "series"
    folder.mkdir()
    series, study = generate_uid(), generate_uid()
    columns, rows, count = voxels.shape
    sides = np.linalg.norm(affine_lps[:3, :3], axis=0)
    for k in range(count):
        meta = FileMetaDataset()
        meta.MediaStorageSOPClassUID = CTImageStorage
        meta.MediaStorageSOPInstanceUID = generate_uid()
        meta.TransferSyntaxUID = ExplicitVRLittleEndian
        data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
        data.SOPClassUID, data.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
        data.Modality, data.PatientID = "CT", "p"
        data.SeriesInstanceUID, data.StudyInstanceUID = series, study
        data.StudyDate = datetime.date(2020, 1, 1).strftime("%Y%m%d")
        data.Rows, data.Columns = rows, columns
        data.BitsAllocated, data.BitsStored, data.HighBit = 16, 16, 15
        data.PixelRepresentation, data.SamplesPerPixel = 0, 1
        data.PhotometricInterpretation = "MONOCHROME2"
        data.RescaleSlope, data.RescaleIntercept = 1, -1000
        data.PixelSpacing = [float(sides[1]), float(sides[0])]
        data.ImageOrientationPatient = [
            float(v) for v in (affine_lps[:3, :2] / sides[:2]).T.ravel()
        ]
        data.ImagePositionPatient = [float(v) for v in (affine_lps @ [0, 0, k, 1])[:3]]
        data.PixelData = (voxels[:, :, k].T + 1000).astype("<u2").tobytes()
        # names run against the order of the slices: position decides, never the name
        data.save_as(folder / f"{count - k:03d}.dcm", enforce_file_format=True)
    return folder


def write_pair(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    nib.save(nib.Nifti1Pair(voxels.astype(np.int16), RAS @ affine_lps), path / "v.img")
    return path / "v.hdr"


def by_itk(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    """Write with SimpleITK, whose world frame is LPS, too."""
    image = sitk.GetImageFromArray(np.ascontiguousarray(voxels.transpose(2, 1, 0)).astype(np.int16))
    sides = np.linalg.norm(affine_lps[:3, :3], axis=0)
    image.SetSpacing([float(s) for s in sides])
    image.SetDirection([float(v) for v in (affine_lps[:3, :3] / sides).ravel()])
    image.SetOrigin([float(v) for v in affine_lps[:3, 3]])
    sitk.WriteImage(image, str(path), useCompression=path.suffix in (".nrrd", ".mha"))
    return path


def write_nrrd(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    return by_itk(path / "v.nrrd", voxels, affine_lps)


def write_nhdr(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    return by_itk(path / "v.nhdr", voxels, affine_lps)


def write_mha(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    return by_itk(path / "v.mha", voxels, affine_lps)


def write_mhd(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    return by_itk(path / "v.mhd", voxels, affine_lps)


def write_multiframe(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    """Write an enhanced CT: one file, a functional group for each frame, frames out of order."""
    folder = write_dicom(path, voxels, affine_lps)
    slices = [pydicom.dcmread(p) for p in sorted(folder.iterdir())]
    data = slices[0]
    data.NumberOfFrames = len(slices)
    measures, orientation = pydicom.Dataset(), pydicom.Dataset()
    measures.PixelSpacing = data.PixelSpacing
    orientation.ImageOrientationPatient = data.ImageOrientationPatient
    shared = pydicom.Dataset()
    shared.PixelMeasuresSequence, shared.PlaneOrientationSequence = [measures], [orientation]
    data.SharedFunctionalGroupsSequence = [shared]
    frames = []
    for one in slices:
        position, group = pydicom.Dataset(), pydicom.Dataset()
        position.ImagePositionPatient = one.ImagePositionPatient
        group.PlanePositionSequence = [position]
        frames.append(group)
    data.PerFrameFunctionalGroupsSequence = frames
    data.PixelData = b"".join(one.PixelData for one in slices)
    del data.ImagePositionPatient, data.ImageOrientationPatient, data.PixelSpacing
    data.save_as(path / "enhanced.dcm")
    return path / "enhanced.dcm"


def write_mgh(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    nib.save(nib.MGHImage(voxels.astype(np.int32), RAS @ affine_lps), path / "v.mgh")
    return path / "v.mgh"


def write_mgz(path: Path, voxels: np.ndarray, affine_lps: np.ndarray) -> Path:
    nib.save(nib.MGHImage(voxels.astype(np.float32), RAS @ affine_lps), path / "v.mgz")
    return path / "v.mgz"


WRITERS = [
    write_nifti,
    write_pair,
    write_nrrd,
    write_nhdr,
    write_mha,
    write_mhd,
    write_mgh,
    write_mgz,
    write_dicom,
    write_multiframe,
]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS)
def test_every_orientation_is_read_to_the_same_voxels(
    tmp_path: Path, write: Callable[..., Path], order: tuple[int, ...], signs: tuple[int, ...]
) -> None:
    voxels, affine, truth = stored(order, signs)
    image = formats.read(write(tmp_path, voxels, affine))
    assert np.array_equal(image.voxels, truth)
    assert np.allclose(image.spacing_mm, (3.0, 2.0, 1.0))
    assert image.affine is not None
    assert np.allclose(image.affine @ [0, 0, 0, 1], [-7, 11, 5, 1])


def test_nifti_lies_where_a_second_library_says(tmp_path: Path) -> None:
    """The world place of every corner agrees with SimpleITK, which works in LPS too."""
    voxels, affine, _ = stored((2, 0, 1), (-1, 1, -1))
    path = write_nifti(tmp_path, voxels, affine)
    ours, theirs = formats.read(path), sitk.ReadImage(str(path))
    assert ours.affine is not None
    for corner in [(0, 0, 0), (3, 0, 0), (0, 4, 5), (3, 4, 5)]:
        place = (ours.affine @ [*corner, 1])[:3]
        index = theirs.TransformPhysicalPointToIndex([float(v) for v in place])
        assert theirs.GetPixel(*index) == ours.voxels[corner[::-1]]


def test_dicom_series_agrees_with_a_second_library(tmp_path: Path) -> None:
    voxels, affine, _ = stored((0, 1, 2), (1, 1, 1))
    folder = write_dicom(tmp_path, voxels, affine)
    names = sitk.ImageSeriesReader.GetGDCMSeriesFileNames(str(folder))
    theirs = sitk.GetArrayFromImage(sitk.ReadImage(names))
    ours = formats.read(folder)
    assert np.array_equal(ours.voxels, theirs)
    assert ours.unit == "HU"
    assert ours.voxels.dtype == np.int16


def test_nifti_scaling_is_applied_and_whole_numbers_stay_whole(tmp_path: Path) -> None:
    voxels = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    image = nib.Nifti1Image(voxels, np.eye(4))
    nib.save(image, tmp_path / "plain.nii")
    assert formats.read(tmp_path / "plain.nii").voxels.dtype == np.int16
    data = bytearray((tmp_path / "plain.nii").read_bytes())
    data[112:120] = np.array([2.0, -5.0], "<f4").tobytes()
    (tmp_path / "scaled.nii").write_bytes(bytes(data))
    plain, scaled = (formats.read(tmp_path / f"{n}.nii").voxels for n in ("plain", "scaled"))
    assert np.allclose(scaled, plain * 2.0 - 5.0)


def test_nifti_2_and_big_endian_are_read(tmp_path: Path) -> None:
    voxels = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    nib.save(nib.Nifti2Image(voxels, np.eye(4)), tmp_path / "two.nii.gz")
    header = nib.Nifti1Header(endianness=">")
    nib.save(nib.Nifti1Image(voxels, np.eye(4), header), tmp_path / "big.nii")
    two, big = (
        formats.read(tmp_path / "two.nii.gz").voxels,
        formats.read(tmp_path / "big.nii").voxels,
    )
    assert np.array_equal(two, big)
    assert sorted(two.ravel()) == list(range(24))


def test_a_series_with_a_missing_slice_is_refused(tmp_path: Path) -> None:
    folder = write_dicom(tmp_path, np.zeros((4, 5, 6), int), np.diag([1.0, 1, 3, 1]))
    (folder / "003.dcm").unlink()
    with pytest.raises(DataFault, match=r"3\.000 to 6\.000 mm") as caught:
        formats.read(folder)
    assert caught.value.reason == "series-gap"


def test_two_patients_in_one_series_are_refused(tmp_path: Path) -> None:
    folder = write_dicom(tmp_path, np.zeros((4, 5, 3), int), np.eye(4))
    data = pydicom.dcmread(folder / "002.dcm")
    data.PatientID = "somebody else"
    data.save_as(folder / "002.dcm")
    with pytest.raises(DataFault, match="more than one patient"):
        formats.read(folder)


def test_endings() -> None:
    assert file_endings.stem("case.01.nii.gz") == "case.01"
    assert formats.ending(Path("a.NII.GZ")) == ".nii.gz"
    with pytest.raises(DataFault, match="not known"):
        formats.read(Path("notes.txt"))


@pytest.mark.parametrize(("order", "signs"), ORIENTATIONS)
def test_a_single_slice_is_hung_as_its_series_is(
    tmp_path: Path, order: tuple[int, ...], signs: tuple[int, ...]
) -> None:
    """Each slice of a series, read alone, is the plane that the volume shows."""
    voxels, affine, truth = stored(order, signs)
    folder = write_dicom(tmp_path, voxels, affine)
    alone = [formats.read(p).voxels[0] for p in sorted(folder.iterdir())]
    axis = AXES[2 - order[2]]
    planes = [plane(truth, axis, k) for k in range(len(alone))]
    assert {p.tobytes() for p in map(np.ascontiguousarray, planes)} == {
        np.ascontiguousarray(p.astype(truth.dtype)).tobytes() for p in alone
    }


def test_every_format_of_several_files_is_known_without_loading_it() -> None:
    modules = {
        name: import_module(f"benchsmith.formats.{name}") for name in formats.FORMATS.values()
    }
    assert {
        name for name, module in modules.items() if hasattr(module, "members")
    } == formats.MULTI_FILE_MODULES
