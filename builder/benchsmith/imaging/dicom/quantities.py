"""The physical meaning of a DICOM image's values: Hounsfield units, uptake, rescale values of frames."""

from __future__ import annotations

import datetime
from pathlib import Path

import numpy as np
import pydicom

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.functional_groups import group, shared_groups
from benchsmith.imaging.dicom.plane_geometry import numbers

HOUNSFIELD = "HU"
UPTAKE = "SUV"
UNSPECIFIED = "US"
"""The Rescale Type of values of no stated kind (PS3.3 C.11.1.1.2)."""
CORRECTED = frozenset({"ATTN", "DECY"})
"""What an image of uptake values is corrected for: attenuation, and decay."""
MIN_DOSE_BQ, MAX_WEIGHT_KG = 1e5, 650.0
"""Bounds of an injected dose and of a body: others are in another unit (MBq, g) than stated."""
MAX_LATE_S = 60.0
"""Seconds that a series may begin after its acquisition: clocks are rounded."""
Rescale = tuple[float, float]
"""Slope and intercept."""


def unit(data: pydicom.Dataset, frame: int | None = None) -> str:
    """Return the unit of rescaled values, of all frames or of one: ``HU``, ``SUV`` or empty.

    CT is in Hounsfield units unless its Rescale Type (0028,1054) names something else (PS3.3
    C.8.2.1.1.2 and C.8.15.3.10); a localizer is not a cross section and has none.
    """
    if data.get("Modality") == "CT":
        kind = list(data.get("ImageType") or ())
        localizer = len(kind) > 2 and str(kind[2]) == "LOCALIZER"
        types = _rescale_types(data, frame)
        return HOUNSFIELD if types and types <= {"", HOUNSFIELD} and not localizer else ""
    return UPTAKE if suv_factor(data) else ""


def is_not_hounsfield(data: pydicom.Dataset, frame: int | None = None) -> bool:
    """Return whether a CT image states that its values are not Hounsfield units, or states no unit."""
    return data.get("Modality") == "CT" and unit(data, frame) != HOUNSFIELD


def frame_rescales(data: pydicom.Dataset, path: Path) -> list[Rescale] | None:
    """Return slope and intercept of each frame of an enhanced image; None if there are none.

    They are in the Pixel Value Transformation (0028,9145) of each frame, or of all frames (PS3.3
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
    """Return slope and intercept; None if neither is stated. Raises DataFault for invalid ones."""
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
    series, to which images with DecayCorrection START are corrected. Corrected Image (0028,0051) must
    say that attenuation and decay were corrected (QIBA, SUV vendor-neutral pseudo-code, 2012).
    """
    doses = data.get("RadiopharmaceuticalInformationSequence")
    if (
        data.get("Modality") != "PT"
        or data.get("Units") != "BQML"
        or data.get("DecayCorrection") != "START"
        or CORRECTED - _words(data.get("CorrectedImage"))
        or not doses
    ):
        return None
    weight = numbers(data.get("PatientWeight"))
    dose = numbers(doses[0].get("RadionuclideTotalDose"))
    half_life = numbers(doses[0].get("RadionuclideHalfLife"))
    waited = _seconds_of_decay(data, doses[0])
    if not (weight and dose and half_life) or waited is None:
        return None
    if dose[0] < MIN_DOSE_BQ or not 0 < weight[0] <= MAX_WEIGHT_KG or half_life[0] <= 0:
        return None
    decayed = dose[0] * 2 ** (-waited / half_life[0])
    return float(weight[0] * 1000 / decayed)


def _words(value: object) -> set[str]:
    """Return the values of an element of one or several code strings."""
    several = [value] if isinstance(value, str) else list(value or ())  # type: ignore[call-overload]
    return {str(one).strip() for one in several}


def _seconds_of_decay(data: pydicom.Dataset, dose: pydicom.Dataset) -> float | None:
    """Return the seconds from injection to the start of the series; None if they are not known.

    If a series was made by processing after the acquisition, its time is not the time that its
    values are corrected to.
    """
    started = _seconds(data.get("SeriesTime"))
    acquired = _seconds(data.get("AcquisitionTime"))
    days = _days(data.get("SeriesDate"))
    if started is None:
        return None
    if acquired is not None:
        after = 86400 * ((days or 0) - (_days(data.get("AcquisitionDate")) or days or 0))
        if started + after - acquired > MAX_LATE_S:
            return None
    moment = str(dose.get("RadiopharmaceuticalStartDateTime") or "")
    injected = _seconds(moment[8:14] or dose.get("RadiopharmaceuticalStartTime"))
    day = _days(moment[:8])
    if injected is None:
        return None
    waited = started - injected + 86400 * (days - day if days and day else 0)
    return waited if waited >= 0 else None


def check_one_unit(data: pydicom.Dataset, path: Path) -> None:
    """Raise DataFault (header) for a volume whose frames have values of several kinds."""
    default = HOUNSFIELD if data.get("Modality") == "CT" else UNSPECIFIED
    found = sorted({kind or default for kind in _rescale_types(data)})
    if len(found) > 1:
        what = f"the Rescale Types (0028,1054) of its frames are {', '.join(found)}"
        raise DataFault("header", path, f"{what}: their values cannot be compared")


def _rescale_types(data: pydicom.Dataset, frame: int | None = None) -> set[str]:
    """Return the rescale types of all frames, or of one; empty text if one is not stated."""
    shared = shared_groups(data)
    frames = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    frames = frames if frame is None else frames[frame : frame + 1]
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


def _days(date: object) -> int | None:
    """Return the number of a day, from a DICOM date, YYYYMMDD."""
    try:
        return datetime.date.fromisoformat(str(date or "")).toordinal()
    except ValueError:
        return None
