"""The sizes stated in compressed frames, compared with those of their DICOM header.

A decoder allocates memory for the stated size before it finds that the stream has no data.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pydicom

from benchsmith.core.contracts import DataFault

_JPEG_2000 = re.compile(rb"\xfe\xff\x00\xe0.{4}\xff\x4f\xff\x51.{4}(.{16})", re.DOTALL)
"""An item of encapsulated pixels (PS3.5 A.4) that begins a codestream, up to the image's offset
(ISO/IEC 15444-1 A.5.1)."""


def check(data: pydicom.Dataset, path: Path) -> None:
    """Raise DataFault for a JPEG 2000 frame that states other sides than the header."""
    meta = getattr(data, "file_meta", None)
    syntax = getattr(meta, "TransferSyntaxUID", None)
    if syntax is None or not syntax.is_compressed:
        return
    for found in _JPEG_2000.finditer(data.PixelData):
        right, bottom, left, top = struct.unpack(">4I", found[1])
        if (right - left, bottom - top) != (data.Columns, data.Rows):
            what = f"a compressed frame has {right - left} x {bottom - top} pixels"
            raise DataFault("header", path, f"{what}, its header says {data.Columns} x {data.Rows}")
