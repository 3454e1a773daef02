"""Pixels of DICOM files that are stored as they are, without pydicom's general decoder.

That decoder handles every encoding, and takes several times as long as reading a slice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pydicom
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from benchsmith.core.contracts import Array

PLAIN = (ExplicitVRLittleEndian, ImplicitVRLittleEndian)
KINDS = {(8, 0): "u1", (8, 1): "i1", (16, 0): "<u2", (16, 1): "<i2"}
"""Type of a number by Bits Allocated and Pixel Representation (PS3.5 section 8.1.1)."""


class NativeFrame(NamedTuple):
    """How the numbers of one grey frame lie in its pixel data."""

    kind: np.dtype[np.generic]
    rows: int
    columns: int

    def values(self, stored: object) -> Array | None:
        """Return pixel data as (rows, columns); None if it is of another length."""
        length = self.rows * self.columns * self.kind.itemsize
        if not isinstance(stored, bytes) or not length or len(stored) != length + length % 2:
            return None
        found = np.frombuffer(stored, self.kind, self.rows * self.columns)
        return found.reshape(self.rows, self.columns)


def native_frame(data: pydicom.Dataset) -> NativeFrame | None:
    """Return how one grey frame is stored, by its header.

    None if it is encoded in another way, or has several frames or several numbers per pixel.
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
    return NativeFrame(np.dtype(kind), rows, columns)


def grey_frame(data: pydicom.Dataset) -> Array | None:
    """Return the stored values of one grey frame, (rows, columns).

    None if it is not stored as it is, or differs in length from its header: pydicom decodes or
    refuses those.
    """
    frame = native_frame(data)
    return None if frame is None else frame.values(data.PixelData)
