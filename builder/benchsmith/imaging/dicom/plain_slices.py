"""The grey pixels of the slices of a series, whose headers mostly say the same of them."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pydicom

from benchsmith.core.contracts import Array
from benchsmith.imaging.dicom.judged_alike import JudgedAlike
from benchsmith.imaging.dicom.native_pixels import NativeFrame, native_frame
from benchsmith.imaging.dicom.pixels import (
    GREY,
    check_bits,
    check_palette,
    finished,
    pixels,
    rescaled,
)
from benchsmith.imaging.dicom.quantities import Rescale, rescale, suv_factor
from benchsmith.imaging.dicom.stored_values import StoredValues, stored_values

TABLES = (
    "ModalityLUTSequence",
    "PerFrameFunctionalGroupsSequence",
    "SharedFunctionalGroupsSequence",
)
"""Elements that change pixels in another way than by one slope and intercept."""


class _Form(NamedTuple):
    """What the header of a grey slice says of its pixels."""

    frame: NativeFrame
    stated: StoredValues
    rescale: Rescale | None
    factor: float | None


class PlainSlices:
    """Reads the pixels of one slice after the other."""

    def __init__(self) -> None:
        self._form = JudgedAlike(_form)

    def pixels(self, data: pydicom.Dataset, path: Path) -> Array:
        """Return what :func:`benchsmith.imaging.dicom.pixels.pixels` returns. Raises DataFault."""
        try:
            form = self._form(data, path)
        except Exception:  # noqa: BLE001 - whatever is wrong with a header is said by what reads all kinds
            form = None
        stored = None if form is None else form.frame.values(data.PixelData)
        if form is None or stored is None:
            return pixels(data, path)
        used = form.stated.used(stored)
        found = form.stated.turned(used)
        if form.rescale is not None:
            found = rescaled(found, *form.rescale)
        return finished(form.stated.without_padding(found, used), form.factor, path)


def _form(data: pydicom.Dataset, path: Path) -> _Form | None:
    """Return what a header says; None for pixels that are stored or shown in another way."""
    if str(data.PhotometricInterpretation) not in GREY or any(name in data for name in TABLES):
        return None
    frame = native_frame(data)
    if frame is None:
        return None
    check_bits(data, path)
    check_palette(data, path)
    stated = stored_values(data, path, frame.kind)
    return _Form(frame, stated, rescale(data, path), suv_factor(data))
