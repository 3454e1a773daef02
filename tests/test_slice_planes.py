"""Slices of a series read into one array: order, types, faults; and pixels against pydicom's own."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from benchsmith.core.contracts import DataFault
from benchsmith.formats.slice_planes import SlicePlanes
from benchsmith.imaging.dicom import sound_elements
from benchsmith.imaging.dicom.native_pixels import grey_frame
from benchsmith.imaging.dicom.pixels import pixels, rescaled


def dataset(values: np.ndarray, slope: float = 1, intercept: float = 0) -> pydicom.Dataset:
    """Return a plain grey CT slice."""
    data = pydicom.Dataset()
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    data.Modality, data.PhotometricInterpretation, data.SamplesPerPixel = "CT", "MONOCHROME2", 1
    data.Rows, data.Columns = values.shape
    size = values.dtype.itemsize * 8
    data.BitsAllocated = data.BitsStored = size
    data.HighBit, data.PixelRepresentation = size - 1, int(values.dtype.kind == "i")
    data.RescaleSlope, data.RescaleIntercept = slope, intercept
    raw = values.tobytes()
    data.PixelData = raw + b"\0" * (len(raw) % 2)
    data["PixelData"].VR = "OW"
    return data


def test_planes_come_in_every_order_of_their_places() -> None:
    for order in permutations(range(4)):
        planes = SlicePlanes(6)
        for number in range(4):
            planes.add(dataset(np.full((2, 3), number, np.int16), 1, 10), Path(f"{number}"))
        volume = planes.in_order(order, Path())
        assert volume[:, 0, 0].tolist() == [10 + number for number in order]
        assert volume.dtype == np.int16


def test_a_slice_of_another_type_widens_all() -> None:
    planes = SlicePlanes(3)
    planes.add(dataset(np.full((2, 2), 5, np.int16)), Path("a"))
    planes.add(dataset(np.full((2, 2), 3, np.int16), 0.5), Path("b"))
    planes.add(dataset(np.full((2, 2), 7, np.int16)), Path("c"))
    assert planes.in_order([0, 1, 2], Path())[:, 0, 0].tolist() == [5.0, 1.5, 7.0]


def test_the_first_fault_in_the_order_of_places_is_reported_and_pixels_are_not_kept() -> None:
    planes = SlicePlanes(3)
    for name in ("a", "b", "c"):
        data = dataset(np.zeros((2, 2), np.int16))
        if name != "a":
            data.RescaleSlope = 0
        planes.add(data, Path(name))
        assert "PixelData" not in data
    with pytest.raises(DataFault) as caught:
        planes.in_order([0, 2, 1], Path())
    assert caught.value.path == Path("c")


@pytest.mark.parametrize("kind", ["u1", "i1", "<u2", "<i2"])
def test_plain_pixels_are_pydicoms(kind: str) -> None:
    values = (np.arange(15) * 4369 + 7).astype("<u2").astype(kind).reshape(3, 5)
    data = dataset(values)
    found = grey_frame(data)
    assert found is not None
    assert found.dtype == data.pixel_array.dtype
    assert found.tolist() == data.pixel_array.tolist() == values.tolist()


def test_pixels_that_are_not_plain_are_left_to_pydicom() -> None:
    def edited(name: str, value: object) -> pydicom.Dataset:
        data = dataset(np.zeros((2, 2), np.uint16))
        setattr(data, name, value)
        return data

    for name, value in (
        ("NumberOfFrames", 1), ("SamplesPerPixel", 3), ("BitsStored", 17), ("Rows", 3),
        ("BitsAllocated", 32), ("PixelData", b"\0" * 10),
    ):  # fmt: skip
        assert grey_frame(edited(name, value)) is None, name
    short = dataset(np.zeros((2, 2), np.uint16))
    short.PixelData = b"\0" * 6
    with pytest.raises(DataFault) as caught:
        pixels(short, Path("x"))
    assert caught.value.reason == "truncated"


@pytest.mark.parametrize("kind", [np.uint8, np.int16, np.uint16])
def test_whole_numbers_are_rescaled_as_floating_point_would(kind: type) -> None:
    ends = np.iinfo(kind)
    middle = np.linspace(0, min(ends.max, 30000), 7).astype(kind)
    for stored in (middle, np.array([ends.min, ends.max], kind)):
        for slope, intercept in ((1, -1024), (1, 0), (2, -32000), (-1, 5), (3, 7), (0.5, 1)):
            exact = stored.astype(np.float64) * slope + intercept
            found = rescaled(stored, float(slope), float(intercept))
            assert found.astype(np.float64).tolist() == exact.tolist()
            small = np.abs(exact).max() < 32767
            assert found.dtype == (np.int16 if small and slope != 0.5 else np.float64)


def test_damage_is_found_behind_elements_that_were_sound_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remembered: set[object] = set()
    monkeypatch.setattr(sound_elements, "_sound", remembered)
    data = dataset(np.zeros((2, 2), np.int16), 2)
    data.file_meta.MediaStorageSOPClassUID = data.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
    data.file_meta.MediaStorageSOPInstanceUID = data.SOPInstanceUID = "1.2.3"
    pydicom.dcmwrite(tmp_path / "a.dcm", data, enforce_file_format=True)
    for _ in range(2):
        sound_elements.convert_all(pydicom.dcmread(tmp_path / "a.dcm"))
    assert len(remembered) > 10
    raw = (tmp_path / "a.dcm").read_bytes()
    # two bytes are no 32-bit float
    (tmp_path / "b.dcm").write_bytes(raw.replace(b"\x28\x00\x10\x00US", b"\x28\x00\x10\x00FL"))
    with pytest.raises(Exception, match="FL"):
        sound_elements.convert_all(pydicom.dcmread(tmp_path / "b.dcm"))
