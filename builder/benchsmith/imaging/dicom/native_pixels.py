"""Pixels of DICOM files that are stored as they are, without pydicom's general decoder.

That decoder handles every encoding, and takes several times as long as reading a slice.
"""

from __future__ import annotations

import numpy as np
import pydicom
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from benchsmith.core.contracts import Array

PLAIN = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
KINDS = {(8, 0): "u1", (8, 1): "i1", (16, 0): "<u2", (16, 1): "<i2"}
"""Type of a number by Bits Allocated and Pixel Representation (PS3.5 section 8.1.1)."""


def grey_frame(data: pydicom.Dataset) -> Array | None:
    """Return the stored values of one grey frame, (rows, columns).

    None if it is encoded in another way, has several frames or several numbers per pixel, or
    differs in length from its header: pydicom decodes or refuses those.
    """
    if data.file_meta.get("TransferSyntaxUID") not in PLAIN or data.get("SamplesPerPixel") != 1:
        return None
    kind = KINDS.get((data.get("BitsAllocated"), data.get("PixelRepresentation")))
    bits = data.get("BitsStored")
    if kind is None or not isinstance(bits, int) or not 1 <= bits <= data.BitsAllocated:
        return None
    rows, columns = data.get("Rows"), data.get("Columns")
    if not isinstance(rows, int) or not isinstance(columns, int) or "NumberOfFrames" in data:
        return None
    stored, length = data.PixelData, rows * columns * np.dtype(kind).itemsize
    if not isinstance(stored, bytes) or not length or len(stored) != length + length % 2:
        return None
    return np.frombuffer(stored, kind, rows * columns).reshape(rows, columns)
