"""Plain DICOM files are read in one pass as pydicom reads them, and all others are left to it."""

from __future__ import annotations

import hashlib
import warnings
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
)

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom import plain_file
from benchsmith.imaging.dicom.files import header
from benchsmith.imaging.dicom.sound_elements import convert_all

ITEM = Dataset()
ITEM.CodeValue, ITEM.CodeMeaning = "1", "Röntgen"


def written(syntax: str = ExplicitVRLittleEndian, **elements: Any) -> bytes:
    """Return a file with some elements of each kind."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID, meta.TransferSyntaxUID = CTImageStorage, syntax
    meta.MediaStorageSOPInstanceUID = "1.2.3"
    data = FileDataset(
        "", {}, b"\0" * 128, meta,
        syntax == ImplicitVRLittleEndian, syntax != ExplicitVRBigEndian,
    )  # fmt: skip
    data.SpecificCharacterSet, data.PatientName = "ISO_IR 100", "Müller^Jörg"
    data.SOPClassUID, data.SOPInstanceUID, data.Modality = CTImageStorage, "1.2.3", "CT"
    data.ImagePositionPatient, data.KVP, data.AccessionNumber = [1.5, -2, 3], "120", ""
    data.ProcedureCodeSequence = [ITEM]
    (
        data.PixelRepresentation,
        data.Rows,
        data.Columns,
        data.BitsAllocated,
        data.SmallestImagePixelValue,
    ) = 0, 2, 3, 16, 7
    block = data.private_block(0x0029, "ACME", create=True)
    block.add_new(1, "LO", "private")
    data.PixelData = bytes(range(12))
    data["PixelData"].VR = "OW"
    for name, value in elements.items():
        setattr(data, name, value)
    buffer = BytesIO()
    pydicom.dcmwrite(
        buffer, data, implicit_vr=syntax == ImplicitVRLittleEndian, enforce_file_format=True,
        little_endian=syntax != ExplicitVRBigEndian,
    )  # fmt: skip
    return buffer.getvalue()


def by_pydicom(path: Path) -> Dataset:
    data = pydicom.dcmread(path)
    convert_all(data)
    return data


def stated(data: Dataset) -> list[Any]:
    """Return tags, kinds and values of all elements, those of items too."""
    return [
        (element.tag, element.VR, repr([stated(item) for item in element.value]
         if element.VR == "SQ" else element.value))
        for element in data
    ]  # fmt: skip


def same(plain: Dataset, path: Path) -> bool:
    other = by_pydicom(path)
    return (
        stated(plain) == stated(other)
        and stated(plain.file_meta) == stated(other.file_meta)
        and plain.original_encoding == other.original_encoding
        and plain.original_character_set == other.original_character_set
    )


PIXELS = bytes(range(256)) * 1024
"""A quarter of a megabyte: more than is read at once."""


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("all kinds", written()),
        ("no letters stated", written(SpecificCharacterSet=None)),
        ("several letters", written(SpecificCharacterSet=["", "ISO 2022 IR 87"])),
        ("large pixels", written(PixelData=PIXELS)),
        ("a header longer than what is read at once", written(TextValue="long " * 20_000)),
        ("both", written(TextValue="long " * 20_000, PixelData=PIXELS)),
    ],
)
def test_a_plain_file_is_read_as_pydicom_reads_it(name: str, raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(raw)
    for _ in range(2):  # elements that were kept are those that were read
        found = plain_file.read(path)
        assert found is not None
        assert same(found, path), name


def test_elements_in_the_same_bytes_are_one_object_and_others_are_not(tmp_path: Path) -> None:
    paths = [tmp_path / f"{n}.dcm" for n in range(3)]
    for path, elements in zip(paths, ({}, {"KVP": "80"}, {"SpecificCharacterSet": "ISO_IR 192"}), strict=True):  # fmt: skip
        path.write_bytes(written(**elements))
    one, other, letters = (plain_file.read(path) for path in paths)
    assert one is not None and other is not None and letters is not None
    assert one["Rows"] is other["Rows"]
    assert (one.KVP, other.KVP) == (120, 80)
    # texts depend on the letters that the file states
    assert one["PatientName"] is other["PatientName"]
    assert one["PatientName"] is not letters["PatientName"]
    assert one["ProcedureCodeSequence"] is not other["ProcedureCodeSequence"]
    assert one["PixelData"] is not None
    del one.PixelData
    assert "PixelData" in other


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("implicit", written(ImplicitVRLittleEndian)),
        ("big endian", written(ExplicitVRBigEndian)),
        ("deflated", written(DeflatedExplicitVRLittleEndian)),
        ("a preamble with something in it", b"II*\0" + written()[4:]),
        ("bytes after the last element", written() + b"\0" * 4),
        ("pixels cut", written()[:-2]),
        ("large pixels cut", written(PixelData=PIXELS)[:-2]),
        ("cut in an element's head", written()[:-14]),
        ("no prefix", written()[:128] + b"DIKM" + written()[132:]),
        ("an unknown kind", written().replace(b"CS\x02\x00CT", b"ZZ\x02\x00CT")),
        ("empty", b""),
    ],
)
def test_any_other_file_is_left_to_pydicom(name: str, raw: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.dcm"
    path.write_bytes(raw)
    assert plain_file.read(path) is None, name


def test_altered_headers_are_read_as_pydicom_reads_them(tmp_path: Path) -> None:
    """Any byte may be another one: a file is refused by both, or says the same to both."""
    whole, path, plain = written(), tmp_path / "a.dcm", 0
    for number in range(400):
        raw = bytearray(whole)
        drawn = hashlib.sha256(str(number).encode()).digest()
        for at in range(0, 8 if number % 3 else 4, 4):
            place = 132 + int.from_bytes(drawn[at : at + 2], "little") % (len(raw) - 132)
            raw[place] = (0, 1, 8, 255, drawn[at + 2])[drawn[at + 3] % 5]
        path.write_bytes(raw)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                found = plain_file.read(path)
            except Exception:  # noqa: BLE001
                with pytest.raises(Exception):  # noqa: B017, PT011 - pydicom raises any
                    by_pydicom(path)
                continue
            if found is not None:
                plain += 1
                assert same(found, path), bytes(raw)
    assert plain > 100


def test_a_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataFault) as caught:
        header(tmp_path / "none.dcm")
    assert caught.value.reason == "unreadable"
