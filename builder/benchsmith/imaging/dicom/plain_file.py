"""DICOM files in the plainest encoding, read in one pass: Explicit VR Little Endian, every length stated.

A series has hundreds of such files, whose headers differ in a few elements. pydicom's general parser takes
most of the time of reading one, and converts every element again in each. Here an element that is stated
in the same bytes as in an earlier file is the same object. Any other file is left to pydicom.
"""

from __future__ import annotations

import os
from pathlib import Path
from struct import Struct

import pydicom
from pydicom.charset import convert_encodings, default_encoding
from pydicom.dataelem import (
    DataElement,
    RawDataElement,
    convert_raw_data_element,
    empty_value_for_VR,
)
from pydicom.dataset import FileMetaDataset
from pydicom.tag import BaseTag
from pydicom.uid import ExplicitVRLittleEndian
from pydicom.valuerep import EXPLICIT_VR_LENGTH_32, STANDARD_VR

from benchsmith.imaging.bytes_read import awaited
from benchsmith.imaging.dicom.stated_alike import one_tag

HEAD_BYTES = 1 << 16
"""Bytes that are read at once; a header is seldom longer."""
START, FIRST = 128, 144
"""Where the prefix lies, and the element after the length of the meta information (PS3.10 section 7.1)."""
PREFIX = b"DICM\x02\x00\x00\x00UL\x04\x00"
FIRST_GROUP = 8
"""Lower groups belong to messages and to the meta information."""
SYNTAX = one_tag(0x00020010)
CHARACTER_SET = one_tag(0x00080005)
PIXELS = 0x7FE00010
ITEMS = 0xFFFE0000
"""Elements from here on delimit items (PS3.5 section 7.5)."""
MAX_BYTES = 64
"""Longest value whose element is kept."""
MAX_KEPT = 1 << 14
"""Most elements that are kept; then all are forgotten."""
_LONG = {str(kind).encode() for kind in EXPLICIT_VR_LENGTH_32}
_KINDS = {str(kind).encode(): str(kind) for kind in STANDARD_VR}
_element, _length = Struct("<HH2sH").unpack_from, Struct("<L").unpack_from
_Raw = dict[BaseTag, RawDataElement]
_kept: dict[tuple[object, ...], DataElement] = {}


def read(path: Path) -> pydicom.Dataset | None:
    """Return a file with each of its elements converted once; None for any file that is not plain.

    Raises OSError, and any exception for a damaged element.
    """
    with path.open("rb", buffering=0) as file:
        head = file.read(HEAD_BYTES)
        if len(head) < FIRST or any(head[:START]) or not head.startswith(PREFIX, START):
            return None
        end, size = FIRST + _length(head, FIRST - 4)[0], os.fstat(file.fileno()).st_size
        meta = _elements(head, START + 4, end) if end <= len(head) else None
        if meta is None or _groups(meta) != {2} or _syntax(meta) != ExplicitVRLittleEndian:
            return None
        found = _elements(head, end, size)
        if found is None and size > len(head):
            head += file.read()
            found = _elements(head, end, size)
        if found is None or min(_groups(found), default=FIRST_GROUP) < FIRST_GROUP:
            return None
        pixels, last = b"", next(reversed(found.values()), None)
        if last is not None and last.value is None and last.length:
            file.seek(last.value_tell)
            pixels, head = file.read(last.length), head[: last.value_tell]
            if len(pixels) != last.length:
                return None
            found[last.tag] = last._replace(value=pixels)
    if (hasher := awaited(path)) is not None:
        hasher.take(path, head, pixels)
    return _converted(found, meta)


def _elements(head: bytes, at: int, end: int) -> _Raw | None:
    """Return the elements from `at` to `end` in their order; None if they are not plain or end elsewhere.

    Pixels that go on beyond `head`, up to `end`, have no value.
    """
    found: _Raw = {}
    before = -1
    while at < end:
        if at + 12 > min(end + 4, len(head)):
            return None
        group, number, kind, length = _element(head, at)
        tag, at = group << 16 | number, at + 8
        if kind in _LONG:
            length, at = _length(head, at)[0], at + 4
        stop = at + length
        if kind not in _KINDS or tag <= before or tag >= ITEMS or stop > end:
            return None
        if stop > len(head) and not (tag == PIXELS and stop == end):
            return None
        value = head[at:stop] if length else empty_value_for_VR(_KINDS[kind], raw=True)
        own = one_tag(tag)
        found[own] = RawDataElement(
            own, _KINDS[kind], length, None if stop > len(head) else value, at, False, True
        )
        before, at = tag, stop
    return found if at == end else None


def _groups(found: _Raw) -> set[int]:
    return {tag >> 16 for tag in found}


def _syntax(meta: _Raw) -> str:
    stated = meta.get(SYNTAX)
    return "" if stated is None else bytes(stated.value or b"").rstrip(b"\0").decode("latin-1")


def _syntax_element(raw: RawDataElement) -> DataElement:
    key = raw.tag, raw.VR, raw.value
    return _kept.get(key) or _kept.setdefault(key, convert_raw_data_element(raw))


def _converted(found: _Raw, meta: _Raw) -> pydicom.Dataset:
    """Return a data set of elements, all of them converted."""
    stated = found.get(CHARACTER_SET)
    letters = None if stated is None else stated.value
    keys = {
        tag: (tag, raw.VR, raw.value, letters)
        for tag, raw in found.items()
        if raw.length <= MAX_BYTES and not tag & 1 << 16
    }
    data = pydicom.Dataset({tag: _kept.get(keys.get(tag, ()), raw) for tag, raw in found.items()})
    encoding = default_encoding if stated is None else convert_encodings(data[CHARACTER_SET].value)
    data.set_original_encoding(False, True, encoding)
    data.file_meta = FileMetaDataset({**meta, SYNTAX: _syntax_element(meta[SYNTAX])})
    for tag in [tag for tag, each in data.items() if isinstance(each, RawDataElement)]:
        element = data[tag]
        if element.VR == "SQ":
            for item in element.value:
                for _ in item.iterall():
                    pass
        elif tag in keys:
            if len(_kept) >= MAX_KEPT:
                _kept.clear()
            _kept[keys[tag]] = element
    return data
