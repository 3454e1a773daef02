"""A contour that cannot be read leaves its slice out: nothing is interpolated in its place."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from benchsmith import formats
from tests.test_annotations import read
from tests.test_contours import AFFINE, CLOSED, SHAPE, ring, rtstruct, voxels
from tests.test_formats import write_dicom

ENTRY = {"kind": "rtstruct", "file": "rt.dcm"}
HEIGHTS = (6.0, 9.0, 12.0, 15.0)
"""Millimetres of the slices 2 to 5."""


def answer(folder: Path, edit: Any) -> Any:
    """Read a structure with a contour in four slices, of which `edit` changes the second."""
    voxel = np.arange(np.prod(SHAPE)).reshape(SHAPE[::-1]) % 800
    series = write_dicom(folder, voxel, AFFINE)
    rtstruct(folder / "rt.dcm", {"Liver": [(CLOSED, ring(5, 5, 17, 15, z)) for z in HEIGHTS]})
    data = pydicom.dcmread(folder / "rt.dcm")
    edit(data.ROIContourSequence[0].ContourSequence)
    data.save_as(folder / "rt.dcm")
    return read(ENTRY, folder, formats.read(series), name=series.relative_to(folder).as_posix())


def states_more(contours: Any) -> None:
    contours[1].NumberOfContourPoints = 9


def lacks_a_number(contours: Any) -> None:
    contours[1].ContourData = list(contours[1].ContourData)[:-1]


def has_two_points(contours: Any) -> None:
    contours[1].ContourData = list(contours[1].ContourData)[:6]
    contours[1].NumberOfContourPoints = 2


def is_no_number(contours: Any) -> None:
    points = ring(5, 5, 17, 15, 9)
    contours[1].ContourData = ["nan", *(str(v) for v in points[1:])]


def is_empty(contours: Any) -> None:
    contours[1].ContourData = None
    contours[1].NumberOfContourPoints = 0


@pytest.mark.parametrize(
    ("edit", "detail"),
    [
        (states_more, "states 9 points and has 4"),
        (lacks_a_number, "has 11 coordinates, which are not whole points"),
        (has_two_points, "has 2 points; 3 are needed"),
        (is_no_number, "has coordinates that are not numbers"),
        (is_empty, "has 0 points; 3 are needed"),
    ],
)
def test_the_slice_of_a_contour_that_cannot_be_read_has_no_mask(
    tmp_path: Path, edit: Any, detail: str
) -> None:
    """Its neighbours overlap, so that a forgotten slice would be interpolated."""
    found = answer(tmp_path, edit)
    assert [(f.reason, f.raw) for f in found.faults] == [("polygon-unsound", "Liver")]
    assert detail in found.faults[0].detail
    assert found.is_unknown("Liver")
    filled = voxels(found)["Liver"].any(axis=(1, 2))
    assert np.flatnonzero(filled).tolist() == [2, 4, 5]


def test_a_second_contour_that_cannot_be_read_leaves_the_slice_out(tmp_path: Path) -> None:
    """A slice with one of two regions would show half of the structure."""

    def edit(contours: Any) -> None:
        second = pydicom.Dataset()
        second.ContourGeometricType, second.NumberOfContourPoints = CLOSED, 5
        second.ContourData = ring(21, 5, 25, 15, 9)
        contours.append(second)

    found = answer(tmp_path, edit)
    filled = voxels(found)["Liver"].any(axis=(1, 2))
    assert np.flatnonzero(filled).tolist() == [2, 4, 5]


def test_a_contour_of_more_than_64_kib_is_read(tmp_path: Path) -> None:
    """Its value representation is UN, since DS cannot state its length (PS3.5 6.2.2)."""
    turn = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    points = np.stack([11 + 6.1 * np.cos(turn), 10 + 5.1 * np.sin(turn), np.full(4000, 9.0)], 1)

    def edit(contours: Any) -> None:
        contours[1].ContourData = [round(float(v), 4) for v in points.ravel()]
        contours[1].NumberOfContourPoints = 4000

    found = answer(tmp_path, edit)
    stored = pydicom.dcmread(tmp_path / "rt.dcm").ROIContourSequence[0].ContourSequence[1]
    assert stored["ContourData"].VR == "UN"
    y, x = np.mgrid[:14, :16] * 2.0
    inside = ((x - 11) / 6.1) ** 2 + ((y - 10) / 5.1) ** 2 < 1
    assert not found.faults
    assert np.array_equal(voxels(found)["Liver"][3], inside)
