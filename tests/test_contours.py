"""RT structures: every type of contour is read as the standard defines it, or is a named fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageDraw
import pydicom
import pytest
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, RTStructureSetStorage, generate_uid

from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault
from benchsmith.core.reasons import REASONS
from tests.test_annotations import read
from tests.test_formats import write_dicom

AFFINE = np.diag([2.0, 2.0, 3.0, 1.0])
SHAPE = (9, 14, 16)
"""z, y, x"""
CLOSED, XOR = "CLOSED_PLANAR", "CLOSEDPLANAR_XOR"
Contour = tuple[str, list[float]]


@pytest.fixture
def series(tmp_path: Path) -> Path:
    return write_dicom(tmp_path, np.arange(16 * 14 * 9).reshape(16, 14, 9) % 800, AFFINE)


def rtstruct(path: Path, rois: dict[str, list[Contour]], **tags: Any) -> None:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = RTStructureSetStorage
    meta.MediaStorageSOPInstanceUID, meta.TransferSyntaxUID = generate_uid(), ExplicitVRLittleEndian
    data = FileDataset(None, {}, file_meta=meta, preamble=b"\0" * 128)
    data.SOPClassUID, data.SOPInstanceUID = RTStructureSetStorage, meta.MediaStorageSOPInstanceUID
    data.Modality = "RTSTRUCT"
    for tag, value in tags.items():
        setattr(data, tag, value)
    data.StructureSetROISequence, data.ROIContourSequence = [], []
    for number, (name, contours) in enumerate(rois.items(), start=1):
        roi, item = pydicom.Dataset(), pydicom.Dataset()
        roi.ROINumber, roi.ROIName, item.ReferencedROINumber = number, name, number
        item.ContourSequence = []
        for kind, points in contours:
            one = pydicom.Dataset()
            one.ContourGeometricType, one.NumberOfContourPoints = kind, len(points) // 3
            one.ContourData = points
            item.ContourSequence.append(one)
        data.StructureSetROISequence.append(roi)
        data.ROIContourSequence.append(item)
    data.save_as(path, enforce_file_format=True)


def ring(x0: float, y0: float, x1: float, y1: float, z: float) -> list[float]:
    return [x0, y0, z, x1, y0, z, x1, y1, z, x0, y1, z]


def found(folder: Path, series: Path, rois: dict[str, list[Contour]], **tags: Any) -> Annotations:
    rtstruct(folder / "rt.dcm", rois, **tags)
    name = series.relative_to(folder).as_posix()
    entry = {"kind": "rtstruct", "file": "rt.dcm"}
    return read(entry, folder, formats.read(series), name=name)


def voxels(answer: Annotations) -> dict[str, np.ndarray]:
    return {
        s.raw: layer.voxels == value
        for layer in answer.layers
        for value, s in layer.structures.items()
    }


def block(*parts: tuple[slice, slice, slice]) -> np.ndarray:
    mask = np.zeros(SHAPE, bool)
    for part in parts:
        mask[part] = True
    return mask


WHOLE = (slice(3, 8), slice(3, 9))
"""Rows and columns that the ring 5, 5, 17, 15 has: centres lie at 0, 2, 4 ... mm."""


@pytest.mark.parametrize(
    ("contours", "expected"),
    [
        pytest.param([(CLOSED, (5, 5, 17, 15)), (CLOSED, (5, 5, 17, 15))], 30, id="doubled"),
        pytest.param([(CLOSED, (5, 5, 13, 15)), (CLOSED, (9, 5, 17, 15))], 30, id="overlapping"),
        pytest.param([(CLOSED, (5, 5, 11, 15)), (CLOSED, (11, 5, 17, 15))], 30, id="touching"),
        pytest.param([(CLOSED, (5, 5, 17, 15)), (CLOSED, (9, 9, 13, 11))], 28, id="hole"),
        pytest.param(
            [(CLOSED, (5, 5, 17, 15)), (CLOSED, (5, 5, 11, 15))], 30, id="inside, touching"
        ),
        pytest.param([(XOR, (5, 5, 17, 15)), (XOR, (9, 9, 13, 11))], 28, id="xor hole"),
        pytest.param([(XOR, (5, 5, 13, 15)), (XOR, (9, 5, 17, 15))], 20, id="xor overlapping"),
        pytest.param([(CLOSED, (5, 5, 17, 15)), (XOR, (9, 9, 13, 11))], 28, id="mixed"),
    ],
)
def test_contours_of_one_plane(
    tmp_path: Path, series: Path, contours: list[tuple[str, Any]], expected: int
) -> None:
    roi = [(kind, ring(*corners, 6)) for kind, corners in contours]
    answer = found(tmp_path, series, {"Liver": roi})
    assert voxels(answer)["Liver"].sum() == expected
    assert not answer.faults


def test_a_keyhole_is_a_hole(tmp_path: Path, series: Path) -> None:
    """PS3.3 C.8.8.6.3: an arbitrarily narrow channel joins the outer and the inner contour."""
    outer = [(5, 5), (17, 5), (17, 15), (5, 15), (5, 9)]
    inner = [(9, 9), (9, 11), (13, 11), (13, 9), (9, 9), (5, 9)]
    points = [v for x, y in (*outer, *inner) for v in (x, y, 6)]
    answer = found(tmp_path, series, {"Liver": [(CLOSED, [float(v) for v in points])]})
    hole = block((slice(2, 3), slice(5, 6), slice(5, 7)))
    assert np.array_equal(voxels(answer)["Liver"], block((slice(2, 3), *WHOLE)) & ~hole)


def test_a_slanted_contour_agrees_with_pillow(tmp_path: Path, series: Path) -> None:
    """A second rasteriser, at sixteen times the resolution, sampled at the voxels' centres."""
    corners = [(3.1, 4.3), (21.7, 9.9), (14.2, 22.8), (6.6, 17.1)]
    answer = found(
        tmp_path, series, {"Liver": [(CLOSED, [v for x, y in corners for v in (x, y, 6.0)])]}
    )
    picture = PIL.Image.new("1", (16 * 32, 14 * 32))
    PIL.ImageDraw.Draw(picture).polygon([(x * 16 + 16, y * 16 + 16) for x, y in corners], fill=1)
    expected = np.asarray(picture)[16::32, 16::32]
    assert np.array_equal(voxels(answer)["Liver"][2], expected)


@pytest.mark.parametrize("kind", ["POINT", "OPEN_PLANAR", "OPEN_NONPLANAR", "INTERPOLATED_PLANAR"])
def test_a_type_that_is_no_region_is_a_fault_and_makes_the_label_unknown(
    tmp_path: Path, series: Path, kind: str
) -> None:
    rois = {"Liver": [(kind, ring(5, 5, 17, 15, 6))], "Spleen": [(CLOSED, ring(5, 5, 9, 9, 6))]}
    answer = found(tmp_path, series, rois)
    assert set(voxels(answer)) == {"Spleen"}
    assert [(f.reason, f.raw) for f in answer.faults] == [("contour-type", "Liver")]
    assert kind in answer.faults[0].detail
    assert answer.is_unknown("Liver")
    assert not answer.is_unknown("Spleen")


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param((CLOSED, [1.0, 2.0, 9.0]), id="one point"),
        pytest.param((CLOSED, ring(5, 5, 17, 15, 10.6)), id="between slices"),
        pytest.param((CLOSED, ring(5, 5, 17, 15, 900)), id="off the series"),
        pytest.param(("POINT", [7.0, 7.0, 12.0]), id="a point"),
    ],
)
def test_one_bad_contour_does_not_lose_the_organ(
    tmp_path: Path, series: Path, bad: Contour
) -> None:
    sound = [(CLOSED, ring(5, 5, 17, 15, z)) for z in (3, 6)]
    answer = found(tmp_path, series, {"Liver": [*sound, bad]})
    assert np.array_equal(voxels(answer)["Liver"], block((slice(1, 3), *WHOLE)))
    assert [f.raw for f in answer.faults] == ["Liver"]
    assert answer.is_unknown("Liver")


@pytest.mark.parametrize(
    ("heights", "slices", "note"),
    [
        pytest.param((3, 9, 15), range(1, 6), "2 slices", id="every second slice"),
        pytest.param((3, 12), range(1, 5), "2 slices", id="every third slice"),
        pytest.param((3, 6, 12, 15), range(1, 6), "1 slices", id="one forgotten"),
        pytest.param(
            (3, 6, 18, 21), (1, 2, 6, 7), "3 slices between contours are left out", id="gap"
        ),
        pytest.param((3, 18), (1, 6), "4 slices between contours are left out", id="every fifth"),
    ],
)
def test_slices_between_contours(
    tmp_path: Path, series: Path, heights: Any, slices: Any, note: str
) -> None:
    answer = found(tmp_path, series, {"Liver": [(CLOSED, ring(5, 5, 17, 15, z)) for z in heights]})
    mask = voxels(answer)["Liver"]
    assert np.flatnonzero(mask.any(axis=(1, 2))).tolist() == list(slices)
    assert (mask.sum(axis=(1, 2))[list(slices)] == 30).all()
    assert note in answer.note
    assert answer.is_unknown("Liver") == ("left out" in note)


def test_an_organ_without_contours_is_not_said_to_be_absent(tmp_path: Path, series: Path) -> None:
    rois: dict[str, list[Contour]] = {"Liver": [(CLOSED, ring(5, 5, 17, 15, 6))], "Heart": []}
    answer = found(tmp_path, series, rois)
    assert answer.is_unknown("Heart")
    assert [f.reason for f in answer.faults] == ["not-looked-for"]
    assert not REASONS["not-looked-for"].fault


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_contours_lie_in_the_planes_of_the_series(tmp_path: Path, axis: int) -> None:
    """A sagittal, a coronal and an axial series of one body, contoured in their own planes."""
    order = {0: [1, 2, 0], 1: [0, 2, 1], 2: [0, 1, 2]}[axis]
    stored = AFFINE[:, [*order, 3]]
    sides = np.array([16, 14, 9])[order]
    series = write_dicom(tmp_path, np.arange(16 * 14 * 9).reshape(sides) % 800, stored)
    contours = []
    for k in (3, 4, 5):
        corners = []
        for u, v in ((3, 2), (8, 2), (8, 6), (3, 6)):
            index = np.array([u - 0.5, v - 0.5, k, 1])
            corners += [float(c) for c in (stored @ index)[:3]]
        contours.append((CLOSED, corners))
    answer = found(tmp_path, series, {"Liver": contours})
    mask = voxels(answer)["Liver"]
    assert mask.sum() == 3 * 5 * 4
    assert np.flatnonzero(mask.any(axis=tuple(a for a in range(3) if a != 2 - axis))).tolist() == [
        3, 4, 5,
    ]  # fmt: skip


def test_contours_of_a_series_of_one_slice(tmp_path: Path) -> None:
    series = write_dicom(tmp_path, np.arange(16 * 14).reshape(16, 14, 1), AFFINE)
    answer = found(tmp_path, series, {"Liver": [(CLOSED, ring(5, 5, 17, 15, 0))]})
    assert np.array_equal(np.argwhere(voxels(answer)["Liver"])[[0, -1]], [[0, 3, 3], [0, 7, 8]])


@pytest.mark.parametrize(
    ("tags", "what"),
    [
        ({"PatientID": "somebody else"}, "patient"),
        ({"PatientID": "p", "FrameOfReferenceUID": "1.2.9"}, "frame of reference"),
        ({"series": "1.2.9"}, "series"),
        ({"instance": "1.2.9"}, "instances"),
    ],
)
def test_labels_of_another_patient_or_series_are_refused(
    tmp_path: Path, series: Path, tags: dict[str, str], what: str
) -> None:
    for path in series.iterdir():
        data = pydicom.dcmread(path)
        data.FrameOfReferenceUID = "1.2.3"
        data.save_as(path)
    if "series" in tags or "instance" in tags:
        image, item, study, frame = (pydicom.Dataset() for _ in range(4))
        image.ReferencedSOPClassUID = data.SOPClassUID
        image.ReferencedSOPInstanceUID = tags.get("instance", data.SOPInstanceUID)
        item.SeriesInstanceUID = tags.get("series", data.SeriesInstanceUID)
        item.ContourImageSequence, study.RTReferencedSeriesSequence = [image], [item]
        frame.RTReferencedStudySequence = [study]
        tags = {"ReferencedFrameOfReferenceSequence": [frame]}  # type: ignore[dict-item]
    rois = {"Liver": [(CLOSED, ring(5, 5, 17, 15, 6))]}
    with pytest.raises(DataFault, match=what) as caught:
        found(tmp_path, series, rois, **tags)
    assert caught.value.reason == "another-patient"
    entry = {"kind": "rtstruct", "file": "rt.dcm", "identity": "ignore"}
    name = series.relative_to(tmp_path).as_posix()
    assert read(entry, tmp_path, formats.read(series), name=name).layers


def test_a_structure_of_another_frame_of_reference_is_refused_alone(
    tmp_path: Path, series: Path
) -> None:
    for path in series.iterdir():
        data = pydicom.dcmread(path)
        data.FrameOfReferenceUID = "1.2.3"
        data.save_as(path)
    contours = [(CLOSED, ring(5, 5, 17, 15, 6))]
    rtstruct(tmp_path / "rt.dcm", {"Liver": contours, "Mass": contours})
    data = pydicom.dcmread(tmp_path / "rt.dcm")
    data.StructureSetROISequence[0].ReferencedFrameOfReferenceUID = "1.2.3"
    data.StructureSetROISequence[1].ReferencedFrameOfReferenceUID = "1.2.9"
    data.save_as(tmp_path / "rt.dcm")
    entry = {"kind": "rtstruct", "file": "rt.dcm"}
    answer = read(entry, tmp_path, formats.read(series), name=series.name)
    assert set(voxels(answer)) == {"Liver"}
    assert [(f.reason, f.raw) for f in answer.faults] == [("another-patient", "Mass")]
