"""DICOM pictures have the brightness, the shape and the quantities that their header states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest

from benchsmith import formats
from benchsmith.core.contracts import DataFault, Reading
from benchsmith.imaging.geometry import pixel_mm
from benchsmith.imaging.rendering.picture import scaled_size
from tests.test_dicom_pixels import picture
from tests.test_volumes import write_pet

GREY = np.arange(60, dtype=np.uint8).reshape(10, 6)


def changed(path: Path, drop: tuple[str, ...] = (), **tags: Any) -> Path:
    data = pydicom.dcmread(path)
    for name in drop:
        delattr(data, name)
    for name, value in tags.items():
        setattr(data, name, value)
    data.save_as(path)
    return path


def lut(values: list[int], bits: int, stored: str) -> pydicom.Dataset:
    """Return a VOI LUT, its entries as numbers or as the bytes of OW."""
    table = pydicom.Dataset()
    table.add_new("LUTDescriptor", "US", [len(values), 0, bits])
    kind = {"bytes": "u1", "words": "<u2"}.get(stored)
    data: Any = values if kind is None else np.array(values, kind).tobytes()
    table.add_new("LUTData", "US" if kind is None else "OW", data)
    return table


@pytest.mark.parametrize("stored", ["numbers", "words", "bytes"])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("falling", [False, True])
def test_a_falling_voi_lut_turns_the_brightness_round(
    tmp_path: Path, stored: str, photometric: str, falling: bool
) -> None:
    """PS3.3 C.11.2.1.1 and C.7.6.3.1.2, by hand: the table is applied, then MONOCHROME1 inverts."""
    values = list(range(256))[:: -1 if falling else 1]
    path = picture(tmp_path, GREY, PhotometricInterpretation=photometric)
    changed(path, VOILUTSequence=[lut(values, 8, stored)])
    shown = np.array(values)[GREY]
    shown = 255 - shown if photometric == "MONOCHROME1" else shown
    assert np.array_equal(formats.read(path).voxels[0], shown)


def test_a_falling_voi_lut_changes_no_hounsfield_unit(tmp_path: Path) -> None:
    path = picture(tmp_path, GREY, Modality="CT", RescaleSlope=1, RescaleIntercept=-10)
    changed(path, VOILUTSequence=[lut(list(range(255, -1, -1)), 8, "numbers")])
    image = formats.read(path)
    assert (image.unit, image.voxels[0, 0, 0], image.voxels[0, 9, 5]) == ("HU", -10, 49)


def region(height_cm: float, width_cm: float, **tags: int) -> pydicom.Dataset:
    found = pydicom.Dataset()
    found.RegionSpatialFormat = 1
    found.PhysicalUnitsXDirection = found.PhysicalUnitsYDirection = 3
    found.PhysicalDeltaX, found.PhysicalDeltaY = width_cm, height_cm
    for name, value in tags.items():
        setattr(found, name, value)
    return found


@pytest.mark.parametrize(
    ("tags", "aspect"),
    [
        ({"PixelAspectRatio": ["2", "1"]}, 2.0),
        ({"PixelAspectRatio": ["3", "4"]}, 0.75),
        ({"PixelAspectRatio": ["1", "1"]}, 1.0),
        ({"NominalScannedPixelSpacing": [0.2, 0.1]}, 2.0),
        ({"SequenceOfUltrasoundRegions": [region(0.03, 0.02)]}, 1.5),
        ({"SequenceOfUltrasoundRegions": [region(-0.03, 0.02), region(0.06, 0.04)]}, 1.5),
        ({"SequenceOfUltrasoundRegions": [region(0.03, 0.02), region(0.01, 0.02)]}, 1.0),
        # an M-mode region: its columns are seconds
        ({"SequenceOfUltrasoundRegions": [region(0.03, 0.02, PhysicalUnitsXDirection=4)]}, 1.0),
    ],
)
@pytest.mark.parametrize("transposed", [False, True])
def test_pixels_that_are_not_square(
    tmp_path: Path, tags: dict[str, Any], aspect: float, transposed: bool
) -> None:
    """They have no size in millimetres, but the picture has its shape."""
    path = changed(picture(tmp_path, GREY), ("PixelSpacing",), **tags)
    if transposed:
        changed(path, Modality="DX", PatientOrientation=["F", "L"])
        aspect = 1 / aspect
    image = formats.read(path)
    rows, columns = image.voxels.shape[1:]
    assert image.spacing_mm == ()
    height, width = scaled_size(rows, columns, pixel_mm(image.sides, "planar"), 600)
    assert height / width == pytest.approx(aspect * rows / columns, rel=0.01)


def test_a_spacing_counts_more_than_a_ratio(tmp_path: Path) -> None:
    path = changed(picture(tmp_path, GREY, PixelAspectRatio=["2", "1"]), PixelSpacing=[0.5, 0.25])
    assert formats.read(path).sides == (1.0, 0.5, 0.25)


@pytest.mark.parametrize(
    ("units", "known"),
    [
        ((3, 3), True),
        ((0, 0), True),  # a colour bar
        ((4, 3), False),  # M-mode: columns are seconds
        ((4, 7), False),  # spectral Doppler: seconds and centimetres a second
    ],
)
@pytest.mark.parametrize("beside", [False, True])
def test_a_spacing_is_no_length_where_a_region_measures_something_else(
    tmp_path: Path, units: tuple[int, int], known: bool, beside: bool
) -> None:
    """PS3.3 C.8.5.5.1.15: units of a region; it lies `beside` one in centimetres or is alone."""
    across, down = units
    one = region(0.01, 0.01, PhysicalUnitsXDirection=across, PhysicalUnitsYDirection=down)
    regions = [region(0.01, 0.01), one] if beside else [one]
    path = changed(
        picture(tmp_path, GREY), PixelSpacing=[0.1, 0.1], SequenceOfUltrasoundRegions=regions
    )
    image = formats.read(path)
    assert bool(image.spacing_mm) is known
    assert ("ultrasound region" in image.note) is not known


@pytest.mark.parametrize("ratio", [["0", "1"], ["2"]])
def test_a_ratio_that_is_none(tmp_path: Path, ratio: list[str]) -> None:
    path = changed(picture(tmp_path, GREY, PixelAspectRatio=ratio), ("PixelSpacing",))
    with pytest.raises(DataFault, match=r"pixel aspect ratio \(0028,0034\)"):
        formats.read(path)


def test_colours_of_a_supplemental_palette_are_not_lost_silently(tmp_path: Path) -> None:
    path = changed(
        picture(tmp_path, GREY), PixelPresentation="COLOR", RedPaletteColorLookupTableData=b"\0\1"
    )
    with pytest.raises(DataFault, match="supplemental palette"):
        formats.read(path)


@pytest.mark.parametrize("bits", [1, 4, 6, 8])
def test_white_is_white_with_few_bits(tmp_path: Path, bits: int) -> None:
    """A picture of 6 bits was shown at a quarter of its brightness; labels keep their numbers."""
    values = GREY & ((1 << bits) - 1)
    path = picture(tmp_path, values, BitsStored=bits, HighBit=bits - 1)
    assert np.array_equal(
        formats.read(path).voxels[0], np.rint(values * 255.0 / (2**bits - 1)).astype(int)
    )
    assert np.array_equal(formats.read_labels(path, Reading(burned_in=True)).voxels[0], values)


def dose(**tags: Any) -> pydicom.Dataset:
    found = pydicom.Dataset()
    found.RadiopharmaceuticalStartTime = "100000.00"
    found.RadionuclideTotalDose, found.RadionuclideHalfLife = 4e8, 6586.2
    for name, value in tags.items():
        setattr(found, name, value)
    return found


@pytest.mark.parametrize(
    "tags",
    [
        {"AcquisitionTime": "090949"},  # processed two hours later: the time is not the decay's
        {"AcquisitionTime": "110949", "SeriesDate": "20200102", "AcquisitionDate": "20200101"},
        {"PatientWeight": 80_000},  # grams
        {"RadiopharmaceuticalInformationSequence": [dose(RadionuclideTotalDose=400)]},  # MBq
        {
            "SeriesDate": "20200101",
            "RadiopharmaceuticalInformationSequence": [
                dose(RadiopharmaceuticalStartDateTime="20200102100000")
            ],
        },
    ],
)
def test_no_uptake_from_a_header_that_contradicts_itself(
    tmp_path: Path, tags: dict[str, Any]
) -> None:
    image = formats.read(write_pet(tmp_path, **tags))
    assert image.unit == ""
    assert (image.voxels == 100).all()


def test_the_day_of_the_injection_counts(tmp_path: Path) -> None:
    """Injected the evening before: the dose decayed for 25 hours, 9 minutes and 49 seconds."""
    item = dose(RadiopharmaceuticalStartDateTime="20200101100000.0", RadionuclideHalfLife=282_240)
    tags = {"SeriesDate": "20200102", "RadiopharmaceuticalInformationSequence": [item]}
    image = formats.read(write_pet(tmp_path, **tags))
    decayed = 4e8 * 2 ** (-(25 * 3600 + 9 * 60 + 49) / 282_240)
    assert image.unit == "SUV"
    assert np.allclose(image.voxels, 100 * 80_000 / decayed)
