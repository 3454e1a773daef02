"""DICOM segmentations lie where highdicom wrote them, whatever their thickness says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import highdicom
import numpy as np
import pydicom
import pytest
from pydicom.sr.codedict import codes
from pydicom.uid import generate_uid

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_annotations import read
from tests.test_contours import voxels
from tests.test_formats import write_dicom

ENTRY = {"kind": "dicom-seg", "file": "seg.dcm"}


def series(path: Path, depth: int = 9, step: float = 3.0) -> Path:
    folder = write_dicom(
        path, np.arange(16 * 14 * depth).reshape(16, 14, depth) % 800, np.diag([2, 2, step, 1.0])
    )
    for file in folder.iterdir():
        data = pydicom.dcmread(file)
        data.FrameOfReferenceUID, data.StudyID, data.SeriesNumber, data.InstanceNumber = (
            "1.2.3", "1", 1, 1,
        )  # fmt: skip
        data.PatientName = data.PatientBirthDate = data.PatientSex = ""
        data.AccessionNumber = data.StudyTime = ""
        data.SliceThickness = step
        data.save_as(file)
    return folder


def segmentation(folder: Path, masks: np.ndarray, kind: str = "BINARY") -> pydicom.Dataset:
    """Write masks, (z, y, x, segment), as highdicom does: without empty frames."""
    slices = [pydicom.dcmread(p) for p in sorted(folder.iterdir())]
    seg = highdicom.seg.Segmentation(
        slices, masks[::-1], highdicom.seg.SegmentationTypeValues[kind],
        [
            highdicom.seg.SegmentDescription(
                n + 1, label, codes.SCT.Organ, codes.SCT.Organ,
                highdicom.seg.SegmentAlgorithmTypeValues.MANUAL,
            )
            for n, label in enumerate(("Liver", "Mass")[: masks.shape[3]])
        ],
        generate_uid(), 2, generate_uid(), 1, "m", "m", "1", "1",
    )  # fmt: skip
    seg.save_as(folder.parent / "seg.dcm")
    return pydicom.dcmread(folder.parent / "seg.dcm")


def masks(depth: int = 9) -> np.ndarray:
    found = np.zeros((depth, 14, 16, 2), np.uint8)
    found[3:6, 4:9, 5:12, 0] = 1
    found[6:8, 6:11, 2:7, 1] = 1
    return found


def check(folder: Path, expected: np.ndarray) -> None:
    answer = read(ENTRY, folder.parent, formats.read(folder), name=folder.name)
    assert not answer.faults
    shapes = voxels(answer)
    for number, label in enumerate(("Liver", "Mass")[: expected.shape[3]]):
        assert np.array_equal(shapes[label], expected[..., number] > 0), label


@pytest.mark.parametrize("kind", ["BINARY", "FRACTIONAL", "LABELMAP"])
def test_every_type_of_segmentation(tmp_path: Path, kind: str) -> None:
    folder = series(tmp_path)
    segmentation(folder, masks().astype(float) if kind == "FRACTIONAL" else masks(), kind)
    check(folder, masks())


def test_a_faint_segment_is_unknown_and_an_empty_one_absent(tmp_path: Path) -> None:
    folder = series(tmp_path)
    fractions = masks().astype(float)
    fractions[..., 0] *= 0.3
    for faint, reason in ((True, "structure-undrawn"), (False, "empty-structure")):
        segmentation(folder, fractions, "FRACTIONAL")
        answer = read(ENTRY, folder.parent, formats.read(folder), name=folder.name)
        assert [(f.reason, f.raw) for f in answer.faults] == [(reason, "Liver")]
        assert (answer.is_unknown("Liver"), answer.is_unknown("Mass")) == (faint, False)
        fractions[..., 0] = 0


@pytest.mark.parametrize("step", [2.5, 3.0])
@pytest.mark.parametrize(
    ("thickness", "spacing"), [(2.0, None), (5.0, None), (3.0, 7.0), (1.0, 0.0)]
)
def test_frames_are_placed_by_their_positions(
    tmp_path: Path, step: float, thickness: float, spacing: float | None
) -> None:
    """Slices may overlap or leave gaps: neither thickness nor stated spacing is a distance."""
    folder = series(tmp_path, step=step)
    data = segmentation(folder, masks())
    measures = data.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.SliceThickness = thickness
    if spacing is not None:
        measures.SpacingBetweenSlices = spacing
    data.save_as(tmp_path / "seg.dcm")
    check(folder, masks())


def test_empty_frames_between_others_are_no_thick_slices(tmp_path: Path) -> None:
    """Every second slice is marked: what lies between is not."""
    folder = series(tmp_path)
    sparse = np.zeros((9, 14, 16, 1), np.uint8)
    sparse[[1, 3, 7], 4:9, 5:12] = 1
    segmentation(folder, sparse)
    check(folder, sparse)


def test_one_frame_marks_one_slice(tmp_path: Path) -> None:
    folder = series(tmp_path)
    single = np.zeros((9, 14, 16, 1), np.uint8)
    single[4, 4:9, 5:12] = 1
    data = segmentation(folder, single)
    data.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0].SliceThickness = 9
    data.save_as(tmp_path / "seg.dcm")
    check(folder, single)


@pytest.mark.parametrize("as_file", [True, False])
def test_a_series_of_one_slice(tmp_path: Path, as_file: bool) -> None:
    folder = series(tmp_path, depth=1)
    single = np.zeros((1, 14, 16, 1), np.uint8)
    single[0, 4:9, 5:12] = 1
    segmentation(folder, single)
    image = next(folder.iterdir()) if as_file else folder
    name = image.relative_to(tmp_path).as_posix()
    answer = read(ENTRY, tmp_path, formats.read(image), name=name)
    assert np.array_equal(voxels(answer)["Liver"], single[..., 0] > 0)


@pytest.mark.parametrize("rows", [[1, 0, 0, 0, 1, 0], [-1, 0, 0, 0, 1, 0], [0, 1, 0, 0, 0, -1]])
def test_a_single_slice_that_is_turned_has_its_marks_with_it(
    tmp_path: Path, rows: list[int]
) -> None:
    folder = series(tmp_path, depth=1)
    path = next(folder.iterdir())
    data = pydicom.dcmread(path)
    data.ImageOrientationPatient = [float(v) for v in rows]
    data.save_as(path)
    stored = pydicom.dcmread(path).pixel_array
    single = np.zeros((1, 14, 16, 1), np.uint8)
    single[0, 4:9, 5:12] = 1
    segmentation(folder, single)
    image = formats.read(folder)
    mask = voxels(read(ENTRY, tmp_path, image, name=folder.name))["Liver"]
    marked = sorted((image.voxels[mask] + 1000).tolist())
    assert marked == sorted(stored[4:9, 5:12].ravel().tolist())


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda d: setattr(d, "PatientID", "q"), "patient"),
        (lambda d: setattr(d, "FrameOfReferenceUID", "1.9"), "frame of reference"),
        (lambda d: setattr(d.ReferencedSeriesSequence[0], "SeriesInstanceUID", "1.9"), "series"),
    ],
)
def test_a_segmentation_of_another_image_is_refused(tmp_path: Path, change: Any, what: str) -> None:
    folder = series(tmp_path)
    data = segmentation(folder, masks())
    change(data)
    data.save_as(tmp_path / "seg.dcm")
    image = formats.read(folder)
    with pytest.raises(DataFault, match=what) as caught:
        read(ENTRY, tmp_path, image, name=folder.name)
    assert caught.value.reason == "another-patient"
    assert read({**ENTRY, "identity": "ignore"}, tmp_path, image, name=folder.name).layers


def test_an_enhanced_copy_of_the_series_is_the_same_image(tmp_path: Path) -> None:
    """A conversion makes new instances of another class in the series that is referred to."""
    folder = series(tmp_path)
    segmentation(folder, masks())
    for path in folder.iterdir():
        data = pydicom.dcmread(path)
        data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.2.1"
        data.SOPInstanceUID = data.file_meta.MediaStorageSOPInstanceUID = generate_uid()
        data.save_as(path)
    check(folder, masks())


@pytest.mark.parametrize("number", ["1x", "\\"])
def test_an_element_of_another_kind_is_a_fault_and_no_crash(tmp_path: Path, number: str) -> None:
    from tests.value_fuzz import marks
    from tests.value_fuzz import structure_sets as sets
    from tests.value_fuzz.chance import Chance

    path = sets.FORMAT.meanings["contours of every slice"](Chance(1, "number"), tmp_path)
    data = pydicom.dcmread(path)
    data.StructureSetROISequence[0].add_new(0x30060022, "LO", number)
    data.save_as(path)
    image = formats.read(tmp_path / "series")
    with pytest.raises(DataFault) as caught:
        marks.ours(path, {"kind": "rtstruct", "file": path.name}, image, of="series")
    assert caught.value.reason == "header"
