"""DICOM files: their headers, checked."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    MediaStorageDirectoryStorage,
    VLWholeSlideMicroscopyImageStorage,
)

from benchsmith.core.contracts import DataFault, Reading
from benchsmith.core.library_errors import words_for
from benchsmith.imaging import byte_stream
from benchsmith.imaging.dicom import plain_file
from benchsmith.imaging.dicom.sound_elements import convert_all

LABEL_PICTURES = frozenset({"LABEL", "OVERVIEW"})
"""Values of the image type of pictures of a slide's glass."""
HEAD_BYTES = 1 << 14
"""Bytes of a file in which its meta information is looked for."""
GROUP_LENGTH = b"\x02\x00\x00\x00UL\x04\x00"
"""The element (0002,0000) up to its value, of 4 bytes."""
MAX_DEFLATED_BYTES = 256 << 20
"""Bytes that a deflated file may inflate to: only small structured objects are deflated."""


def dataset(path: Path, how: Reading) -> pydicom.Dataset:
    """Return the header of a file that has pixels. Raises DataFault.

    Files are never forced: a file that does not begin as DICOM is refused.
    """
    return with_pixels(header(path), path, how)


def with_pixels(data: pydicom.Dataset, path: Path, how: Reading) -> pydicom.Dataset:
    """Return a header if its file has pixels. Raises DataFault."""
    if "PixelData" not in data:
        kind = data.get("SOPClassUID") or data.file_meta.get("MediaStorageSOPClassUID")
        if kind == MediaStorageDirectoryStorage:
            what = "is a DICOMDIR, the list of the files of a disc"
            raise DataFault("not-a-picture", path, what)
        name = str(getattr(kind, "name", kind))
        if kind and "Rows" not in data and "Image" not in name:
            raise DataFault("not-a-picture", path, f"its kind is {name}")
        if "FloatPixelData" in data or "DoubleFloatPixelData" in data:
            what = "its pixels are floating point numbers (7FE0,0008 or 7FE0,0009)"
            raise DataFault("unreadable", path, f"{what}, which are not read")
        raise DataFault("truncated", path, "has no pixel data (7FE0,0010)")
    for tag in ("Rows", "Columns", "BitsAllocated", "SamplesPerPixel", "PhotometricInterpretation"):
        if data.get(tag) in (None, ""):
            raise DataFault("header", path, f"does not state its {tag}")
    if not how.burned_in and str(data.get("BurnedInAnnotation", "NO")).upper() == "YES":
        raise DataFault("burned-in", path, "(0028,0301) is YES")
    if not how.burned_in and _shows_label(data):
        what = "is a picture of the label on the glass of a slide: (0008,0008) says so"
        raise DataFault("burned-in", path, what)
    try:
        sizes = (frame_count(data), int(data.Rows), int(data.Columns))
        item_bytes = int(data.SamplesPerPixel) * -(-int(data.BitsAllocated) // 8)
    except (TypeError, ValueError) as error:
        raise DataFault("header", path, f"its size is not a number: {words_for(error)}") from error
    byte_stream.check_shape(sizes, item_bytes, path)
    byte_stream.check_picture(sizes[1], sizes[2], path)
    return data


def _shows_label(data: pydicom.Dataset) -> bool:
    """Return whether a picture of a slide shows the glass with its label (PS3.3 C.8.12.4.1.1)."""
    kind = data.get("SOPClassUID") == VLWholeSlideMicroscopyImageStorage
    return kind and not LABEL_PICTURES.isdisjoint(map(str, data.get("ImageType") or ()))


@contextmanager
def understood(path: Path) -> Iterator[None]:
    """Raise DataFault (header) if an element is not of the kind that its tag has."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        what = f"an element is not of the kind of its tag: {words_for(error)}"
        raise DataFault("header", path, what) from error


def frame_count(data: pydicom.Dataset) -> int:
    """Return the number of frames, 1 where it is not stated. Raises ValueError."""
    return int(data.get("NumberOfFrames") or 1)


def header(path: Path) -> pydicom.Dataset:
    """Return all elements of a file. Raises DataFault for a file that is not a complete DICOM file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with suppress(OSError):
                if (plain := plain_file.read(path)) is not None:
                    return plain
            check_deflated(path, byte_stream.beginning(path, HEAD_BYTES))
            data = pydicom.dcmread(path)
            # pydicom converts an element, and fails on it, when it is first used
            convert_all(data)
            return data
    except (InvalidDicomError, EOFError) as error:
        raise DataFault("header", path, f"is not a complete DICOM file: {error}") from error
    except DataFault:
        raise
    except Exception as error:
        # pydicom raises any exception that a damaged element causes
        raise DataFault("unreadable", path, words_for(error)) from error


def check_deflated(path: Path, head: bytes) -> None:
    """Refuse a deflated file that inflates without end, before pydicom reads it.

    `head` is the beginning of the file. The meta information states its own length first (PS3.10 section
    7.1), so the transfer syntax is found without a parser.
    """
    if head[132:140] == GROUP_LENGTH:
        end = 144 + int.from_bytes(head[140:144], "little")
        if end <= len(head) and DeflatedExplicitVRLittleEndian.encode() not in head[:end]:
            return
    meta = pydicom.filereader.read_file_meta_info(path)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    packed = path.read_bytes()[132 + 12 + int(meta.FileMetaInformationGroupLength) :]
    if len(engine.decompress(packed, MAX_DEFLATED_BYTES)) >= MAX_DEFLATED_BYTES:
        raise DataFault("too-large", path, f"inflates to more than {MAX_DEFLATED_BYTES} bytes")
