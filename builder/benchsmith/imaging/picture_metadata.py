"""The texts in a picture file's metadata: text chunks, comments, EXIF, XMP, IPTC, profiles, pages of TIFF."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from itertools import chain

import PIL.ExifTags
import PIL.Image

from benchsmith.imaging import picture_segments
from benchsmith.text.readable_bytes import readable

MAX_PAGES = 1000
"""Pages of a TIFF file whose tags are read."""
_TAG = re.compile(r"<[^>]*>")
_VALUE = re.compile(r"([\w:.-]+)\s*=\s*[\"']([^\"']*)")
_PARTS = (
    (PIL.ExifTags.IFD.Exif, PIL.ExifTags.TAGS),
    (PIL.ExifTags.IFD.GPSInfo, PIL.ExifTags.GPSTAGS),
)
_KEYED = ("tEXt", "zTXt", "iTXt")
"""Chunks of PNG that begin with a keyword."""
_BY_PILLOW = (
    "APP0",
    "APP1",
    "APP14",
    "EXIF",
    "XMP",
    "COM",
    "GIF",
    "pHYs",
    "gAMA",
    "cHRM",
    "sRGB",
    "tIME",
    "bKGD",
)
_EXTENDED_XMP = b"http://ns.adobe.com/xmp/extension/"
_OF_PIXELS = (273, 279, 320, 324, 325, 347, 519, 520, 521, 34675)
"""TIFF tags of bytes that are no text: places of pixels, tables and the colour profile."""
_BYTES = ("comment", "xmp", "UserComment", "GPSProcessingMethod", "GPSAreaInformation")
"""Fields that Pillow returns as bytes, and that hold text."""
_CODINGS = {b"ASCII\0\0\0": "utf-8", b"UNICODE\0": "utf-16", b"\0" * 8: "utf-8"}
"""The first eight bytes of a comment in EXIF state its coding."""


def texts_in_metadata(picture: PIL.Image.Image) -> dict[str, str]:
    """Return the texts in an opened picture's metadata, each with the name of its field."""
    texts: dict[str, str] = {}
    others = ((str(name), value) for name, value in picture.info.items())
    for field, value in chain(others, exif_fields(picture)):
        text = _text(field, value)
        texts |= {one: field for one in _texts_in(text) if one.strip()}
    return texts


def texts_of_file(data: picture_segments.Bytes) -> dict[str, str]:
    """Return the texts in the parts of a picture file that Pillow does not return, with their names.

    These are text chunks after the pixels, color profiles, IPTC, unknown parts, and bytes that follow the
    picture.
    """
    texts: dict[str, str] = {}
    for name, part in picture_segments.segments(data):
        if name in _KEYED:
            keyword, _, rest = part.partition(b"\0")
            field, found = keyword.decode("latin-1"), [*readable(rest)]
        elif name == "eXIf":
            texts |= texts_of_exif(part)
            continue
        elif name in _BY_PILLOW and not part.startswith(_EXTENDED_XMP):
            continue
        else:
            field, found = name, [*readable(part)]
        texts |= {one: field for text in found for one in _texts_in(text) if one.strip()}
    return texts


def texts_of_exif(data: bytes) -> dict[str, str]:
    """Return the texts in the bytes of an EXIF part, with the names of their fields; none if it is no EXIF."""
    exif = PIL.Image.Exif()
    texts: dict[str, str] = {}
    try:
        exif.load(data)
        for field, value in _fields_of(exif):
            texts |= {one: field for one in _texts_in(_text(field, value)) if one.strip()}
    except Exception:  # noqa: BLE001
        # its bytes are searched as they are
        return texts
    return texts


def texts_of_pages(picture: PIL.Image.Image) -> dict[str, str]:
    """Return the texts in the tags of all pages of a TIFF file, with the names of the tags."""
    texts: dict[str, str] = {}
    for number in range(min(int(getattr(picture, "n_frames", 1)), MAX_PAGES)):
        picture.seek(number)
        for tag, value in dict(getattr(picture, "tag_v2", {})).items():
            field = PIL.ExifTags.TAGS.get(tag, str(tag))
            if isinstance(value, bytes) and tag not in _OF_PIXELS:
                found = [*readable(value)]
            else:
                found = [_text(field, value)]
            texts |= {one: field for text in found for one in _texts_in(text) if one.strip()}
    return texts


def exif_fields(picture: PIL.Image.Image) -> Iterator[tuple[str, object]]:
    """Yield name and value of the fields of EXIF, those of the camera and of the place too."""
    yield from _fields_of(picture.getexif())


def _fields_of(exif: PIL.Image.Exif) -> Iterator[tuple[str, object]]:
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
