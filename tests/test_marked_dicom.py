"""Label files of DICOM: SEG and RTSTRUCT."""

from __future__ import annotations

from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.sr.codedict import codes
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage, generate_uid

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.conftest import PROJECT
from tests.test_annotations import read
from tests.test_contours import ring
from tests.test_formats import write_dicom
from tests.test_geometry import nearest_by_numpy

SERIES = np.diag([2.0, 2.0, 3.0, 1.0])


@pytest.fixture
def series(tmp_path: Path) -> Path:
    return write_dicom(tmp_path, np.arange(16 * 14 * 9).reshape(16, 14, 9) % 800, SERIES)


def test_dicom_seg_written_by_highdicom(tmp_path: Path, series: Path) -> None:
    """Two segments that overlap; empty frames are left out, as writers do."""
    slices = [pydicom.dcmread(p) for p in sorted(series.iterdir())]
    for one in slices:
        one.FrameOfReferenceUID, one.StudyID, one.SeriesNumber, one.InstanceNumber = (
            "1.2",
            "1",
            1,
            1,
        )
        one.PatientName, one.PatientBirthDate, one.PatientSex = "", "", ""
        one.AccessionNumber, one.StudyTime, one.SliceThickness = "", "", 3
    masks = np.zeros((9, 14, 16, 2), np.uint8)
    masks[3:6, 4:9, 5:12, 0] = 1
    masks[4:8, 6:11, 2:7, 1] = 1
    ours = masks[::-1]  # the files' names run against their places
    seg = highdicom.seg.Segmentation(
        slices, ours, highdicom.seg.SegmentationTypeValues.BINARY,
        [
            highdicom.seg.SegmentDescription(
                n, label, codes.SCT.Organ, codes.SCT.Organ,
                highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
            )
            for n, label in ((1, "Liver"), (2, "Mass"))
        ],
        generate_uid(), 2, generate_uid(), 1, "m", "m", "1", "1",
    )  # fmt: skip
    seg.save_as(tmp_path / "seg.dcm")
    image = formats.read(series)
    found = read({"kind": "dicom-seg", "file": "seg.dcm"}, tmp_path, image)
    shapes = {
        s.raw: layer.voxels == v for layer in found.layers for v, s in layer.structures.items()
    }
    assert np.array_equal(shapes["Liver"], masks[..., 0] > 0)
    assert np.array_equal(shapes["Mass"], masks[..., 1] > 0)
    seg.SegmentSequence[1].SegmentNumber = 9
    seg.save_as(tmp_path / "seg.dcm")
    with pytest.raises(DataFault, match="belongs to segment 2, which is not described"):
        read({"kind": "dicom-seg", "file": "seg.dcm"}, tmp_path, image)


def rtstruct(path: Path, *contours: list[float]) -> Path:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = RTStructureSetStorage
    meta.MediaStorageSOPInstanceUID, meta.TransferSyntaxUID = generate_uid(), ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = RTStructureSetStorage, meta.MediaStorageSOPInstanceUID
    data.Modality = "RTSTRUCT"
    roi, item = pydicom.Dataset(), pydicom.Dataset()
    roi.ROINumber, roi.ROIName = 1, "Heart"
    item.ReferencedROINumber = 1
    item.ContourSequence = []
    for points in contours:
        one = pydicom.Dataset()
        one.ContourGeometricType, one.NumberOfContourPoints = "CLOSED_PLANAR", len(points) // 3
        one.ContourData = points
        item.ContourSequence.append(one)
    data.StructureSetROISequence, data.ROIContourSequence = [roi], [item]
    data.save_as(path, enforce_file_format=True)
    return path


def test_rtstruct_fills_its_contours_and_leaves_holes(tmp_path: Path, series: Path) -> None:
    """Voxels are 2 x 2 x 3 mm with their centres at whole steps from 0."""
    rtstruct(
        tmp_path / "rt.dcm", ring(5, 5, 17, 15, 6), ring(9, 9, 13, 11, 6), ring(5, 5, 17, 15, 9)
    )
    found = read({"kind": "rtstruct", "file": "rt.dcm"}, tmp_path, formats.read(series))
    mask = found.layers[0].voxels > 0
    expected = np.zeros((9, 14, 16), bool)
    expected[2:4, 3:8, 3:9] = True
    expected[2, 5:6, 5:7] = False
    assert np.array_equal(mask, expected)


@pytest.mark.parametrize(
    "contour", [ring(5, 5, 17, 15, 7.6), [1.0, 2.0, 3.0], ring(5, 5, 17, 15, 600)]
)
def test_a_contour_between_slices_or_outside_is_refused(
    tmp_path: Path, series: Path, contour: list[float]
) -> None:
    rtstruct(tmp_path / "rt.dcm", contour)
    found = read({"kind": "rtstruct", "file": "rt.dcm"}, tmp_path, formats.read(series))
    assert [f.reason for f in found.faults] == ["polygon-unsound"]
    assert not found.layers


SHARED = PROJECT.parent / "shared/data/dcmqi_dicomseg/segmentations"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the published segmentations are not here")
@pytest.mark.parametrize("name", ["liver", "partial_overlaps"])
def test_published_segmentations_agree_with_their_nrrd_twins(name: str) -> None:
    """dcmqi's own conversions of the same segments, one file with all of them."""
    image = formats.read(SHARED / "ct-3slice")
    found = read({"kind": "dicom-seg", "file": f"{name}.dcm"}, SHARED, image)
    assert not [f for f in found.faults if f.reason != "empty-structure"]
    assert found.layers
    for layer in found.layers:
        for value, structure in layer.structures.items():
            assert (layer.voxels == value).any(), structure
    if name == "liver":
        twin = formats.read_labels(SHARED / "liver_seg.nrrd")
        assert twin.affine is not None
        assert image.affine is not None
        moved = nearest_by_numpy(twin.voxels, twin.affine, image.voxels.shape, image.affine)
        assert np.array_equal(moved > 0, found.layers[0].voxels > 0)
