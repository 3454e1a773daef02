"""Pictures are turned as their headers state, and boxes with them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchsmith import formats
from benchsmith.imaging.picture_turns import TURNS, to_stored, turn, turn_box, undo
from tests.test_dicom_pixels import picture

RADIOGRAPH = np.arange(12, dtype=np.uint8).reshape(3, 4)


@pytest.mark.parametrize(
    ("orientation", "expected"),
    [
        (["L", "F"], RADIOGRAPH),
        (["R", "F"], RADIOGRAPH[:, ::-1]),
        (["L", "H"], RADIOGRAPH[::-1]),
        (["R", "H"], RADIOGRAPH[::-1, ::-1]),
        (["F", "L"], RADIOGRAPH.T),
        (["H", "L"], RADIOGRAPH.T[::-1]),
        (["F", "R"], RADIOGRAPH.T[:, ::-1]),
        (["P", "F"], RADIOGRAPH),
        (["A", "F"], RADIOGRAPH),
        (["RA", "FP"], RADIOGRAPH[:, ::-1]),
    ],
)
def test_a_radiograph_is_hung_by_its_patient_orientation(
    tmp_path: Path, orientation: list[str], expected: np.ndarray
) -> None:
    path = picture(
        tmp_path, RADIOGRAPH, PhotometricInterpretation="MONOCHROME2", Modality="DX",
        PatientOrientation=orientation,
        PixelSpacingCalibrationType="GEOMETRY",
    )  # fmt: skip
    image = formats.read(path)
    assert np.array_equal(image.voxels[0], expected)
    assert np.array_equal(undo(image.voxels, image.exif_orientation)[0], RADIOGRAPH)
    assert bool(image.note) == (image.exif_orientation != 1)


@pytest.mark.parametrize("orientation", [None, ["L", "R"], ["X", "F"]])
def test_a_radiograph_without_a_side_says_so(tmp_path: Path, orientation: list[str] | None) -> None:
    path = picture(
        tmp_path, RADIOGRAPH, PhotometricInterpretation="MONOCHROME2", Modality="CR",
        PatientOrientation=orientation, ViewPosition="PA",
    )  # fmt: skip
    image = formats.read(path)
    assert np.array_equal(image.voxels[0], RADIOGRAPH)
    assert "left and right are not known" in image.note


@pytest.mark.parametrize("code", TURNS)
def test_turns_are_undone_and_boxes_go_with_them(code: int) -> None:
    stored = np.arange(20).reshape(1, 4, 5)
    shown = turn(stored, code)
    assert np.array_equal(undo(shown, code), stored)
    height, width = shown.shape[1:]
    x0, y0, x1, y1 = turn_box((1, 2, 4, 3), code, width, height)
    assert sorted(shown[0, y0:y1, x0:x1].ravel()) == sorted(stored[0, 2:3, 1:4].ravel())
    x, y = (to_stored(code, width, height) @ [x0, y0, 0, 1])[:2].astype(int)
    assert stored[0, y, x] == shown[0, y0, x0]
