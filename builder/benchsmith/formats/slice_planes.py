"""The pixels of a series in one array, filled while its files are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom

from benchsmith.core.contracts import Array, DataFault
from benchsmith.imaging.dicom.plain_slices import PlainSlices


class SlicePlanes:
    """Collects slices as they are read, and returns them in the order of their places.

    No slice is kept beside the volume, so that memory stays near the volume's size.
    """

    def __init__(self, most: int) -> None:
        self._most, self._count = most, 0
        self._volume: Array | None = None
        self._faults: dict[int, DataFault] = {}
        self._flat = True
        self._slices = PlainSlices()

    def add(self, data: pydicom.Dataset, path: Path) -> None:
        """Move the pixels of the next file out of its data; a fault is kept until they are needed."""
        number = self._count
        self._count += 1
        try:
            shown = self._slices.pixels(data, path)
        except DataFault as fault:
            self._faults[number] = fault
            return
        finally:
            del data.PixelData
        if shown.ndim != 2:
            self._flat = False
            return
        if self._volume is None:
            self._volume = np.empty((self._most, *shown.shape), shown.dtype)
        if shown.shape != self._volume.shape[1:]:
            return  # slices of different sizes are refused by their headers
        kind = np.result_type(self._volume, shown)
        if kind != self._volume.dtype:
            self._volume = self._volume.astype(kind)
        self._volume[number] = shown

    def in_order(self, order: Sequence[int], folder: Path) -> Array:
        """Return the volume (slices, rows, columns); `order` has the number of each slice's file.

        Raises DataFault for the first slice that has a fault, and for slices in colour.
        """
        for number in order:
            if number in self._faults:
                raise self._faults[number]
        if not self._flat or self._volume is None:
            raise DataFault("dimensions", folder, "its slices are in colour or hold several frames")
        found = self._volume[: self._count]
        _permute(found, np.asarray(order))
        return found


def _permute(planes: Array, order: npt.NDArray[np.intp]) -> None:
    """Reorder planes in place, with memory for one more plane."""
    left = order.copy()
    for start in range(len(left)):
        if left[start] == start:
            continue
        kept, place = planes[start].copy(), start
        while (source := int(left[place])) != start:
            planes[place] = planes[source]
            left[place], place = place, source
        planes[place] = kept
        left[place] = place
