"""The kind of an instance of a DICOM slide, and whether its file is complete.

OpenSlide skips files that it cannot read: a slide without its finest level would be read at
another scale, and one with lost bytes with its tiles shifted.
"""

from __future__ import annotations

from math import prod
from pathlib import Path
from typing import Any, NamedTuple

from pydicom.filereader import read_partial
from pydicom.tag import Tag
from pydicom.uid import VLWholeSlideMicroscopyImageStorage

from benchsmith.core.contracts import DataFault
from benchsmith.core.library_errors import words_for
from benchsmith.imaging.dicom.header_person import PERSON_TAGS, header_person

PIXELS = 0x7FE00010
UNDEFINED = 0xFFFFFFFF
"""Length of pixels that are compressed."""
EXPLICIT_BYTES, IMPLICIT_BYTES = 12, 8
"""Bytes of an element before its value (PS3.5 7.1.2 and 7.1.3)."""
SIZES = ("NumberOfFrames", "Rows", "Columns", "SamplesPerPixel", "BitsAllocated")
TAGS = (
    "SOPClassUID", "ImageType", "SeriesInstanceUID", "BurnedInAnnotation", *PERSON_TAGS, *SIZES
)  # fmt: skip


class SlideHeader(NamedTuple):
    """The kind of an instance of a DICOM slide, by its header."""

    path: Path
    series: str
    kind: tuple[str, ...]
    burned_in: bool
    person: str
    """Digest of whom it names; empty if it names nobody."""


def of(path: Path) -> SlideHeader | None:
    """Return the header of an instance of a DICOM slide; None for DICOM files of another kind.

    Raises DataFault for an incomplete file.
    """
    lengths: list[int] = []
    heads: list[int] = []

    def at_pixels(tag: Any, vr: str | None, length: int) -> bool:
        if tag == PIXELS:
            lengths.append(length)
            heads.append(EXPLICIT_BYTES if vr else IMPLICIT_BYTES)
        return bool(lengths)

    try:
        with path.open("rb") as file:
            data = read_partial(file, at_pixels, specific_tags=[Tag(name) for name in TAGS])
            start = file.tell()
        kind = data.get("SOPClassUID") or data.file_meta.get("MediaStorageSOPClassUID")
        if kind and kind != VLWholeSlideMicroscopyImageStorage:
            return None
        words = tuple(map(str, data.get("ImageType") or ()))
        burned_in = str(data.get("BurnedInAnnotation", "NO")).upper() == "YES"
        series = str(data.get("SeriesInstanceUID") or "")
        person = header_person(data)
        sizes = [int(data.get(name) or 0) for name in SIZES]
    except Exception as error:
        # pydicom raises any exception that a damaged file causes
        raise DataFault("unreadable", path, words_for(error)) from error
    if not kind or not words or not lengths:
        raise DataFault("truncated", path, "is DICOM and ends before its pixels")
    if lengths[0] != UNDEFINED:
        _check_length(path, start + heads[0], lengths[0], sizes)
    return SlideHeader(path, series, words, burned_in, person)


def _check_length(path: Path, start: int, length: int, sizes: list[int]) -> None:
    """Refuse a file whose number of uncompressed pixels differs from its header."""
    needed = prod(sizes[:-1]) * -(-sizes[-1] // 8)
    present = path.stat().st_size - start
    if not needed <= length <= needed + 1 or present < length:
        what = f"its {sizes[0]} tiles need {needed} bytes, {min(length, present)} are present"
        raise DataFault("truncated", path, what)
