"""Elements of two DICOM files that are alike in bytes are alike in value, and nothing else is skipped."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from benchsmith.imaging.dicom.stated_alike import alike


def written(syntax: str = ExplicitVRLittleEndian, **elements: Any) -> Dataset:
    """Return a data set as it is read from a file, with its elements not converted yet."""
    data = Dataset()
    for name, value in elements.items():
        setattr(data, name, value)
    data.file_meta = FileMetaDataset()
    data.file_meta.TransferSyntaxUID = syntax
    buffer = BytesIO()
    data.save_as(buffer, enforce_file_format=False)
    return pydicom.dcmread(BytesIO(buffer.getvalue()), force=True)


ITEM = Dataset()
ITEM.RescaleSlope = 2


@pytest.mark.parametrize(
    ("name", "one", "other", "same"),
    [
        ("KVP", {"KVP": "120"}, {"KVP": "120"}, True),
        ("KVP", {"KVP": "120"}, {"KVP": "120.0"}, False),
        ("KVP", {"KVP": "120"}, {"KVP": "80"}, False),
        ("KVP", {"Rows": 1}, {"Columns": 1}, True),
        ("KVP", {"KVP": "120"}, {"Rows": 1}, False),
        ("KVP", {"Rows": 1}, {"KVP": "120"}, False),
        ("PixelSpacing", {"PixelSpacing": [1, 2]}, {"PixelSpacing": [1, 2]}, True),
        ("PixelSpacing", {"PixelSpacing": [1, 2]}, {"PixelSpacing": [2, 1]}, False),
    ],
)
def test_what_is_alike(name: str, one: dict[str, Any], other: dict[str, Any], same: bool) -> None:
    assert alike(written(**one), written(**other), name) is same
    a, b = written(**one), written(**other)
    assert a.get(name) is not None or name not in one  # both are converted now
    assert b.get(name) is not None or name not in other
    assert alike(a, b, name) is same or (name, one, other) == (
        "KVP",
        {"KVP": "120"},
        {"KVP": "120.0"},
    )


def test_what_is_converted_in_one_or_a_sequence_is_compared_as_values_by_the_caller() -> None:
    a, b = written(KVP="120"), written(KVP="120")
    assert a.KVP == 120 and not alike(a, b, "KVP")
    a, b = (written(SharedFunctionalGroupsSequence=[ITEM]) for _ in range(2))
    assert a.SharedFunctionalGroupsSequence and b.SharedFunctionalGroupsSequence
    assert not alike(a, b, "SharedFunctionalGroupsSequence")


def test_bytes_of_another_form_are_not_alike() -> None:
    one, other = written(Rows=3), written(ImplicitVRLittleEndian, Rows=3)
    assert one.get_item("Rows").value == other.get_item("Rows").value
    assert not alike(one, other, "Rows")
    assert not alike(written(Rows=3, KVP="1"), written(Rows=3, KVP="2"), "Rows", "KVP")
