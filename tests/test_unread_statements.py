"""What a file states and its reader does not use is a fault: it is neither drawn elsewhere nor absent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pydicom
import pytest
from pydicom.uid import MultiFrameGrayscaleWordSecondaryCaptureImageStorage as Frames

from benchsmith import formats
from benchsmith.core.contracts import Annotations, DataFault, Image
from tests.test_annotations import read
from tests.test_contours import CLOSED, found, ring, rtstruct, voxels
from tests.test_contours import series as series  # noqa: PLC0414 - a fixture
from tests.test_dicom_labels import ENTRY, masks, segmentation
from tests.test_dicom_labels import series as placed_series
from tests.value_fuzz import dicom_series
from tests.value_fuzz.chance import Chance

BOX = "<bndbox><xmin>11</xmin><ymin>21</ymin><xmax>30</xmax><ymax>40</ymax></bndbox>"
ROTATION = "<attribute><name>rotation</name><value>{}</value></attribute>"
NAMED = f"<name>liver</name>{BOX}"


def picture(folder: Path) -> Image:
    PIL.Image.new("L", (80, 60), 7).save(folder / "image.png")
    return formats.read(folder / "image.png")


def reasons(answer: Annotations) -> list[tuple[str, str]]:
    return [(f.reason, f.raw) for f in answer.faults]


def voc(folder: Path, body: str) -> Annotations:
    (folder / "a.xml").write_text(f"<annotation>{body}</annotation>")
    return read({"kind": "voc", "file": "a.xml"}, folder, picture(folder))


@pytest.mark.parametrize(
    "body",
    [
        f"<objects><object>{NAMED}</object></objects>",
        f"<Object>{NAMED}</Object>",
        f"<item>{NAMED}</item>",
    ],
)
def test_objects_in_another_place_make_every_label_unknown(tmp_path: Path, body: str) -> None:
    answer = voc(tmp_path, body)
    assert not answer.layers
    assert answer.is_unknown("spleen")
    assert {f.reason for f in answer.faults} == {"class-unknown"}


@pytest.mark.parametrize(
    ("inside", "drawn"),
    [
        (ROTATION.format(45.0), False),
        (ROTATION.format(0.0), True),
        ("<angle>0.5</angle>", False),
        ("<deleted>1</deleted>", False),
        ("<deleted>0</deleted>", True),
    ],
)
def test_a_turned_or_deleted_box_is_not_drawn(tmp_path: Path, inside: str, drawn: bool) -> None:
    answer = voc(tmp_path, f"<object>{NAMED}{inside}</object>")
    reason = "mark-doubted" if "deleted" in inside else "box-unsound"
    assert reasons(answer) == ([] if drawn else [(reason, "liver")])
    if drawn:
        rows, columns = np.nonzero(voxels(answer)["liver"][0])
        assert (columns.min(), rows.min(), columns.max(), rows.max()) == (10, 20, 29, 39)


def test_corners_in_shares_are_no_pixel(tmp_path: Path) -> None:
    corners = "".join(f"<{c}>{v}</{c}>" for c, v in zip(
        ("xmin", "ymin", "xmax", "ymax"), (0.8, 0.8, 0.95, 0.95), strict=True))  # fmt: skip
    answer = voc(tmp_path, f"<object><name>liver</name><bndbox>{corners}</bndbox></object>")
    assert reasons(answer) == [("box-unsound", "liver")]


@pytest.mark.parametrize(
    ("more", "drawn"),
    [
        ({"attributes": {"rotation": 45.0}}, False),
        ({"rotation": "30"}, False),
        ({"attributes": {"rotation": 0.0, "occluded": False}}, True),
        ({"rotation": 30, "segmentation": [[10, 20, 30, 20, 30, 40, 10, 40]]}, True),
    ],
)
def test_a_turned_box_of_coco_is_not_drawn(
    tmp_path: Path, more: dict[str, Any], drawn: bool
) -> None:
    one = {"id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 20, 20], **more}
    (tmp_path / "c.json").write_text(
        json.dumps(
            {
                "images": [{"id": 1, "file_name": "image.png"}],
                "categories": [{"id": 1, "name": "liver"}],
                "annotations": [one],
            }
        )
    )
    answer = read({"kind": "coco", "file": "c.json"}, tmp_path, picture(tmp_path))
    assert reasons(answer) == ([] if drawn else [("box-unsound", "liver")])
    if drawn:
        expected = np.zeros((60, 80), bool)
        expected[20:40, 10:30] = True
        assert np.array_equal(voxels(answer)["liver"][0], expected)


def test_two_structures_of_one_number_are_both_unknown(tmp_path: Path, series: Path) -> None:
    """The last name of a number would be that of all its contours."""
    rois = {name: [(CLOSED, ring(5, 5, 17, 15, z))] for name, z in (("a", 6), ("b", 9), ("c", 12))}
    rtstruct(tmp_path / "rt.dcm", rois)
    data = pydicom.dcmread(tmp_path / "rt.dcm")
    data.StructureSetROISequence[1].ROINumber = data.ROIContourSequence[1].ReferencedROINumber = 1
    data.save_as(tmp_path / "rt.dcm")
    entry = {"kind": "rtstruct", "file": "rt.dcm"}
    answer = read(entry, tmp_path, formats.read(series), name="series")
    assert reasons(answer) == [("class-unknown", "a"), ("class-unknown", "b")]
    assert list(voxels(answer)) == ["c"]


def test_a_structure_may_have_the_number_0(tmp_path: Path, series: Path) -> None:
    rtstruct(tmp_path / "rt.dcm", {"a": [(CLOSED, ring(5, 5, 17, 15, 6))]})
    data = pydicom.dcmread(tmp_path / "rt.dcm")
    data.StructureSetROISequence[0].ROINumber = data.ROIContourSequence[0].ReferencedROINumber = 0
    data.save_as(tmp_path / "rt.dcm")
    entry = {"kind": "rtstruct", "file": "rt.dcm"}
    answer = read(entry, tmp_path, formats.read(series), name="series")
    assert not answer.faults
    assert np.argwhere(voxels(answer)["a"]).min(axis=0).tolist() == [2, 3, 3]


@pytest.mark.parametrize("offset", [0.0, 3.0])
def test_an_offset_of_contours_is_not_left_out_of_account(
    tmp_path: Path, series: Path, offset: float
) -> None:
    found(tmp_path, series, {"a": [(CLOSED, ring(5, 5, 17, 15, 6))]})
    data = pydicom.dcmread(tmp_path / "rt.dcm")
    data.ROIContourSequence[0].ContourSequence[0].ContourOffsetVector = [0, 0, offset]
    data.save_as(tmp_path / "rt.dcm")
    entry = {"kind": "rtstruct", "file": "rt.dcm"}
    answer = read(entry, tmp_path, formats.read(series), name="series")
    assert reasons(answer) == ([("contour-type", "a")] if offset else [])


def _turned(group: pydicom.Dataset, number: int) -> None:
    item = pydicom.Dataset()
    item.ImageOrientationPatient = [-1, 0, 0, 0, 1, 0] if number else [1, 0, 0, 0, 1, 0]
    group.PlaneOrientationSequence = [item]


def _scaled(group: pydicom.Dataset, number: int) -> None:
    item = pydicom.Dataset()
    item.PixelSpacing, item.SliceThickness = ([4, 4] if number else [2, 2]), 3
    group.PixelMeasuresSequence = [item]


Alter = Callable[[pydicom.Dataset, int], None]


@pytest.mark.parametrize("alter", [_turned, _scaled])
def test_frames_that_lie_differently_are_refused(tmp_path: Path, alter: Alter) -> None:
    """Each frame has its own orientation and pixel size: the first is not that of all."""
    folder = placed_series(tmp_path)
    seg = segmentation(folder, masks())
    big = dicom_series.enhanced(Chance(1, "frames"))
    for data, path in ((seg, tmp_path / "seg.dcm"), (big, tmp_path / "big.dcm")):
        for number, group in enumerate(data.PerFrameFunctionalGroupsSequence):
            alter(group, number)
        data.save_as(path, enforce_file_format=True)
    with pytest.raises(DataFault, match="its frames differ in their"):
        read(ENTRY, tmp_path, formats.read(folder), name=folder.name)
    with pytest.raises(DataFault, match="its frames differ in their"):
        formats.read(tmp_path / "big.dcm")


def test_a_segmentation_without_its_type_has_no_threshold(tmp_path: Path) -> None:
    folder = placed_series(tmp_path)
    image = formats.read(folder)
    for kind in ("FRACTIONAL", "BINARY"):
        marks = masks().astype(float) * 0.3 if kind == "FRACTIONAL" else masks()
        data = segmentation(folder, marks, kind)
        del data.SegmentationType
        data.save_as(tmp_path / "seg.dcm")
        if kind == "FRACTIONAL":
            with pytest.raises(DataFault, match=r"\(0062,0001\) is not stated"):
                read(ENTRY, tmp_path, image, name=folder.name)
        else:  # one bit can be nothing else
            answer = read(ENTRY, tmp_path, image, name=folder.name)
            assert np.array_equal(voxels(answer)["Liver"], masks()[..., 0] > 0)


@pytest.mark.parametrize(
    ("tag", "value", "what"),
    [
        ("RescaleType", "US", "some of its slices are in HU"),
        ("RescaleSlope", None, "some of its slices are in HU"),
        ("FrameOfReferenceUID", "1.9", "more than one frame of reference"),
        ("Modality", "MR", "more than one modality"),
    ],
)
def test_one_slice_of_another_kind(
    tmp_path: Path, series: Path, tag: str, value: str | None, what: str
) -> None:
    path = sorted(series.iterdir())[4]
    data = pydicom.dcmread(path)
    if value is None:
        del data.RescaleSlope, data.RescaleIntercept
    else:
        setattr(data, tag, value)
    data.save_as(path)
    with pytest.raises(DataFault, match=what):
        formats.read(series)


@pytest.mark.parametrize(
    ("offsets", "first"), [((0, 3), 6.0), ((6, 9), 6.0), ((0, -3), 3.0), ((2, 5), None)]
)
def test_offsets_of_frames_from_the_first_or_as_coordinates(
    tmp_path: Path, series: Path, offsets: tuple[float, float], first: float | None
) -> None:
    """PS3.3 C.8.8.3.2 has both ways; the place is that of the lowest frame."""
    data = pydicom.dcmread(min(series.iterdir()))
    data.SOPClassUID = data.file_meta.MediaStorageSOPClassUID = Frames
    data.Modality, data.NumberOfFrames, data.PixelData = "OT", 2, data.PixelData * 2
    data.ImagePositionPatient, data.GridFrameOffsetVector = [0, 0, 6], list(offsets)
    data.save_as(tmp_path / "frames.dcm")
    if first is None:
        with pytest.raises(DataFault, match="neither 0 nor its z"):
            formats.read(tmp_path / "frames.dcm")
    else:
        affine = formats.read(tmp_path / "frames.dcm").affine
        assert affine is not None
        assert affine[2].tolist() == [0, 0, 3, first]
