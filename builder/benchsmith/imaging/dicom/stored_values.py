"""What the stored values of grey DICOM pixels are before they are rescaled: unused bits, padding, polarity."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pydicom
from pydicom.uid import RLELossless

from benchsmith.core.contracts import Array
from benchsmith.imaging.dicom import polarity
from benchsmith.imaging.dicom.plane_geometry import numbers
from benchsmith.imaging.dicom.quantities import unit


@dataclass(frozen=True, slots=True)
class StoredValues:
    """What a header says of stored values."""

    shifts: tuple[int, int] | None
    """Bits to the left and back to the right that leave only the stored ones; None if all are stored."""
    padding: tuple[int, int] | None
    """Lowest and highest value of padding (PS3.3 C.7.5.1.1.2); None if it is not stated."""
    inverted: bool
    """Whether low values are shown bright, and values have no unit."""
    bits: int
    signed: bool

    def used(self, stored: Array) -> Array:
        """Return values without the bits that are not stored."""
        if self.shifts is None:
            return stored
        # numpy shifts signed values with their sign
        return (stored << self.shifts[0]) >> self.shifts[1]

    def turned(self, used: Array) -> Array:
        """Return values with 0 as the darkest, the same way in every slice of a series."""
        if not self.inverted:
            return used
        if self.signed:
            turned: Array = -1 - used.astype(np.int32)
        else:
            turned = (1 << self.bits) - 1 - used.astype(np.int64)
        return turned.astype(used.dtype)

    def without_padding(self, found: Array, used: Array) -> Array:
        """Return rescaled values with the smallest real value where `used` is padding."""
        if self.padding is None:
            return found
        padding = (used >= self.padding[0]) & (used <= self.padding[1])
        if not padding.any() or padding.all():
            return found
        return np.where(padding, found[~padding].min(), found)


def stored_values(data: pydicom.Dataset, path: Path, kind: np.dtype[np.generic]) -> StoredValues:
    """Return what the header of an image with stored values of type `kind` says. Raises DataFault."""
    return StoredValues(
        shifts=_shifts(data, kind),
        padding=_padding(data, kind),
        # which values are bright is about display alone (PS3.3 C.7.6.3.1.2): quantities keep theirs
        inverted=not unit(data) and polarity.is_inverted(data, path),
        bits=int(data.BitsStored),
        signed=bool(int(data.get("PixelRepresentation") or 0)),
    )


def _shifts(data: pydicom.Dataset, kind: np.dtype[np.generic]) -> tuple[int, int] | None:
    """Return how bits outside of Bits Stored, where old files keep overlays, are shifted out.

    The stored bits end at High Bit (0028,0102) (PS3.5 section 8.1.1). Only raw and RLE pixels have
    unused bits; other codecs return values.
    """
    syntax = data.file_meta.TransferSyntaxUID
    size, bits = kind.itemsize * 8, int(data.BitsStored)
    unused = size - 1 - int(data.get("HighBit") or bits - 1)
    whole = bits >= size or kind.kind not in "iu" or not 0 <= unused <= size - bits
    if whole or (syntax.is_compressed and syntax != RLELossless) or int(data.BitsAllocated) != size:
        return None
    return unused, size - bits


def _padding(data: pydicom.Dataset, kind: np.dtype[np.generic]) -> tuple[int, int] | None:
    value = _as_stored(data.get("PixelPaddingValue"), kind)
    if value is None:
        return None
    limit = _as_stored(data.get("PixelPaddingRangeLimit"), kind)
    low, high = sorted((value, value if limit is None else limit))
    return low, high


def _as_stored(value: object, kind: np.dtype[np.generic]) -> int | None:
    """Return a padding value in the sign of the pixels: writers mix up its two forms."""
    found = numbers(value)
    if len(found) != 1:
        return None
    bits = kind.itemsize * 8
    whole = int(found[0])
    if kind.kind == "i" and whole >= 1 << (bits - 1):
        return whole - (1 << bits)
    if kind.kind == "u" and whole < 0:
        return whole + (1 << bits)
    return whole
