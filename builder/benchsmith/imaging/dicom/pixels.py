"""A DICOM file's header and pixels, checked and turned into numbers that mean something."""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.pixels import apply_color_lut, apply_modality_lut, convert_color_space
from pydicom.uid import DeflatedExplicitVRLittleEndian

from benchsmith.core.contracts import Array, DataFault, Reading
from benchsmith.imaging import byte_stream
from benchsmith.imaging.dicom.plane_geometry import numbers

LARGEST_DEFLATED = 256 << 20
"""Bytes that a deflated file may inflate to; they are only ever small structured objects."""


def dataset(path: Path, how: Reading) -> pydicom.Dataset:
    """Return the header of a file that has pixels. Raises DataFault.

    Files are never forced: what does not begin as DICOM is none.
    """
    data = header(path)
    if "PixelData" not in data:
        if data.get("SOPClassUID") and "Rows" not in data:
            what = f"is no picture: {getattr(data.SOPClassUID, 'name', data.SOPClassUID)}"
            raise DataFault("dimensions", path, what)
        raise DataFault("truncated", path, "has no pixel data (7FE0,0010)")
    for tag in ("Rows", "Columns", "BitsAllocated", "SamplesPerPixel", "PhotometricInterpretation"):
        if data.get(tag) in (None, ""):
            raise DataFault("header", path, f"does not say its {tag}")
    if not how.burned_in and str(data.get("BurnedInAnnotation", "NO")).upper() == "YES":
        raise DataFault("burned-in", path, "(0028,0301) is YES")
    try:
        sizes = (frame_count(data), int(data.Rows), int(data.Columns))
        item_bytes = int(data.SamplesPerPixel) * -(-int(data.BitsAllocated) // 8)
    except (TypeError, ValueError) as error:
        raise DataFault("header", path, f"its size is no number: {error}") from error
    byte_stream.check_shape(sizes, item_bytes, path)
    return data


def frame_count(data: pydicom.Dataset) -> int:
    """Return the number of frames, 1 where it is not said. Raises ValueError."""
    return int(data.get("NumberOfFrames") or 1)


def header(path: Path) -> pydicom.Dataset:
    """Return all that a file says. Raises DataFault for what is no whole DICOM file."""
    byte_stream.beginning(path, 132)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _check_deflated(path)
            data = pydicom.dcmread(path)
            for _ in data.iterall():
                pass  # pydicom converts an element, and fails on it, when it is first asked for
            return data
    except (InvalidDicomError, EOFError) as error:
        raise DataFault("header", path, f"is no whole DICOM file: {error}") from error
    except DataFault:
        raise
    except Exception as error:
        # pydicom raises whatever a damaged element makes it stumble over
        raise DataFault("unreadable", path, f"{type(error).__name__}: {error}") from error


TELLING = (
    "PatientName", "PatientID", "OtherPatientIDs", "OtherPatientNames", "PatientBirthName",
    "PatientBirthDate", "PatientAddress", "PatientTelephoneNumbers", "PatientMotherBirthName",
    "AccessionNumber", "StudyID", "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID",
    "FrameOfReferenceUID", "InstitutionName", "InstitutionAddress", "InstitutionalDepartmentName",
    "ReferringPhysicianName", "PerformingPhysicianName", "NameOfPhysiciansReadingStudy",
    "PhysiciansOfRecord", "RequestingPhysician", "OperatorsName", "StationName",
    "DeviceSerialNumber", "StudyDate", "SeriesDate", "AcquisitionDate", "ContentDate",
)  # fmt: skip
"""Attributes of PS3.15 table E.1-1 that name a person, a place, a device or a day."""


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the values of all attributes that may tell of a person, to the attribute's name.

    The slices of a series tell the same, but for their own UIDs: the first and last are read.
    """
    found: dict[str, str] = {}
    for path in dict.fromkeys((files[0], files[-1])):
        try:
            data = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=list(TELLING))
        except Exception as error:
            # pydicom raises whatever a damaged element makes it stumble over
            raise DataFault("unreadable", path, str(error)) from error
        for name in TELLING:
            value = data.get(name)
            for one in value if isinstance(value, pydicom.multival.MultiValue) else [value]:
                if one not in (None, ""):
                    found[str(one)] = name
    return found


def _check_deflated(path: Path) -> None:
    """Refuse a deflated file that inflates without end, before pydicom tries."""
    meta = pydicom.filereader.read_file_meta_info(path)
    if meta.get("TransferSyntaxUID") != DeflatedExplicitVRLittleEndian:
        return
    engine = zlib.decompressobj(-zlib.MAX_WBITS)
    fed = path.read_bytes()[132 + 12 + int(meta.FileMetaInformationGroupLength) :]
    if len(engine.decompress(fed, LARGEST_DEFLATED)) >= LARGEST_DEFLATED:
        raise DataFault("too-large", path, f"inflates to more than {LARGEST_DEFLATED} bytes")


def pixels(data: pydicom.Dataset, path: Path) -> Array:
    """Return (rows, columns) or (frames, rows, columns) numbers; colour has 3 more, RGB uint8.

    Higher is brighter. CT is in Hounsfield units, PET in uptake values where the tags allow.
    """
    for tag in ("RescaleSlope", "RescaleIntercept"):
        if tag in data:
            said = numbers(data.get(tag))
            if (
                len(said) != 1
                or not np.isfinite(said[0])
                or (tag == "RescaleSlope" and not said[0])
            ):
                raise DataFault("header", path, f"its {tag} is {data.get(tag)!r}")
    photometric = str(data.PhotometricInterpretation)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = data.pixel_array
            if photometric == "MONOCHROME1":
                found = _turned(found, data)
            if photometric.startswith("MONOCHROME"):
                found = apply_modality_lut(found, data)
            elif photometric == "PALETTE COLOR":
                coloured = apply_color_lut(found, data)
                wide = coloured.dtype.itemsize == 2
                found = (coloured >> 8).astype(np.uint8) if wide else coloured
            elif (
                photometric.startswith("YBR") and not data.file_meta.TransferSyntaxUID.is_compressed
            ):
                # pydicom's decoders already turn the JPEG colour spaces; only raw YBR is left
                found = convert_color_space(found, photometric, "RGB")
    except Exception as error:
        # pydicom hands on whatever its decoders raise: their types are not documented
        short = "less than expected" in str(error) or "fewer bytes" in str(error)
        reason = "truncated" if short else "unreadable"
        raise DataFault(reason, path, f"{type(error).__name__}: {error}") from error
    if factor := suv_factor(data):
        found = found.astype(np.float32) * np.float32(factor)
    elif found.dtype.kind == "f":
        if not np.isfinite(found).all():
            raise DataFault("not-finite", path, "has pixels that are not numbers after rescaling")
        whole = np.rint(found)
        if np.array_equal(whole, found) and abs(whole).max(initial=0) < 32767:
            found = whole.astype(np.int16)
    return np.ascontiguousarray(found, found.dtype.newbyteorder("="))


def _turned(stored: Array, data: pydicom.Dataset) -> Array:
    """Return MONOCHROME1 pixels with 0 as the darkest, the same way in every slice of a series."""
    bits = int(data.BitsStored)
    if int(data.get("PixelRepresentation") or 0):
        turned: Array = -1 - stored.astype(np.int32)
    else:
        turned = (1 << bits) - 1 - stored.astype(np.int64)
    return turned.astype(stored.dtype)


def unit(data: pydicom.Dataset) -> str:
    """Return the unit of the numbers: CT is in Hounsfield units (PS3.3 C.8.2.1.1.2)."""
    if data.get("Modality") == "CT" and "RescaleSlope" in data:
        return "HU"
    return "SUV" if suv_factor(data) else ""


def suv_factor(data: pydicom.Dataset) -> float | None:
    """Return what turns Bq/ml into standardised uptake by body weight; None where tags lack.

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


def _seconds(time: object) -> float | None:
    """Return seconds since midnight of a DICOM time, HHMMSS.FFFFFF."""
    text = str(time or "").split(".")[0]
    if len(text) != 6 or not text.isdigit():
        return None
    return float(int(text[:2]) * 3600 + int(text[2:4]) * 60 + int(text[4:]))
