"""Geometry of DICOM slices: orientation, spacing, steps, in LPS millimetres (PS3.3 C.7.6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom

from benchsmith.core.contracts import Array, DataFault
from benchsmith.imaging.geometry import Affine, canonical

MAX_STEP_DEVIATION = 0.01
"""Largest deviation of a slice distance from the median, as a share: scanners round."""
MAX_SHIFT = 0.25
"""Largest distance of a slice's corner from the line through those of the first and the last one,
within its plane and as a share of a pixel's side."""
MAX_COSINE_ERROR = 1e-3
"""Largest dot product of the row and column cosines, and deviation of their lengths from 1."""


def numbers(value: Any) -> list[float]:
    """Return the numbers of a tag; empty if it is missing or not numeric."""
    if value is None or value == "":
        return []
    many = value if isinstance(value, pydicom.multival.MultiValue | list | tuple) else [value]
    try:
        return [float(v) for v in many]
    except (TypeError, ValueError):
        return []


def cosines(values: Any, path: Path) -> npt.NDArray[np.float64]:
    """Return the cosines of rows and columns, 6 numbers. Raises DataFault if not at right angles."""
    found = np.array(numbers(values))
    sound = found.shape == (6,) and bool(np.isfinite(found).all())
    if sound:
        row, column = found[:3], found[3:]
        lengths = np.abs(np.linalg.norm([row, column], axis=1) - 1)
        sound = bool(abs(row @ column) <= MAX_COSINE_ERROR and lengths.max() <= MAX_COSINE_ERROR)
    if not sound:
        what = found.tolist() or "missing"
        raise DataFault("header", path, f"its image orientation (0020,0037) is {what}")
    return found


def normal(data: pydicom.Dataset, path: Path) -> npt.NDArray[np.float64]:
    """Return the unit normal of a slice. Raises DataFault."""
    found = cosines(data.get("ImageOrientationPatient"), path)
    return np.cross(found[:3], found[3:])


def step(
    places: npt.NDArray[np.float64],
    across: npt.NDArray[np.float64],
    spacing: Sequence[float],
    path: Path,
) -> npt.NDArray[np.float64]:
    """Return the mean vector from one slice to the next, in mm.

    `places` is (slices, 3), sorted along `across`; `spacing` has the sides of a pixel in mm. Raises
    DataFault for uneven steps, for slices that are shifted within their planes, and for places that are
    no numbers, which would be sorted to an end.
    """
    if not np.isfinite(places).all():
        raise DataFault("header", path, "the position of a slice (0020,0032) is not a number")
    gaps = np.diff(places @ across)
    middle = float(np.median(gaps))
    if (same := int((gaps < 1e-3).sum())) and len(gaps) > 1:
        what = (
            f"{same} of its {len(places)} slices lie where another one does: several images in one?"
        )
        raise DataFault("series-gap", path, what)
    if middle <= 0 or np.abs(gaps - middle).max() > max(MAX_STEP_DEVIATION * middle, 1e-3):
        what = f"slice distances run from {gaps.min():.3f} to {gaps.max():.3f} mm"
        raise DataFault("series-gap", path, what)
    mean: npt.NDArray[np.float64] = (places[-1] - places[0]) / (len(places) - 1)
    away = places - places[0] - np.arange(len(places))[:, None] * mean
    aside = np.linalg.norm(away - np.outer(away @ across, across), axis=1).max()
    if spacing and aside > MAX_SHIFT * min(spacing):
        what = f"a slice is shifted by {aside:.3f} mm within its plane"
        raise DataFault("series-gap", path, what)
    return mean


def affine(data: pydicom.Dataset, path: Path, across: npt.NDArray[np.float64]) -> Affine:
    """Return the affine of a slice (PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1).

    Columns are the steps of column index, row index and slice. `across` is the step between
    slices; a single slice takes its thickness along it.
    """
    return compose(
        cosines(data.get("ImageOrientationPatient"), path),
        numbers(data.get("PixelSpacing")),
        numbers(data.get("ImagePositionPatient")) or [0.0, 0.0, 0.0],
        across,
        path,
    )


def turned(voxels: Array, affine: Affine, path: Path) -> tuple[Array, Affine]:
    """Return a volume (x, y, z) in canonical order (z, y, x). Raises DataFault for a bad affine."""
    try:
        return canonical(voxels, affine)
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error


def compose(
    directions: npt.NDArray[np.float64],
    spacing: list[float],
    origin: list[float],
    across: npt.NDArray[np.float64],
    path: Path,
) -> Affine:
    """Return the 4x4 affine from orientation, pixel spacing, first position and slice step.

    Raises DataFault for a spacing or position that is not finite.
    """
    if len(spacing) != 2 or not all(np.isfinite(s) and s > 0 for s in spacing):
        raise DataFault("spacing", path, f"pixel spacing (0028,0030) is {spacing} mm")
    found = np.eye(4)
    found[:3, 0] = directions[:3] * spacing[1]
    found[:3, 1] = directions[3:] * spacing[0]
    found[:3, 2] = across
    found[:3, 3] = origin
    if not np.isfinite(found).all():
        raise DataFault("header", path, "its position is not a number")
    return found
