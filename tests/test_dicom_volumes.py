"""Slices and frames of DICOM: those that make no volume are refused, and one frame is read like a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom
import pytest

from benchsmith import annotations, formats
from benchsmith.core.contracts import DataFault, Reading
from tests.label_entries import parsed
from tests.test_annotations import request
from tests.test_contours import voxels
from tests.test_dicom_labels import ENTRY, masks, segmentation, series
from tests.test_dicom_pixels import by_itk, picture
from tests.test_formats import write_dicom, write_multiframe

VOXELS = np.arange(6 * 5 * 4).reshape(6, 5, 4) * 7 % 300
TURNED = np.array([[0, 0, 2.0, 5], [-1.5, 0, 0, 9], [0, -3.0, 0, 20], [0, 0, 0, 1]])
"""A sagittal stack: columns run to the front, rows to the feet; pixels are 1.5 x 3 mm."""
Edit = Callable[[int, pydicom.Dataset], None]


def edited(folder: Path, edit: Edit) -> Path:
    """Change each slice of a series in a place; slices are counted along the stack."""
    for number, path in enumerate(sorted(folder.iterdir(), reverse=True)):
        data = pydicom.dcmread(path)
        edit(number, data)
        data.save_as(path)
    return folder


def tag(name: str, *values: object) -> Edit:
    """Return an edit that gives the slices these values in turn."""
    return lambda number, data: setattr(data, name, values[number % len(values)])


def magnetic(*edits: Edit) -> Edit:
    def edit(number: int, data: pydicom.Dataset) -> None:
        data.Modality = "MR"
        del data.RescaleSlope, data.RescaleIntercept
        for one in edits:
            one(number, data)

    return edit


def shifted(number: int, data: pydicom.Dataset) -> None:
    if number == 2:
        x, y, z = data.ImagePositionPatient
        data.ImagePositionPatient = [float(x) + 0.6, y, z]


@pytest.mark.parametrize(
    ("edit", "reason", "word"),
    [
        (shifted, "series-gap", "shifted by 0.600 mm"),
        (tag("ConvolutionKernel", "B30f", "B70f"), "series-gap", "ConvolutionKernel is 'B"),
        (tag("ConvolutionKernel", ["Br36", "3"], ["Br36", "2"]), "series-gap", "ConvolutionKernel"),
        (tag("KVP", 80, 140), "series-gap", "KVP"),
        (tag("SeriesInstanceUID", "1.2.3", "1.2.4"), "series-gap", "more than one series: 2"),
        (magnetic(tag("EchoTime", 15, 90)), "series-gap", "EchoTime"),
        (magnetic(tag("EchoNumbers", 1, 2)), "series-gap", "EchoNumbers"),
        (magnetic(tag("DiffusionBValue", 0.0, 1000.0)), "series-gap", "DiffusionBValue"),
        (magnetic(tag("InversionTime", 100, 900)), "series-gap", "InversionTime"),
        (magnetic(tag("TemporalPositionIdentifier", 1, 2)), "series-gap", "TemporalPosition"),
        (
            magnetic(tag("ImageType", ["ORIGINAL", "PRIMARY", "M"], ["ORIGINAL", "PRIMARY", "P"])),
            "series-gap",
            "ImageType",
        ),
        (
            magnetic(tag("PhotometricInterpretation", "MONOCHROME1", "MONOCHROME2")),
            "header",
            "MONOCHROME1",
        ),
        (
            magnetic(
                tag("PhotometricInterpretation", "MONOCHROME1"),
                tag("BitsStored", 12, 16),
                tag("HighBit", 11, 15),
            ),
            "header",
            "BitsStored",
        ),
    ],
)
def test_slices_that_are_no_volume_together(
    tmp_path: Path, edit: Edit, reason: str, word: str
) -> None:
    """Their positions are even, so that they made a volume of mixed or shifted slices."""
    folder = edited(write_dicom(tmp_path, VOXELS, np.eye(4)), edit)
    with pytest.raises(DataFault, match=word) as fault:
        formats.read(folder)
    assert fault.value.reason == reason


def test_what_may_differ_from_slice_to_slice(tmp_path: Path) -> None:
    """Bits of grey that grows with the values, signs, acquisitions, and a shift of rounding."""

    def edit(number: int, data: pydicom.Dataset) -> None:
        data.AcquisitionNumber, data.XRayTubeCurrent = number, 120 + number
        data.KVP, data.ConvolutionKernel = 120, "B30f"
        data.BitsStored, data.HighBit = (12, 11) if number else (16, 15)
        data.ImagePositionPatient = [0.01 * (number % 2), 0, number]

    image = formats.read(edited(write_dicom(tmp_path, VOXELS, np.eye(4)), edit))
    assert np.array_equal(image.voxels, VOXELS.T)


def test_slices_that_each_name_a_series_of_their_own_are_one(tmp_path: Path) -> None:
    """Tools that replace identifiers give each file new ones; the places of the slices decide."""
    own = [f"1.2.{number}" for number in range(4)]
    series = edited(write_dicom(tmp_path, VOXELS, np.eye(4)), tag("SeriesInstanceUID", *own))
    image = formats.read(series)
    assert np.array_equal(image.voxels, VOXELS.T) and "a series of its own" in image.note
    with pytest.raises(DataFault, match="slice distances"):
        formats.read(
            edited(series, tag("ImagePositionPatient", [0, 0, 0], [0, 0, 1], [0, 0, 3], [0, 0, 9]))
        )


def test_doubled_slices_are_reported(tmp_path: Path) -> None:
    folder = write_dicom(tmp_path, VOXELS, np.eye(4))
    (folder / "zz.dcm").write_bytes((folder / "002.dcm").read_bytes())
    with pytest.raises(DataFault, match="1 of its 5 slices lie where another one does"):
        formats.read(folder)


def enhanced(path: Path, edit: Edit | None = None) -> Path:
    """Write an enhanced CT; `edit` is given each frame's number and functional groups."""
    file = write_multiframe(path, VOXELS, TURNED)
    data = pydicom.dcmread(file)
    for number, group in enumerate(data.PerFrameFunctionalGroupsSequence):
        if edit:
            edit(number, group)
    data.save_as(file)
    return file


def _aside(number: int, group: pydicom.Dataset) -> None:
    if number == 2:
        place = group.PlanePositionSequence[0]
        x, y, z = place.ImagePositionPatient
        place.ImagePositionPatient = [x, float(y) - 6, z]


def _echo(number: int, group: pydicom.Dataset) -> None:
    item = pydicom.Dataset()
    item.EffectiveEchoTime = [15.0, 90.0][number % 2]
    group.MREchoSequence = [item]


def _kernel(number: int, group: pydicom.Dataset) -> None:
    item = pydicom.Dataset()
    item.ConvolutionKernel = ["B30f", "B70f"][number % 2]
    group.CTReconstructionSequence = [item]


def _voltage(number: int, group: pydicom.Dataset) -> None:
    item = pydicom.Dataset()
    item.KVP = [80, 140][number % 2]
    group.CTXRayDetailsSequence = [item]


def _kinds(number: int, group: pydicom.Dataset) -> None:
    item = pydicom.Dataset()
    item.RescaleSlope, item.RescaleIntercept = 1, -1000
    item.RescaleType = "US" if number == 2 else "HU"
    group.PixelValueTransformationSequence = [item]


@pytest.mark.parametrize(
    ("edit", "reason", "word"),
    [
        (_aside, "series-gap", "shifted by 6.000 mm"),
        (_echo, "series-gap", "EffectiveEchoTime"),
        (_kernel, "series-gap", "ConvolutionKernel"),
        (_voltage, "series-gap", "KVP"),
        (_kinds, "header", "HU, US"),
    ],
)
def test_frames_that_are_no_volume_together(
    tmp_path: Path, edit: Edit, reason: str, word: str
) -> None:
    file = enhanced(tmp_path, edit)
    with pytest.raises(DataFault, match=word) as fault:
        formats.read(file)
    assert fault.value.reason == reason


def test_the_unit_of_a_frame_is_its_own(tmp_path: Path) -> None:
    file = enhanced(tmp_path, _kinds)
    units = [formats.read(file, Reading(part=str(k))).unit for k in range(4)]
    assert units == ["HU", "HU", "", "HU"]


def test_a_frame_is_read_as_the_slice_that_it_was(tmp_path: Path) -> None:
    """Frames had no size, no place, and were not hung: a sagittal frame was mirrored."""
    file = enhanced(tmp_path)
    for number, alone in enumerate(sorted((tmp_path / "series").iterdir())):
        frame, slice_ = formats.read(file, Reading(part=str(number))), formats.read(alone)
        assert np.array_equal(frame.voxels, slice_.voxels)
        assert (frame.spacing_mm[1:], frame.exif_orientation) == ((3.0, 1.5), 2)
        assert frame.place is not None and slice_.place is not None
        assert np.allclose(frame.place, slice_.place)
        # ITK's decoder, and the front at the left of a sagittal picture
        assert np.array_equal(frame.voxels[0], by_itk(alone)[0][:, ::-1])


def test_frames_of_a_dose_lie_at_their_offsets(tmp_path: Path) -> None:
    file = enhanced(tmp_path)
    data = pydicom.dcmread(file)
    first = pydicom.dcmread(tmp_path / "series/004.dcm")
    for name in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing"):
        setattr(data, name, first[name].value)
    del data.PerFrameFunctionalGroupsSequence, data.SharedFunctionalGroupsSequence
    data.GridFrameOffsetVector = [0, 2, 4, 6]
    data.save_as(file)
    place = formats.read(file, Reading(part="3")).place
    assert place is not None
    # the last pixel of the first row is shown first; x grows by the third offset along the normal
    assert np.allclose(place @ [5, 0, 0, 1], [5 + 6, 9, 20, 1])


def test_frames_of_a_projection_are_hung_like_one_picture(tmp_path: Path) -> None:
    pixels = np.arange(3 * 10 * 6, dtype=np.uint8).reshape(3, 10, 6)
    file = picture(tmp_path, pixels[0], Modality="XA", PatientOrientation=["R", "F"])
    data = pydicom.dcmread(file)
    data.NumberOfFrames, data.PixelData = 3, pixels.tobytes()
    data.save_as(file)
    found = formats.read(file, Reading(part="2"))
    assert np.array_equal(found.voxels[0], pixels[2][:, ::-1])
    assert found.exif_orientation == 2


def test_a_segmentation_of_a_tilted_stack(tmp_path: Path) -> None:
    """Each frame lies in its slice; frames were taken to lie one above the other along the normal."""
    angle = np.radians(12)
    tilt = [1, 0, 0, 0, float(np.cos(angle)), float(np.sin(angle))]
    folder = edited(series(tmp_path), tag("ImageOrientationPatient", tilt))
    segmentation(folder, masks())
    labels = parsed(ENTRY)
    for path in folder.iterdir():
        number = round(float(pydicom.dcmread(path).ImagePositionPatient[2]) / 3)
        own = replace(request(tmp_path, formats.read(path)), path=path)
        found = voxels(annotations.read(labels, own))
        for k, label in enumerate(("Liver", "Mass")):
            drawn = found.get(label, np.zeros((1, 14, 16), bool))
            assert np.array_equal(drawn[0], masks()[number, ..., k] > 0), (number, label)


def test_a_shifted_frame_of_a_segmentation_is_refused(tmp_path: Path) -> None:
    folder = series(tmp_path)
    data = segmentation(folder, masks())
    place = data.PerFrameFunctionalGroupsSequence[1].PlanePositionSequence[0]
    x, y, z = place.ImagePositionPatient
    place.ImagePositionPatient = [float(x) + 4, y, z]
    data.save_as(tmp_path / "seg.dcm")
    own = replace(request(tmp_path, formats.read(folder)), path=folder)
    with pytest.raises(DataFault, match=r"shifted by 4\.000 mm") as fault:
        annotations.read(parsed(ENTRY), own)
    assert fault.value.reason == "series-gap"
