"""A judgement of headers is made again where, and only where, one states otherwise what it asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.uid import ImplicitVRLittleEndian

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.judged_alike import JudgedAlike
from benchsmith.imaging.dicom.pixels import pixels
from benchsmith.imaging.dicom.plain_slices import PlainSlices
from tests.test_slice_planes import dataset

PATH = Path("a.dcm")


def judged(*headers: pydicom.Dataset) -> list[int]:
    """Return for each header how often the function was called so far."""
    calls: list[int] = []

    def judge(data: pydicom.Dataset, path: Path) -> object:
        calls.append(1)
        tables = "ModalityLUTSequence" in data
        return tables, data.get("RescaleSlope"), data.file_meta.TransferSyntaxUID

    once, found = JudgedAlike(judge), []
    for data in headers:
        assert once(data, PATH) == (
            "ModalityLUTSequence" in data, data.get("RescaleSlope"), data.file_meta.TransferSyntaxUID
        )  # fmt: skip
        found.append(len(calls))
    return found


def sliced(**elements: Any) -> pydicom.Dataset:
    data = dataset(np.arange(6, dtype=np.int16).reshape(2, 3))
    for name, value in elements.items():
        if value is None:
            delattr(data, name)
        else:
            setattr(data, name, value)
    return data


def test_it_is_made_once_for_all_that_state_the_same() -> None:
    assert judged(sliced(), sliced(InstanceNumber=2), sliced(KVP=80)) == [1, 1, 1]


def test_it_is_made_again_for_another_value_presence_or_encoding() -> None:
    other = sliced()
    other.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    table = sliced(ModalityLUTSequence=[pydicom.Dataset()])
    assert judged(sliced(), sliced(RescaleSlope=2), sliced(RescaleSlope=None)) == [1, 2, 3]
    assert judged(sliced(), table, sliced(), other, other) == [1, 2, 3, 4, 4]


def test_what_is_asked_for_in_another_way_is_made_each_time() -> None:
    calls = []
    once = JudgedAlike(lambda data, path: calls.append(len(data.values())))
    for _ in range(2):
        once(sliced(), PATH)
    assert len(calls) == 2


def outcome(
    read: Callable[[pydicom.Dataset, Path], np.ndarray], data: pydicom.Dataset
) -> tuple[object, object]:
    """Return the type and the values of pixels, or the reason and the words of a fault."""
    try:
        found = read(data, PATH)
    except DataFault as fault:
        return fault.reason, fault.detail
    return found.dtype, found.tolist()


STORED: Mapping[str, Mapping[str, object]] = {
    "hounsfield": {},
    "slope": {"RescaleSlope": 2},
    "half": {"RescaleSlope": 0.5},
    "none": {"RescaleSlope": None, "RescaleIntercept": None},
    "no slope": {"RescaleSlope": 0},
    "not finite": {"RescaleIntercept": "inf"},
    "padding": {"PixelPaddingValue": 3},
    "padding range": {"PixelPaddingValue": 3, "PixelPaddingRangeLimit": 5},
    "inverted": {"Modality": "MR", "PhotometricInterpretation": "MONOCHROME1"},
    "contradicted": {"Modality": "MR", "PresentationLUTShape": "INVERSE"},
    "unused bits": {"BitsStored": 2, "HighBit": 1},
    "high bit": {"BitsStored": 4, "HighBit": 9},
    "unsigned": {"PixelRepresentation": 0},
    "too short": {"Rows": 9},
    "colour": {"PhotometricInterpretation": "RGB", "SamplesPerPixel": 3},
}


@pytest.mark.parametrize("first", STORED)
def test_the_pixels_of_a_series_are_those_of_each_slice_alone(first: str) -> None:
    """After a slice of every other kind, of a like one, and of a like one with other pixels."""
    slices = PlainSlices()
    for second in (first, first, *STORED, first):
        ours, alone = (sliced(**STORED[second]) for _ in range(2))
        for data in (ours, alone):
            data["PixelData"].value = bytes(data.PixelData[2:] + data.PixelData[:2])
        assert outcome(slices.pixels, ours) == outcome(pixels, alone)
