"""What a reader with a ruler and a scale of grey would measure of a structure in the plane shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchsmith.core.contracts import Array
from benchsmith.measurements.diameters import longest_diameters
from benchsmith.measurements.grouped_runs import GroupedRuns


@dataclass(frozen=True, slots=True)
class PlaneSize:
    """The diameters and the values of one structure in one plane."""

    long: float
    """Longest diameter between the centres of two pixels, in the scene's unit."""
    short: float
    """Longest chord of its convex hull that is perpendicular to it."""
    mean: float | None
    """Mean of the image's own values; None for colours."""


def plane_size(mask: Array, values: Array, pixel: tuple[float, float]) -> PlaneSize:
    """Measure a boolean mask (rows, columns), which has a pixel, on the plane of its image's values.

    `pixel` is the height and width of a pixel.
    """
    (found,) = longest_diameters(_runs(mask), pixel)
    own = values[mask] if values.ndim == 2 else None
    mean = None if own is None else float(own.mean(dtype=np.float64))
    return PlaneSize(found.length, found.perpendicular, mean)


def _runs(mask: Array) -> GroupedRuns:
    """Return the runs of a mask as those of a volume of one plane."""
    height, width = mask.shape
    edges = np.diff(np.pad(mask, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    stops = np.nonzero(edges == -1)[1]
    start = rows.astype(np.int64) * width + starts
    length = (stops - starts).astype(np.int64)
    return GroupedRuns((1, height, width), start, length, np.zeros(rows.size, np.int64), 1)
