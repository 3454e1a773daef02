"""A window in Hounsfield units is for Hounsfield units: other values of CT are shown by their own range."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import Image
from benchsmith.imaging.rendering import windows
from tests.test_dicom_volumes import edited, tag
from tests.test_formats import write_dicom
from tests.test_rendering import SOFT

AIR, FAT, LIVER = -1000, -100, 110


def body() -> np.ndarray:
    """Air around fat around a liver, (z, y, x)."""
    found = np.full((6, 20, 20), AIR, np.int16)
    found[:, 3:17, 3:17] = FAT
    found[:, 6:14, 6:14] = LIVER
    return found


@pytest.mark.parametrize(
    ("stored", "why"),
    [
        (((np.clip(body(), -160, 240) + 160) / 400).astype(np.float32), "0 to 1"),
        (((np.clip(body(), -160, 240) + 160) / 400 * 255).astype(np.float32), "0 to 255"),
        ((body() / 1000).astype(np.float32), "-1 to 1"),
        (((body() - body().mean()) / body().std()).astype(np.float64), "mean 0, deviation 1"),
        (((body() + 1000.0) * 0.0002).astype(np.float32), "attenuation by millimetre"),
        ((body() + 1024).astype(np.int16), "moved up by 1024, with a sign"),
        ((body() + 1024).astype(np.float32), "moved up by 1024, as fractions"),
        (((np.clip(body(), -160, 240) + 160) / 400 * 255).astype(np.int16), "0 to 255, signed"),
        (((np.clip(body(), -160, 240) + 160) / 400 * 255 - 128).astype(np.int8), "signed bytes"),
        (((np.clip(body(), -160, 240) + 160) / 400 * 255 - 128).astype(np.float32), "-128 to 127"),
        ((np.clip(body(), -200, 300) + 200).astype(np.int16), "cut and moved up"),
        ((np.clip(body(), -1000, 400) + 1000).astype(np.int32) * 999 // 1400, "0 to 999"),
        (((body() - body().mean()) / body().std() * 100).astype(np.int16), "mean 0, deviation 100"),
    ],
)
def test_values_that_are_no_hounsfield_units_show_their_anatomy(
    stored: np.ndarray, why: str
) -> None:
    """In the soft-tissue window all of them were one grey."""
    shown = windows.choose(Image(stored, np.eye(4), planar=False), SOFT)
    assert shown is not None and "percentiles" in shown.words, why
    grey = windows.apply(stored[3], shown).astype(int)
    assert grey[10, 10] - grey[4, 4] > 60, why


@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.float32, np.float64])
@pytest.mark.parametrize("clip", [(-1024, 3071), (-160, 240), (-1000, 400), (-150, 250)])
def test_hounsfield_units_of_any_type_are_windowed(dtype: type, clip: tuple[int, int]) -> None:
    stored = np.clip(body(), *clip).astype(dtype)
    shown = windows.choose(Image(stored, np.eye(4), planar=False), SOFT)
    assert shown is not None and shown.words == "soft: level 40 width 400 HU"
    assert shown.unit == "HU"
    grey = windows.apply(stored[3], shown)
    assert grey[10, 10] == round(255 * (LIVER + 160) / 400)
    assert grey[4, 4] == round(255 * (FAT + 160) / 400)


def test_only_a_stated_unit_makes_a_narrow_range_hounsfield_units() -> None:
    """A slice through a brain in a series of CT has neither air nor fat."""
    stored = np.linspace(5, 80, 400).reshape(1, 20, 20).astype(np.float32)
    stated = windows.choose(Image(stored, None, planar=True, unit="HU"), SOFT)
    silent = windows.choose(Image(stored, None, planar=True), SOFT)
    assert stated is not None and "HU" in stated.words
    assert silent is not None and "percentiles" in silent.words


@pytest.mark.parametrize(
    ("kind", "is_hounsfield"),
    [("HU", True), (None, True), ("US", False), ("MGML", False), ("Z_EFF", False), ("ED", False)],
)
def test_ct_that_states_another_unit_is_not_windowed(
    tmp_path: Path, kind: str | None, is_hounsfield: bool
) -> None:
    """Maps of dual energy are CT: iodine in mg/ml, effective atomic numbers, electron densities."""

    def edit(number: int, data: pydicom.Dataset) -> None:
        if kind is None:
            data.pop("RescaleType", None)
        else:
            tag("RescaleType", kind)(number, data)

    folder = edited(write_dicom(tmp_path, body().T, np.eye(4)), edit)
    for image in (formats.read(folder), formats.read(min(folder.iterdir()))):
        assert (image.unit == "HU") is is_hounsfield
        assert image.not_hounsfield is not is_hounsfield
        shown = windows.choose(image, SOFT)
        assert shown is not None and ("HU" in shown.words) is is_hounsfield
