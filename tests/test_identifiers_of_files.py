"""Every format's reader returns what its header says of a person; each file is written by another library."""

from __future__ import annotations

import gzip
import io
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import h5py
import nibabel as nib
import numpy as np
import PIL.Image
import pyarrow as pa
import pyarrow.parquet as pq
import pydicom
import pytest
import scipy.io
import SimpleITK as sitk
import tifffile
from pydicom.data import get_testdata_file

from benchsmith import plugins

NAME = "Kowalska"
GREY = np.zeros((4, 5), np.uint8)


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_with(*chunks: bytes, after: bytes = b"") -> bytes:
    """Return a PNG with chunks behind its pixels, and bytes behind its end."""
    file = io.BytesIO()
    PIL.Image.fromarray(GREY).save(file, "PNG")
    whole = file.getvalue()
    return whole[:-12] + b"".join(chunks) + whole[-12:] + after


def _nifti_extension(path: Path) -> None:
    image = nib.Nifti1Image(np.zeros((3, 3, 3), np.uint8), np.eye(4))
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"by Kowalska"))
    nib.save(image, path)


def _nifti_2(path: Path) -> None:
    image = nib.Nifti2Image(np.zeros((3, 3, 3), np.uint8), np.eye(4))
    image.header["aux_file"] = b"Kowalska.txt"
    nib.save(image, path)


def _itk(path: Path) -> None:
    image = sitk.GetImageFromArray(np.zeros((3, 4, 5), np.uint8))
    image.SetMetaData("Referrer", "Kowalska")
    sitk.WriteImage(image, str(path))


def _nrrd_comment(path: Path) -> None:
    _itk(path)
    head, _, rest = path.read_bytes().partition(b"\n")
    path.write_bytes(
        head.replace(b"NRRD0005", b"NRRD0005")
        + b"\n# seen by Kowalska\n"
        + rest.replace(b"Referrer", b"Other").replace(NAME.encode(), b"nobody")
    )


def _mgh(path: Path) -> None:
    nib.save(nib.MGHImage(np.zeros((3, 4, 5), np.uint8), np.eye(4)), path.with_suffix(".mgh"))
    body = (
        path.with_suffix(".mgh").read_bytes()
        + b"\0\0\0\3\0\0\0\x20mri_convert /home/Kowalska/a.dcm"
    )
    path.write_bytes(gzip.compress(body))


def _matlab_5(path: Path) -> None:
    cells = np.array(["seen by Kowalska", 3], dtype=object)
    scipy.io.savemat(path, {"image": GREY, "who": {"list": cells}}, do_compression=True)


def _matlab_73(path: Path) -> None:
    with h5py.File(path, "w", userblock_size=512) as file:
        file["image"] = GREY
        text = file.create_dataset("who", data=np.array([[ord(c)] for c in NAME], np.uint16))
        text.attrs["MATLAB_class"] = np.bytes_("char")
    head = b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02IM"
    path.write_bytes(head + path.read_bytes()[len(head) :])


def _video(path: Path) -> None:
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (32, 32))
    writer.write(np.zeros((32, 32, 3), np.uint8))
    writer.release()


def _avi(path: Path) -> None:
    _video(path)
    text = b"IART" + struct.pack("<I", 8) + NAME.encode()
    listed = b"LIST" + struct.pack("<I", 4 + len(text)) + b"INFO" + text
    data = path.read_bytes() + listed
    path.write_bytes(data[:4] + struct.pack("<I", len(data) - 8) + data[8:])


def _box(kind: bytes, *inside: bytes) -> bytes:
    data = b"".join(inside)
    return struct.pack(">I4s", 8 + len(data), kind) + data


def _mp4(path: Path) -> None:
    name = _box(b"\xa9ART", _box(b"data", struct.pack(">II", 1, 0), NAME.encode()))
    meta = _box(b"udta", _box(b"meta", b"\0\0\0\0", _box(b"ilst", name)))
    path.write_bytes(
        _box(b"ftyp", b"isom\0\0\2\0") + _box(b"mdat", b"\0" * 64) + _box(b"moov", meta)
    )


def _matroska(path: Path) -> None:
    title = b"\x7b\xa9" + bytes([0x80 | len(NAME)]) + NAME.encode()
    info = b"\x15\x49\xa9\x66" + bytes([0x80 | len(title)]) + title
    path.write_bytes(b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01" + b"\xff" * 7 + info)


def _tiff_page(path: Path) -> None:
    with tifffile.TiffWriter(path) as pages:
        pages.write(GREY, metadata=None)
        pages.write(GREY, metadata=None, description="label of Kowalska")


def _jpeg_iptc(path: Path) -> None:
    PIL.Image.fromarray(GREY).save(path)
    part = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\r\x1c\x02P\0\x08" + NAME.encode() + b"\0"
    data = path.read_bytes()
    path.write_bytes(data[:2] + b"\xff\xed" + struct.pack(">H", len(part) + 2) + part + data[2:])


def _webp(path: Path) -> None:
    said = PIL.Image.Exif()
    said[0x013B] = NAME
    PIL.Image.fromarray(GREY).convert("RGB").save(path, exif=said)


def _icc(path: Path) -> None:
    profile = b"\0" * 128 + b"desc\0\0\0\0\0\0\0\x09Kowalska\0"
    PIL.Image.fromarray(GREY).save(path, icc_profile=profile)


def _zarr(path: Path) -> None:
    path.mkdir()
    (path / ".zgroup").write_text('{"zarr_format": 2}')
    (path / ".zattrs").write_text(json.dumps({"omero": {"name": NAME}}))


def _rows(path: Path) -> None:
    pq.write_table(pa.table({"patient_name": [NAME], "label": ["Liver"]}), path)


WRITERS: dict[str, Callable[[Path], None]] = {
    "extension.nii.gz": _nifti_extension,
    "two.nii": _nifti_2,
    "keys.nrrd": _itk,
    "comment.nrrd": _nrrd_comment,
    "keys.mha": _itk,
    "tags.mgz": _mgh,
    "five.mat": _matlab_5,
    "seven.mat": _matlab_73,
    "texts.npz": lambda path: np.savez(path, image=GREY, who=np.array([NAME, "b"])),
    "names.npz": lambda path: np.savez_compressed(path, image=GREY, who=np.array([NAME.encode()])),
    "rows.parquet": _rows,
    "info.avi": _avi,
    "tags.mp4": _mp4,
    "title.mkv": _matroska,
    "page.tif": _tiff_page,
    "iptc.jpg": _jpeg_iptc,
    "exif.webp": _webp,
    "profile.png": _icc,
    "late.png": lambda path: path.write_bytes(png_with(png_chunk(b"tEXt", b"Author\0Kowalska"))),
    "packed.png": lambda path: path.write_bytes(
        png_with(png_chunk(b"iTXt", b"Author\0\1\0\0\0" + zlib.compress(b"Kowalska")))
    ),
    "behind.png": lambda path: path.write_bytes(png_with(after=b"\0\0Kowalska")),
    "omero.zarr": _zarr,
    "coco.json": lambda path: (
        path.write_text(json.dumps({"images": [{"id": 1, "file_name": f"{NAME}.png"}]})) and None
    ),
    "labelme.json": lambda path: (
        path.write_text(json.dumps({"imagePath": NAME, "shapes": []})) and None
    ),
    "voc.xml": lambda path: (
        path.write_text(f"<a><owner><b/>x</owner><path>{NAME}</path></a>") and None
    ),
}


@pytest.mark.parametrize("name", WRITERS)
def test_a_header_says_who(tmp_path: Path, name: str) -> None:
    WRITERS[name](tmp_path / name)
    found = plugins.identifiers(tmp_path / name)
    assert any(NAME in text for text in found), found


@pytest.mark.parametrize(
    ("keyword", "value"),
    [
        ("ImageComments", "for Mrs Kowalska"),
        ("StudyDescription", "Kowalska follow-up"),
        ("PatientComments", "Kowalska"),
        ("AdditionalPatientHistory", "Kowalska fell"),
        ("InstitutionName", "Kowalska Spital"),
        ("PerformedProcedureStepDescription", "by Kowalska"),
        ("AcquisitionDateTime", "20200131101112.5"),
        ("StudyInstanceUID", "1.2.3.4.5"),
        ("PersonName", "A^B=Kowalska^C"),
    ],
)
def test_free_texts_of_dicom_are_read(tmp_path: Path, keyword: str, value: str) -> None:
    data = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    if keyword == "PersonName":
        item = pydicom.Dataset()
        item.PersonName = value
        data.VerifyingObserverSequence = [item]
    else:
        setattr(data, keyword, value)
    data.save_as(tmp_path / "a.dcm")
    assert plugins.identifiers(tmp_path / "a.dcm").get(value.rpartition("=")[2]) == keyword


def test_private_elements_of_dicom_are_read(tmp_path: Path) -> None:
    data = pydicom.dcmread(get_testdata_file("CT_small.dcm", download=False))
    block = data.private_block(0x0031, "OURS", create=True)
    block.add_new(1, "LO", "Kowalska^Anna")
    block.add_new(2, "UN", b"\0\1referred by Feelgood\0")
    block.add_new(3, "OB", "Zielińska".encode("utf-16-le"))
    inner = pydicom.Dataset()
    inner.add_new(0x00331001, "LT", "Nowakowski")
    inner.add_new(0x00330010, "LO", "OURS")
    block.add_new(4, "SQ", [inner])
    data.save_as(tmp_path / "a.dcm")
    found = plugins.identifiers(tmp_path / "a.dcm")
    assert found["Kowalska^Anna"] == "(0031,1001)"
    assert found["referred by Feelgood"] == "(0031,1002)"
    assert found["Zielińska"] == "(0031,1003)"
    assert found["Nowakowski"] == "(0033,1001)"
