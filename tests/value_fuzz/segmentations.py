"""DICOM Segmentations of a series, judged by highdicom."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from highdicom.seg import (
    Segmentation,
    SegmentationTypeValues,
    SegmentDescription,
    segread,
)
from pydicom.sr.codedict import codes

from benchsmith import formats
from tests.value_fuzz import dicom_objects as objects
from tests.value_fuzz import dicom_series, marks
from tests.value_fuzz.chance import Chance
from tests.value_fuzz.mutants import Change, Format, Refused
from tests.value_fuzz.values import Values

NAMES = ("liver", "spleen", "kidney")


def _segments(names: Any) -> list[SegmentDescription]:
    return [
        SegmentDescription(
            segment_number=number,
            segment_label=name,
            segmented_property_category=codes.SCT.Organ,
            segmented_property_type=codes.SCT.Liver,
            algorithm_type="MANUAL",
        )
        for number, name in enumerate(names, start=1)
    ]


def _series(chance: Chance, folder: Path) -> list[pydicom.Dataset]:
    found = dicom_series.slices(chance)
    for one in found:
        one.StudyDate, one.StudyTime, one.SeriesNumber = "20200101", "120000", 1
        one.PatientName, one.PatientBirthDate, one.PatientSex = "n", "", ""
        one.StudyID, one.AccessionNumber, one.ReferringPhysicianName = "1", "", ""
        one.PositionReferenceIndicator = ""
    dicom_series.write(found, folder)
    return found


def _object(
    chance: Chance,
    images: list[pydicom.Dataset],
    *,
    kind: SegmentationTypeValues = SegmentationTypeValues.BINARY,
    overlap: bool = True,
    **more: Any,
) -> Segmentation:
    size = (len(images), images[0].Rows, images[0].Columns)
    count = chance.whole(1, len(NAMES))
    if kind == SegmentationTypeValues.LABELMAP or not overlap:
        mask = chance.array(size, 0, count, "u1")
    else:
        mask = chance.array((*size, count), 0, 1, "u1")
    if kind == SegmentationTypeValues.FRACTIONAL:
        mask = (chance.array((*size, count), 0, 255) / 255).astype(np.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = Segmentation(
            images, mask, kind, _segments(NAMES[:count]), f"{objects.ROOT}.77", 7,
            f"{objects.ROOT}.78", 1, "m", "n", "1", "1", **more,
        )  # fmt: skip
    made.walk(_without_chance)
    return made


def _without_chance(data: pydicom.Dataset, element: Any) -> None:
    """Replace the times and the random identifier that highdicom writes."""
    fixed = {"DA": "20200101", "TM": "120000", "DT": "20200101120000"}
    if element.keyword == "DimensionOrganizationUID":
        element.value = f"{objects.ROOT}.79"
    elif element.VR in fixed and element.value:
        element.value = fixed[element.VR]


def _change(
    alter: Callable[[Chance, Any], None] = lambda chance, made: None, **fixed: Any
) -> Change:
    def change(chance: Chance, folder: Path) -> Path:
        made = _object(chance, _series(chance, folder), **fixed)
        alter(chance, made)
        made.save_as(folder / "seg.dcm")
        return folder / "seg.dcm"

    return change


def _empty_kept(chance: Chance, folder: Path) -> Path:
    made = _object(chance, _series(chance, folder), omit_empty_frames=chance.yes())
    made.save_as(folder / "seg.dcm")
    return folder / "seg.dcm"


def _some_slices(chance: Chance, folder: Path) -> Path:
    """Segment some of the slices alone."""
    images = _series(chance, folder)
    first = chance.whole(0, 1)
    made = _object(chance, images[first : first + chance.whole(1, 2)])
    made.save_as(folder / "seg.dcm")
    return folder / "seg.dcm"


def _labels(chance: Chance, made: Any) -> None:
    """Exchange the labels of the segments."""
    for item, name in zip(made.SegmentSequence, chance.shuffled(NAMES), strict=False):
        item.SegmentLabel = name


def _numbers(chance: Chance, made: Any) -> None:
    """Exchange the numbers of the first two segments, in their description alone."""
    items = list(made.SegmentSequence)
    if len(items) > 1:
        items[0].SegmentNumber, items[1].SegmentNumber = 2, 1
        made.SegmentSequence = [items[1], items[0], *items[2:]]


def _thickness(chance: Chance, made: Any) -> None:
    measures = made.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    measures.SliceThickness = chance.real(0.1, 9)
    if chance.yes():
        del measures.SpacingBetweenSlices


def _patient(chance: Chance, made: Any) -> None:
    made.PatientID = "q"


def _frame_of_reference(chance: Chance, made: Any) -> None:
    made.FrameOfReferenceUID = f"{objects.ROOT}.44"


def _other_series(chance: Chance, made: Any) -> None:
    made.ReferencedSeriesSequence[0].SeriesInstanceUID = f"{objects.ROOT}.45"


def ours(path: Path) -> Values:
    """Return the segments on the grid of the series."""
    image = formats.read(path.with_name("series"))
    return marks.ours(path, {"kind": "dicom-seg", "file": path.name}, image, of="series")


def theirs(path: Path) -> Values:
    """Return the pixels of each segment by source image, at the same places as ours shows them."""
    folder = path.with_name("series")
    images = [pydicom.dcmread(p) for p in sorted(folder.iterdir())]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        seg: Any = segread(str(path))
    first = images[0]
    references = list(seg.get("ReferencedSeriesSequence") or ())
    for named, stated in (
        ({str(first.PatientID)}, {str(seg.PatientID)}),
        ({str(first.FrameOfReferenceUID)}, {str(seg.FrameOfReferenceUID)}),
        ({str(first.SeriesInstanceUID)}, {str(r.SeriesInstanceUID) for r in references}),
    ):
        if stated and not named & stated:
            raise Refused("of another patient or series")
    known = {str(d.SOPInstanceUID) for d in images}
    if any(
        str(source.ReferencedSOPInstanceUID) not in known
        for group in seg.PerFrameFunctionalGroupsSequence
        for derived in group.get("DerivationImageSequence") or ()
        for source in derived.SourceImageSequence
    ):
        raise Refused("a frame refers to an image of another name")
    normal = np.cross(first.ImageOrientationPatient[:3], first.ImageOrientationPatient[3:])
    images.sort(key=lambda d: float(normal @ np.array(d.ImagePositionPatient, float)))
    uids = [d.SOPInstanceUID for d in images]
    numbers = list(seg.segment_numbers)
    pixels = seg.get_pixels_by_source_instance(
        uids, segment_numbers=numbers, assert_missing_frames_are_empty=True, rescale_fractional=True,
        ignore_spatial_locations=True,
    )  # fmt: skip
    # from (slice, row, column) to the axes of ours, by the place of the voxels
    affine = np.eye(4)
    directions = np.array(first.ImageOrientationPatient, float)
    affine[:3, 0] = directions[:3] * float(first.PixelSpacing[1])
    affine[:3, 1] = directions[3:] * float(first.PixelSpacing[0])
    away = np.array(images[-1].ImagePositionPatient, float) - images[0].ImagePositionPatient
    affine[:3, 2] = away / (len(images) - 1)
    order = np.argmax(np.abs(affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)), axis=1)
    found = []
    for k, number in enumerate(numbers):
        mask = pixels[..., k].transpose(2, 1, 0) >= 0.5
        for world, axis in enumerate(order):
            if affine[world, axis] < 0:
                mask = np.flip(mask, axis)
        mask = mask.transpose(*order[::-1])
        if mask.any():
            found.append(marks.mark(seg.get_segment_description(number).segment_label, mask))
    return marks.theirs(found)


FORMAT = Format(
    "DICOM Segmentation",
    "highdicom",
    {
        "segments that overlap": _change(),
        "segments apart": _change(overlap=False),
        "fractional": _change(kind=SegmentationTypeValues.FRACTIONAL),
        "label map": _change(kind=SegmentationTypeValues.LABELMAP),
        "empty frames": _empty_kept,
        "some of the slices": _some_slices,
        "labels": _change(_labels),
        "numbers of segments": _change(_numbers),
        "thickness and distance": _change(_thickness),
        "another patient": _change(_patient),
        "another frame of reference": _change(_frame_of_reference),
        "another series": _change(_other_series),
    },
    ours,
    theirs,
    mutants=500,
    alone={
        "a frame refers to an image": "frames are placed by their positions (PS3.3 C.7.6.16.2.3); the judge "
        "places them by the images that they refer to",
        "has no attribute|Dataset is not a Segmentation|should have exactly one": "a part of the header that says nothing of the "
        "segments is damaged",
    },
)
