"""Which stored values of a grey DICOM picture are bright: the low or the high ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.plane_geometry import numbers


def is_inverted(data: pydicom.Dataset, path: Path) -> bool:
    """Return whether low values are shown bright.

    MONOCHROME1 shows the lowest value white, after the VOI LUT (PS3.3 C.7.6.3.1.2); a decreasing VOI LUT
    (0028,3010) reverses this. Raises DataFault for a presentation LUT shape that
    contradicts it (PS3.3 C.8.11.3.1.2): readers differ in which of the two they follow.
    """
    photometric = str(data.PhotometricInterpretation)
    white_is_low = photometric == "MONOCHROME1"
    if data.get("PresentationLUTShape") == ("IDENTITY" if white_is_low else "INVERSE"):
        shape = data.PresentationLUTShape
        what = f"it is {photometric}, and its Presentation LUT Shape (2050,0020) is {shape}"
        raise DataFault("header", path, f"{what}: is its lowest value white or black?")
    return bool(white_is_low != _decreases(data))


def _decreases(data: pydicom.Dataset) -> bool:
    """Return whether the first VOI LUT decreases, judged by its first and last entry."""
    tables = list(data.get("VOILUTSequence") or ())
    stated = tables[0].get("LUTData") if tables else None
    if isinstance(stated, bytes):
        entries = int((numbers(tables[0].get("LUTDescriptor")) or [0])[0]) or 1 << 16
        order = "<" if data.file_meta.TransferSyntaxUID.is_little_endian else ">"
        kind = np.dtype(f"{order}u2" if len(stated) >= 2 * entries else "u1")
        table = np.frombuffer(stated, kind, min(entries, len(stated) // kind.itemsize)).tolist()
    else:
        table = numbers(stated)
    return len(table) > 1 and bool(table[-1] < table[0])
