"""Convert every element of a DICOM file once, so that a damaged element is found before it is used.

The files of a series share most elements, so an element that was converted without fault is not
converted again.
"""

from __future__ import annotations

import pydicom
from pydicom.dataelem import RawDataElement

MAX_BYTES = 64
"""Longest value that is remembered."""
MAX_KEPT = 1 << 14
"""Most values that are remembered; then all are forgotten."""
CONTEXT = ("SpecificCharacterSet", "PixelRepresentation")
"""Elements on which the conversion of others depends."""
_sound: set[tuple[object, ...]] = set()


def convert_all(data: pydicom.Dataset) -> None:
    """Convert each element of a file and of its sequences. Raises any exception for a damaged one."""
    context = tuple(_raw(data, name) for name in CONTEXT)
    for tag in list(data.keys()):
        raw = data.get_item(tag)
        short = (
            isinstance(raw, RawDataElement)
            and raw.value is not None
            and len(raw.value) <= MAX_BYTES
            and not tag.is_private
        )
        if not short:
            _convert(data, tag)
            continue
        assert isinstance(raw, RawDataElement)
        key = (tag, raw.VR, raw.value, raw.is_implicit_VR, raw.is_little_endian, context)
        if key not in _sound and _convert(data, tag) != "SQ":
            if len(_sound) >= MAX_KEPT:
                _sound.clear()
            _sound.add(key)


def _convert(data: pydicom.Dataset, tag: pydicom.tag.BaseTag) -> str:
    """Convert one element, and all within it, and return the kind of its value."""
    element = data[tag]
    if element.VR == "SQ":
        for item in element.value:
            for _ in item.iterall():
                pass
    return str(element.VR)


def _raw(data: pydicom.Dataset, name: str) -> object:
    if name not in data:
        return None
    found = data.get_item(name)
    return found.value if isinstance(found, RawDataElement) else str(found.value)
