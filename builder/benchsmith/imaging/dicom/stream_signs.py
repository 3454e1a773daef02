"""JPEG 2000 frames that state another sign than Pixel Representation (0028,0103) in their DICOM header."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pydicom

from benchsmith.core.contracts import Array, DataFault
from benchsmith.imaging.dicom.jpeg_streams import Stream
from benchsmith.imaging.dicom.stream_sizes import MEND


def check(stored: Array, streams: Iterable[Stream], data: pydicom.Dataset, path: Path) -> None:
    """Raise DataFault (header) for decoded values that depend on which of the two signs is right.

    Values that both signs agree on are read. Some writers lay signed numbers of all Bits Stored into an unsigned
    stream, bit for bit: those are read as the header says, as pydicom and GDCM do. Negative numbers
    under an unsigned header, or signed ones in a stream of fewer bits, are one thing to one reader and another
    to the next.
    """
    signed = int(data.get("PixelRepresentation") or 0) == 1
    low, high = int(stored.min(initial=0)), int(stored.max(initial=0))
    for bits in {one.bits for one in streams if one.signed != signed}:
        above = high >= 1 << (bits - 1)
        all_bits = signed and bits == int(data.BitsStored)
        if above or (low < 0 and not all_bits):
            kinds = ("signed", "unsigned") if not signed else ("unsigned", "signed")
            what = f"a compressed frame has {kinds[0]} numbers of {bits} bits"
            header = f"its header says {kinds[1]} ones of {data.BitsStored} (0028,0103)"
            raise DataFault(
                "header", path, f"{what}, {header}, and its values differ by it: {MEND}"
            )
