"""The texts in a picture file's metadata: text chunks, comments, all parts of EXIF, and XMP."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import chain

import PIL.ExifTags
import PIL.Image

_TAG = re.compile(r"<[^>]*>")
_VALUE = re.compile(r"([\w:.-]+)\s*=\s*[\"']([^\"']*)")
_PARTS = (
    (PIL.ExifTags.IFD.Exif, PIL.ExifTags.TAGS),
    (PIL.ExifTags.IFD.GPSInfo, PIL.ExifTags.GPSTAGS),
)
_BYTES = ("comment", "xmp", "UserComment", "GPSProcessingMethod", "GPSAreaInformation")
"""Fields that Pillow returns as bytes, and that hold text."""
_CODINGS = {b"ASCII\0\0\0": "utf-8", b"UNICODE\0": "utf-16", b"\0" * 8: "utf-8"}
"""The first eight bytes of a comment in EXIF state its coding."""


def texts_in_metadata(picture: PIL.Image.Image) -> dict[str, str]:
    """Return the texts in an opened picture's metadata, each to the name of its field."""
    texts: dict[str, str] = {}
    others = ((str(name), value) for name, value in picture.info.items())
    for field, value in chain(others, exif_fields(picture)):
        text = _text(field, value)
        texts |= {one: field for one in _texts_in(text) if one.strip()}
    return texts


def exif_fields(picture: PIL.Image.Image) -> Iterator[tuple[str, object]]:
    """Yield name and value of the fields of EXIF, those of the camera and of the place too."""
    exif = picture.getexif()
    yield from ((PIL.ExifTags.TAGS.get(tag, str(tag)), value) for tag, value in exif.items())
    for part, names in _PARTS:
        for tag, value in exif.get_ifd(part).items():
            yield names.get(tag, str(tag)), value


def _text(field: str, value: object) -> str:
    """Return a field's value if it is text, and otherwise an empty text."""
    if isinstance(value, tuple) and field.startswith("XP"):
        value = bytes(value)
    if isinstance(value, bytes) and field.startswith("XP"):  # as Windows writes them
        return value.decode("utf-16-le", "replace").strip("\0")
    if isinstance(value, bytes) and field in _BYTES:
        coding = _CODINGS.get(value[:8])
        text = value[8:] if coding else value
        return text.decode(coding or "utf-8", "replace").strip("\0")
    return value if isinstance(value, str) else ""


def _texts_in(text: str) -> list[str]:
    """Return a text, or the texts and attribute values of an XML packet (XMP)."""
    if not text.lstrip().startswith("<"):
        return [text]
    values = [v for tag in _TAG.findall(text) for k, v in _VALUE.findall(tag) if "xmlns" not in k]
    return [html.unescape(value) for value in (*_TAG.split(text), *values)]
