"""Stacks of DICOM that hold several images, or a slice without a place, are refused by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault
from tests.test_dicom_volumes import VOXELS, Edit, edited, enhanced, magnetic, tag
from tests.test_formats import write_dicom


def not_a_number(number: int, data: pydicom.Dataset) -> None:
    if number == 2:
        data.ImagePositionPatient = ["nan", "nan", "1e300"]


def without_pixel_spacing(number: int, data: pydicom.Dataset) -> None:
    del data.PixelSpacing


@pytest.mark.parametrize(
    ("edit", "reason", "word"),
    [
        # it was sorted to an end, so that all later slices were one place too low
        (not_a_number, "header", "no sound image position"),
        (without_pixel_spacing, "header", "states no PixelSpacing"),
        (tag("NominalPercentageOfCardiacPhase", 30, 70), "series-gap", "NominalPercentage"),
        (magnetic(tag("NominalPercentageOfCardiacPhase", 30, 70)), "series-gap", "Nominal"),
    ],
)
def test_slices_that_are_no_volume(tmp_path: Path, edit: Edit, reason: str, word: str) -> None:
    folder = edited(write_dicom(tmp_path, VOXELS, np.eye(4)), edit)
    with pytest.raises(DataFault, match=word) as fault:
        formats.read(folder)
    assert fault.value.reason == reason


def test_one_phase_of_the_heart_is_a_volume(tmp_path: Path) -> None:
    edit = tag("NominalPercentageOfCardiacPhase", 70)
    image = formats.read(edited(write_dicom(tmp_path, VOXELS, np.eye(4)), edit))
    assert np.array_equal(image.voxels, VOXELS.T)


def content(sequence: str, name: str, *values: object) -> Any:
    """Return an edit that gives the frames these values of a functional group in turn."""

    def edit(number: int, group: pydicom.Dataset) -> None:
        item = pydicom.Dataset()
        setattr(item, name, values[number % len(values)])
        setattr(group, sequence, [item])

    return edit


@pytest.mark.parametrize(
    ("edit", "word"),
    [
        (content("FrameContentSequence", "TemporalPositionIndex", 1, 2), "TemporalPositionIndex"),
        (
            content("CardiacSynchronizationSequence", "NominalPercentageOfCardiacPhase", 30, 70),
            "NominalPercentageOfCardiacPhase",
        ),
    ],
)
def test_frames_of_two_times_are_no_volume(tmp_path: Path, edit: Any, word: str) -> None:
    """Each lies in a place of its own, so that they made a volume of two times."""
    with pytest.raises(DataFault, match=f"its frames differ in their {word}") as fault:
        formats.read(enhanced(tmp_path, edit))
    assert fault.value.reason == "series-gap"


def test_frames_of_one_time_are_a_volume(tmp_path: Path) -> None:
    edit = content("FrameContentSequence", "TemporalPositionIndex", 1)
    timed = formats.read(enhanced(tmp_path, edit))
    assert sorted(timed.voxels.ravel()) == sorted(VOXELS.ravel())


def test_a_frame_without_a_place_is_refused(tmp_path: Path) -> None:
    def edit(number: int, group: pydicom.Dataset) -> None:
        if number == 1:
            group.PlanePositionSequence[0].ImagePositionPatient = ["nan", "0", "0"]

    with pytest.raises(DataFault, match="is not a number"):
        formats.read(enhanced(tmp_path, edit))
