"""The pixel sides of a picture without a position in space: in millimetres, or only their ratio."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pydicom

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.functional_groups import of_frame
from benchsmith.imaging.dicom.hanging import PROJECTIONS
from benchsmith.imaging.dicom.plane_geometry import numbers
from benchsmith.imaging.geometry import Affine

CENTIMETRES = 3
"""Physical Units (0018,6024) of a region that is measured in centimetres."""
NO_UNIT = 0
"""Physical Units of an axis that measures nothing, such as that of a colour bar."""
TWO_DIMENSIONS = 1
"""Region Spatial Format (0018,6012) of pictures in which both axes are lengths."""
MAX_MAGNIFICATION = 10.0
"""Largest magnification of a projection that is taken for one."""
NO_LENGTHS = (
    "an ultrasound region measures other than centimetres, such as seconds: its pixel spacing gives no "
    "lengths"
)
THROUGH_THE_BODY = PROJECTIONS | {"MG"}
"""Modalities (0008,0060) whose pictures are larger than what they show."""
AT_DETECTOR = (
    "its pixel spacing is not known to be that in the patient, since no calibration and no "
    "magnification is stated: it gives no lengths"
)
MAX_RATIO_DIFFERENCE = 1e-3
"""Largest difference of two ratios, as a share: writers round."""


class PixelSides(NamedTuple):
    """The size of a pixel."""

    scale: Affine | None
    """4x4, pixel to mm, without a place; None if no length is stated."""
    aspect: float
    """Height of a pixel over its width."""
    note: str = ""
    """Why a stated length is not one in the patient."""


def of_picture(data: pydicom.Dataset, path: Path, frame: int = 0) -> PixelSides:
    """Return the sides of a picture's pixels, or of those of one frame.

    Pixel Spacing is a length in the patient if it is calibrated, or if the picture is not a projection.
    Imager Pixel Spacing is one at the detector: the stated magnification of a projection is divided out,
    and without one only the ratio is used (PS3.3 10.7.1). The Nominal Scanned Pixel Spacing is one on the
    scanned film, so that only its ratio is used, and so is that of ultrasound regions, whose lengths may
    differ from region to region. Pixel Aspect Ratio (0028,0034) is the height over the width (PS3.3
    C.7.6.3.1.7). Where an ultrasound region measures an axis in another unit, such as seconds, Pixel
    Spacing is no length either. Raises DataFault for what is not a length, or no ratio.
    """
    stated = of_frame(data, frame, "PixelMeasuresSequence", "PixelSpacing")
    stated = stated or data.get("ImagerPixelSpacing")
    spacing = numbers(stated)
    if stated and spacing != [0.0, 0.0]:  # how some scanners write that they do not know
        height, width = _positive(spacing, "pixel spacing (0028,0030)", stated, path)
        larger = _magnification(data, spacing)
        if larger is None or not 1 <= larger <= MAX_MAGNIFICATION:
            return PixelSides(None, height / width, AT_DETECTOR)
        if _has_other_units(data):
            return PixelSides(None, height / width, NO_LENGTHS)
        scale = np.diag([width / larger, height / larger, 1.0, 1.0])
        return PixelSides(scale, height / width)
    for tag, what in (
        ("PixelAspectRatio", "pixel aspect ratio (0028,0034)"),
        ("NominalScannedPixelSpacing", "nominal scanned pixel spacing (0018,2010)"),
    ):
        if data.get(tag) and any(numbers(data.get(tag))):
            height, width = _positive(numbers(data.get(tag)), what, data.get(tag), path)
            return PixelSides(None, height / width)
    return PixelSides(None, _of_regions(data))


def _magnification(data: pydicom.Dataset, spacing: list[float]) -> float | None:
    """Return how much larger a spacing is than in the patient; None if it is not known.

    A Pixel Spacing with a calibration type is corrected, and so is one that differs from the spacing at the
    detector or on the scanned film. One that equals it is not. The standard does not say whether a
    projection's Pixel Spacing alone is corrected (PS3.3 10.7.1.3).
    """
    factor = numbers(data.get("EstimatedRadiographicMagnificationFactor"))
    uncorrected = [
        found
        for tag in ("ImagerPixelSpacing", "NominalScannedPixelSpacing")
        if (found := numbers(data.get(tag))) and any(found)
    ]
    alike = any(np.allclose(spacing, one, rtol=MAX_RATIO_DIFFERENCE) for one in uncorrected)
    if data.get("PixelSpacingCalibrationType") or (uncorrected and not alike):
        return 1.0
    if not uncorrected and data.get("Modality") not in THROUGH_THE_BODY:
        return 1.0
    return factor[0] if alike and factor else None


def _positive(found: list[float], what: str, stated: object, path: Path) -> tuple[float, float]:
    if len(found) != 2 or not all(np.isfinite(v) and v > 0 for v in found):
        raise DataFault("spacing", path, f"its {what} is {stated}")
    return found[0], found[1]


def _has_other_units(data: pydicom.Dataset) -> bool:
    """Return whether an axis of an ultrasound region is stated to be other than a length."""
    return any(
        region.get(f"PhysicalUnits{axis}Direction") not in (None, NO_UNIT, CENTIMETRES)
        for region in data.get("SequenceOfUltrasoundRegions") or ()
        for axis in "XY"
    )


def _of_regions(data: pydicom.Dataset) -> float:
    """Return the height over the width that all two-dimensional ultrasound regions share, else 1."""
    ratios = []
    for region in data.get("SequenceOfUltrasoundRegions") or ():
        units = {region.get(f"PhysicalUnits{axis}Direction") for axis in "XY"}
        sides = [abs(v) for axis in "YX" for v in numbers(region.get(f"PhysicalDelta{axis}"))]
        flat = region.get("RegionSpatialFormat") == TWO_DIMENSIONS and units == {CENTIMETRES}
        if flat and len(sides) == 2 and min(sides) > 0 and np.isfinite(sides).all():
            ratios.append(sides[0] / sides[1])
    same = ratios and max(ratios) - min(ratios) <= MAX_RATIO_DIFFERENCE * max(ratios)
    return float(np.mean(ratios)) if same else 1.0
