"""DICOM pixels: decoded, rescaled, palettes applied, so that higher values are brighter."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pydicom
from pydicom.pixels import apply_color_lut, apply_modality_lut
from pydicom.uid import RLELossless

from benchsmith.core.contracts import Array, DataFault
from benchsmith.core.library_errors import words_for
from benchsmith.imaging.dicom import stream_signs, stream_sizes
from benchsmith.imaging.dicom.native_pixels import grey_frame
from benchsmith.imaging.dicom.quantities import frame_rescales, rescale, suv_factor
from benchsmith.imaging.dicom.stored_values import stored_values

GREY = frozenset({"MONOCHROME1", "MONOCHROME2"})
RGB_AFTER_DECODING = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"})
"""Photometric interpretations that pydicom 3 returns as RGB, raw and compressed alike."""
COLOURED = frozenset({"COLOR", "MIXED", "COLOR_RANGE", "COLOR_REF"})
"""Values of Pixel Presentation (0008,9205) of grey pixels, some of which are shown in colour."""
PALETTE = "PALETTE COLOR"
BYTE, BYTE_BITS = 255, 8


def pixels(data: pydicom.Dataset, path: Path) -> Array:
    """Return (rows, columns) or (frames, rows, columns); colour has a last axis of 3, RGB uint8.

    Grey values are rescaled (PS3.3 C.11.1): CT is in Hounsfield units, PET in uptake values where
    the tags allow. MONOCHROME1, and MONOCHROME2 under a decreasing VOI LUT, is inverted unless the values
    have a unit: Hounsfield units and uptake values keep theirs. Padding (0028,0120) gets the smallest real value.
    Raises DataFault.
    """
    photometric = str(data.PhotometricInterpretation)
    rescale(data, path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            stored = grey_frame(data) if photometric in GREY else None
            if stored is None:
                streams = stream_sizes.check(data, path)
                stored = data.pixel_array
                stream_signs.check(stored, streams, data, path)
            if photometric in GREY:
                check_bits(data, path)
                check_palette(data, path)
                found = _grey(stored, data, path)
            elif photometric == PALETTE:
                found = _eight_bits(apply_color_lut(stored, data))
            elif photometric in RGB_AFTER_DECODING:
                found = _colour(stored, int(data.BitsStored))
            else:
                what = f"its photometric interpretation (0028,0004) is {photometric}"
                raise DataFault("header", path, f"{what}, which is not supported")
    except DataFault:
        raise
    except Exception as error:
        # pydicom passes on exceptions of its decoders, whose types are not documented
        short = "less than expected" in str(error) or "fewer bytes" in str(error)
        reason = "truncated" if short else "unreadable"
        raise DataFault(reason, path, words_for(error)) from error
    return finished(found, suv_factor(data), path)


def finished(found: Array, factor: float | None, path: Path) -> Array:
    """Return rescaled values times a factor; without one, whole numbers in their own type. Raises DataFault."""
    if factor:
        found = found.astype(np.float32) * np.float32(factor)
    elif found.dtype.kind == "f":
        if not np.isfinite(found).all():
            raise DataFault("not-finite", path, "has pixels that are not numbers after rescaling")
        whole = np.rint(found)
        if np.array_equal(whole, found) and abs(whole).max(initial=0) < 32767:
            found = whole.astype(np.int16)
    return np.ascontiguousarray(found, found.dtype.newbyteorder("="))


def in_eight_bits(found: Array, data: pydicom.Dataset) -> Array:
    """Return the pixels of a picture; those of fewer than 8 bits are scaled so that 255 is white."""
    bits = int(data.BitsStored)
    if found.dtype != np.uint8 or data.PhotometricInterpretation not in GREY or bits >= BYTE_BITS:
        return found
    return np.rint(found * (BYTE / ((1 << bits) - 1))).clip(0, BYTE).astype(np.uint8)


def check_bits(data: pydicom.Dataset, path: Path) -> None:
    """Refuse raw pixels whose stored bits are not the lowest ones: readers differ in what they are.

    By PS3.5 section 8.1.1 High Bit is one less than Bits Stored; earlier editions allowed others.
    """
    syntax, bits = data.file_meta.TransferSyntaxUID, int(data.BitsStored)
    high = int(data.get("HighBit") or bits - 1)
    if high != bits - 1 and (not syntax.is_compressed or syntax == RLELossless):
        raise DataFault("header", path, f"its High Bit is {high}, with {bits} Bits Stored")


def check_palette(data: pydicom.Dataset, path: Path) -> None:
    """Refuse grey pixels of which some are coloured by a supplemental palette (PS3.3 C.7.6.19)."""
    if (
        str(data.get("PixelPresentation") or "") in COLOURED
        and "RedPaletteColorLookupTableData" in data
    ):
        what = "the colours of its supplemental palette (0028,1101 to 1203) are not read"
        raise DataFault("header", path, what)


def _grey(stored: Array, data: pydicom.Dataset, path: Path) -> Array:
    """Return rescaled grey values, higher is brighter."""
    stated = stored_values(data, path, stored.dtype)
    used = stated.used(stored)
    if data.get("ModalityLUTSequence"):
        found = apply_modality_lut(used, data)
        if stated.inverted:
            # the table is of stored values, so what it yields is inverted (PS3.3 C.11.1.1.1)
            bits = int(data.ModalityLUTSequence[0].LUTDescriptor[2])
            found = ((1 << bits) - 1 - found.astype(np.int64)).astype(found.dtype)
    else:
        found = stated.turned(used)
        rescales = frame_rescales(data, path)
        if rescales is not None:
            found = _rescaled_frames(found, rescales, path)
        elif (scale := rescale(data, path)) is not None:
            found = rescaled(found, *scale)
    return np.asarray(stated.without_padding(found, used))


def _rescaled_frames(stored: Array, rescales: list[tuple[float, float]], path: Path) -> Array:
    """Return frames times their own slope, plus their own intercept, in float64."""
    frames = stored if stored.ndim == 3 else stored[None]
    if len(frames) != len(rescales):
        what = f"{len(frames)} frames, {len(rescales)} of them described"
        raise DataFault("header", path, what)
    slopes, intercepts = (np.array(v).reshape(-1, 1, 1) for v in zip(*rescales, strict=True))
    found: Array = frames.astype(np.float64) * slopes + intercepts
    return found.reshape(stored.shape)


def rescaled(stored: Array, slope: float, intercept: float) -> Array:
    """Return values times a slope plus an intercept: in float64, or in int16 if none is beyond that.

    With a whole slope and intercept, whole numbers stay whole, so no pass in floating point is
    needed.
    """
    if slope.is_integer() and intercept.is_integer() and stored.dtype.kind in "iu":
        ends = [int(end) * slope + intercept for end in (stored.min(), stored.max())]
        if max(map(abs, (*ends, slope, intercept))) < np.iinfo(np.int16).max:
            # sums of 16 bits wrap around, but the final result is in range
            whole = stored.astype(np.int16)
            if slope != 1:
                whole *= np.int16(slope)
            whole += np.int16(intercept)
            return whole
    found: Array = stored * np.float64(slope) + intercept
    return found


def _eight_bits(coloured: Array) -> Array:
    """Return colours of a palette in 8 bits.

    Entries of 16 bits are scaled to 65535 (PS3.3 C.7.6.3.1.5); some writers put numbers of 8 bits
    into them, so that no colour is above 255.
    """
    if coloured.dtype.itemsize == 1:
        return coloured[..., :3]
    wide = int(coloured.max(initial=0)) > BYTE
    return ((coloured >> 8) if wide else coloured).astype(np.uint8)[..., :3]


def _colour(stored: Array, bits: int) -> Array:
    """Return RGB in 8 bits; of samples with more bits, the highest 8 are kept."""
    if stored.dtype.itemsize == 1:
        return stored
    return (stored >> max(bits - 8, 0)).astype(np.uint8)
