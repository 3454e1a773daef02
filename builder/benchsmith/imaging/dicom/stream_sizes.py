"""The sizes and components stated in compressed frames, compared with those of their DICOM header.

A decoder allocates memory for the stated size before it finds that the stream has no data. It spreads components
that are smaller than the picture, or of other types than the first, over the places and values of others.
"""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pydicom

from benchsmith.core.contracts import DataFault

_JPEG_2000 = re.compile(rb"\xfe\xff\x00\xe0.{4}\xff\x4f\xff\x51.{4}(.{16}).{16}(.{2})", re.DOTALL)
"""An item of encapsulated pixels (PS3.5 A.4) that begins a codestream, up to the number of components
(ISO/IEC 15444-1 A.5.1)."""
_SIGNED = 0x80


def check(data: pydicom.Dataset, path: Path) -> None:
    """Raise DataFault for a JPEG 2000 frame with other sides than the header, or with components that are not read."""
    meta = getattr(data, "file_meta", None)
    syntax = getattr(meta, "TransferSyntaxUID", None)
    if syntax is None or not syntax.is_compressed:
        return
    for found in _JPEG_2000.finditer(data.PixelData):
        right, bottom, left, top = struct.unpack(">4I", found[1])
        if (right - left, bottom - top) != (data.Columns, data.Rows):
            what = f"a compressed frame has {right - left} x {bottom - top} pixels"
            raise DataFault("header", path, f"{what}, its header says {data.Columns} x {data.Rows}")
        count = int.from_bytes(found[2], "big")
        stated = data.PixelData[found.end() : found.end() + 3 * count]
        if what := _unread(stated, count, int(data.SamplesPerPixel)):
            mend = "save it uncompressed with the software that wrote it"
            raise DataFault("header", path, f"a compressed frame has {what}: {mend}")


def _unread(stated: bytes, count: int, samples: int) -> str:
    """Return what is not read of components, each of which states its bits, with its sign, and its steps."""
    if count != samples or len(stated) < 3 * count:
        return f"{count} components, its header says {samples} samples a pixel"
    bits, across, down = stated[::3], stated[1::3], stated[2::3]
    if {*across, *down} != {1}:
        steps = ", ".join(f"{x} x {y}" for x, y in zip(across, down, strict=True))
        return f"components of fewer pixels than the picture, with steps of {steps}"
    if len(set(bits)) > 1:
        return "components of different types"
    if count > 1 and bits[0] & _SIGNED:
        return "colours that are signed numbers"
    return ""
