"""DICOM slices that are no volume, or whose pixels may show a name, are refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Reading
from tests.test_volumes import reason


def _together(data: pydicom.Dataset) -> None:
    data.ImagePositionPatient = [0, 0, 0]


def _tilt(data: pydicom.Dataset) -> None:
    x, y, z = (float(v) for v in data.ImagePositionPatient)
    data.ImagePositionPatient = [x, y + 0.4 * z, z]


def _slope(data: pydicom.Dataset) -> None:
    data.RescaleSlope = 0


@pytest.mark.parametrize("change", [_together, _tilt, _slope])
def test_a_series_that_is_no_volume_is_refused(
    tmp_path: Path, change: Callable[[pydicom.Dataset], None]
) -> None:
    from tests.test_formats import write_dicom

    folder = write_dicom(tmp_path, np.zeros((4, 5, 6), int), np.diag([1.0, 1, 3, 1]))
    for path in folder.iterdir():
        data = pydicom.dcmread(path)
        change(data)
        data.save_as(path)
    assert reason(folder) in ("series-gap", "header")


def test_burned_in_text_is_held_back_until_the_recipe_accepts_it(tmp_path: Path) -> None:
    from tests.test_formats import write_dicom

    folder = write_dicom(tmp_path, np.ones((4, 5, 1), int), np.eye(4))
    data = pydicom.dcmread(folder / "001.dcm")
    data.BurnedInAnnotation = "YES"
    data.save_as(tmp_path / "b.dcm")
    assert reason(tmp_path / "b.dcm") == "burned-in"
    assert formats.read(tmp_path / "b.dcm", Reading(burned_in=True)).voxels.shape == (1, 5, 4)
