"""What the numbers of a DICOM image mean: Hounsfield units, uptake, rescale values of frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.plane_geometry import group, numbers, shared_groups

HOUNSFIELD = "HU"
UPTAKE = "SUV"
Rescale = tuple[float, float]
"""Slope and intercept."""


def unit(data: pydicom.Dataset) -> str:
    """Return the unit of rescaled values: ``HU``, ``SUV`` or empty.

    CT is in Hounsfield units unless its Rescale Type (0028,1054) names something else (PS3.3
    C.8.2.1.1.2 and C.8.15.3.10); a localizer is no cross section and has none.
    """
    if data.get("Modality") == "CT":
        kind = list(data.get("ImageType") or ())
        localizer = len(kind) > 2 and str(kind[2]) == "LOCALIZER"
        types = _rescale_types(data)
        return HOUNSFIELD if types and types <= {"", HOUNSFIELD} and not localizer else ""
    return UPTAKE if suv_factor(data) else ""


def frame_rescales(data: pydicom.Dataset, path: Path) -> list[Rescale] | None:
    """Return slope and intercept of each frame of an enhanced image; None where there are none.

    They stand in the Pixel Value Transformation (0028,9145) of each frame, or of all frames (PS3.3
    C.7.6.16.2.9). Raises DataFault.
    """
    shared = shared_groups(data)
    frames = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    found = [group(f, shared, "PixelValueTransformationSequence") for f in frames]
    if not any(item is not None for item in found):
        return None
    if None in found:
        raise DataFault("header", path, "some of its frames have no Pixel Value Transformation")
    return [rescale(item, path) or (1.0, 0.0) for item in found if item is not None]


def rescale(item: pydicom.Dataset, path: Path) -> Rescale | None:
    """Return slope and intercept; None where neither is stated. Raises DataFault for unsound ones."""
    found = []
    for tag, default in (("RescaleSlope", 1.0), ("RescaleIntercept", 0.0)):
        values = numbers(item.get(tag)) if tag in item else [default]
        zero = tag == "RescaleSlope" and values == [0.0]
        if len(values) != 1 or not np.isfinite(values[0]) or zero:
            raise DataFault("header", path, f"its {tag} is {item.get(tag)!r}")
        found.append(values[0])
    stated = "RescaleSlope" in item or "RescaleIntercept" in item
    return (found[0], found[1]) if stated else None


def suv_factor(data: pydicom.Dataset) -> float | None:
    """Return the factor from Bq/ml to standardised uptake by body weight; None if tags lack.

    SUV = activity * weight / decayed dose; the dose decays from injection to the start of the
    series, to which images with DecayCorrection START are corrected (QIBA, SUV vendor-neutral
    pseudo-code, 2012).
    """
    doses = data.get("RadiopharmaceuticalInformationSequence")
    if (
        data.get("Modality") != "PT"
        or data.get("Units") != "BQML"
        or data.get("DecayCorrection") != "START"
        or not doses
    ):
        return None
    weight = numbers(data.get("PatientWeight"))
    dose = numbers(doses[0].get("RadionuclideTotalDose"))
    half_life = numbers(doses[0].get("RadionuclideHalfLife"))
    started = _seconds(data.get("SeriesTime"))
    injected = _seconds(doses[0].get("RadiopharmaceuticalStartTime"))
    if not (weight and dose and half_life) or started is None or injected is None:
        return None
    if min(weight[0], dose[0], half_life[0]) <= 0 or started < injected:
        return None
    decayed = dose[0] * 2 ** (-(started - injected) / half_life[0])
    return float(weight[0] * 1000 / decayed)


def _rescale_types(data: pydicom.Dataset) -> set[str]:
    """Return the rescale types of all frames, empty text where one is not stated."""
    shared = shared_groups(data)
    frames = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    groups = [group(f, shared, "PixelValueTransformationSequence") for f in frames]
    tags = ("RescaleSlope", "RescaleIntercept")
    stating = [i for i in (data, *groups) if i is not None and any(tag in i for tag in tags)]
    return {str(item.get("RescaleType") or "").strip() for item in stating}


def _seconds(time: object) -> float | None:
    """Return seconds since midnight of a DICOM time, HHMMSS.FFFFFF."""
    text = str(time or "").split(".")[0]
    if len(text) != 6 or not text.isdigit():
        return None
    return float(int(text[:2]) * 3600 + int(text[2:4]) * 60 + int(text[4:]))
