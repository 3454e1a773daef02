"""The directory of a TIFF page: every tag that the pixels depend on must have been read.

Pillow stops at the first tag whose value lies outside the file, and passes over tags of an unknown
type. The page then has the defaults of those tags, such as unsigned samples (TIFF 6.0, section 2).
"""

from __future__ import annotations

import os
import struct
from pathlib import Path
from typing import IO, Any

from benchsmith.core.contracts import DataFault

MEANT = {
    256: "ImageWidth", 257: "ImageLength", 258: "BitsPerSample", 259: "Compression",
    262: "PhotometricInterpretation", 266: "FillOrder", 273: "StripOffsets", 274: "Orientation",
    277: "SamplesPerPixel", 278: "RowsPerStrip", 279: "StripByteCounts", 284: "PlanarConfiguration",
    317: "Predictor", 320: "ColorMap", 322: "TileWidth", 323: "TileLength", 324: "TileOffsets",
    325: "TileByteCounts", 338: "ExtraSamples", 339: "SampleFormat", 347: "JPEGTables",
    530: "YCbCrSubSampling",
}  # fmt: skip
"""Names of the tags that decide what the pixels are."""


def check(tags: Any, file: IO[bytes], path: Path) -> None:
    """Raise DataFault unless a page's directory is whole, and `tags` has what it lists of `MEANT`.

    `tags` is the page's directory as Pillow read it from `file`.
    """
    at = file.tell()
    size = file.seek(0, os.SEEK_END)
    listed = _listed(tags, file, size)
    file.seek(at)
    if listed is None:
        raise DataFault("truncated", path, "the directory of its page ends outside the file")
    if twice := [name for tag, name in MEANT.items() if listed.count(tag) > 1]:
        raise DataFault("header", path, f"its page has the tag {twice[0]} twice")
    lost = [name for tag, name in MEANT.items() if tag in listed and tag not in tags]
    if lost:
        what = (
            f"the value of its tag {lost[0]} cannot be read: write the file again from its original"
        )
        raise DataFault("header", path, what)


def _listed(tags: Any, file: IO[bytes], size: int) -> list[int] | None:
    """Return the numbers of a directory's tags; None if it does not end within the file."""
    big, order, start = tags._bigtiff, tags._endian, tags._offset  # noqa: SLF001
    head, entry, link = ("Q", 20, 8) if big else ("H", 12, 4)
    file.seek(start)
    stated = file.read(struct.calcsize(head))
    if len(stated) < struct.calcsize(head):
        return None
    count = struct.unpack(f"{order}{head}", stated)[0]
    if start + len(stated) + count * entry + link > size:
        return None
    data = file.read(count * entry)
    return [struct.unpack_from(f"{order}H", data, n * entry)[0] for n in range(count)]
