"""Steps through the directory of a TIFF page: its entries as bytes, in classic TIFF and BigTIFF."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import IO, NamedTuple

MEANT = {
    256: "ImageWidth", 257: "ImageLength", 258: "BitsPerSample", 259: "Compression",
    262: "PhotometricInterpretation", 266: "FillOrder", 273: "StripOffsets", 274: "Orientation",
    277: "SamplesPerPixel", 278: "RowsPerStrip", 279: "StripByteCounts", 284: "PlanarConfiguration",
    317: "Predictor", 320: "ColorMap", 322: "TileWidth", 323: "TileLength", 324: "TileOffsets",
    325: "TileByteCounts", 338: "ExtraSamples", 339: "SampleFormat", 347: "JPEGTables",
    530: "YCbCrSubSampling",
}  # fmt: skip
"""Names of the tags that decide what the pixels are."""


class Entry(NamedTuple):
    """A tag of a directory (TIFF 6.0, section 2)."""

    tag: int
    kind: int
    """The type of its values, by number."""
    number: int
    """How many values it has."""
    value: bytes
    """The values if they fit here, otherwise where they are in the file."""


def entries(file: IO[bytes], start: int, order: str, *, big: bool) -> list[Entry] | None:
    """Return the entries of the directory at a place of a file; None if it does not end within the file.

    `order` is that of :mod:`struct`: `<` or `>`.
    """
    size = file.seek(0, os.SEEK_END)
    count_form, entry_form, width = ("Q", "HHQ8s", 8) if big else ("H", "HHI4s", 4)
    file.seek(start)
    stated = file.read(struct.calcsize(count_form))
    if len(stated) < struct.calcsize(count_form):
        return None
    count = struct.unpack(f"{order}{count_form}", stated)[0]
    length = struct.calcsize(f"{order}{entry_form}") * count
    if (
        start + len(stated) + length + width > size
    ):  # the place of the next page's directory follows
        return None
    return list(_unpacked(file.read(length), f"{order}{entry_form}"))


def _unpacked(data: bytes, form: str) -> Iterator[Entry]:
    return (Entry(*one) for one in struct.iter_unpack(form, data))


def repeated(found: list[Entry]) -> str:
    """Return the name of a tag of `MEANT` that a directory lists twice; empty if there is none."""
    listed = [one.tag for one in found]
    return next((name for tag, name in MEANT.items() if listed.count(tag) > 1), "")
