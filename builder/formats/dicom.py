"""DICOM: single pictures and series of slices."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from pydicom.errors import InvalidDicomError
from pydicom.pixels import apply_modality_lut, convert_color_space

from builder.geometry import Affine, canonical, pixel_mm, plane
from builder.model import AXES
from builder.ports import Array, DataFault, Image

EVEN = 0.01
"""Slice distances may differ by this share of their median: scanners round positions."""


def read(files: Sequence[Path]) -> Image:
    """Read one picture: grey levels rescaled (PS3.3 C.11.1), MONOCHROME1 turned, colour as RGB.

    A slice that knows its orientation is hung as a radiologist sees it, whichever way its rows
    and columns run in the file.
    """
    (path,) = files
    data = _dataset(path)
    pixels = _pixels(data, path)
    if pixels.ndim == 3 and pixels.shape[2] != 3:
        what = f"holds {pixels.shape[0]} frames; one picture is read here"
        raise DataFault("dimensions", path, what)
    unit = _unit(data)
    if pixels.ndim == 2 and all(t in data for t in ("ImageOrientationPatient", "PixelSpacing")):
        return _hung(data, pixels, path, unit)
    return Image(pixels[None], _plane_affine(data), planar=True, unit=unit)


def _hung(data: pydicom.Dataset, pixels: Array, path: Path, unit: str) -> Image:
    """Return a slice as its plane is seen, with its pixels' size."""
    affine = _affine(data, path, _normal(data, path))
    try:
        voxels, affine = canonical(pixels.T[:, :, None], affine)
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error
    axis = AXES[voxels.shape.index(1)]
    spacing = tuple(float(s) for s in np.linalg.norm(affine[:3, :3], axis=0)[::-1])
    height_mm, width_mm = pixel_mm(spacing, axis)
    seen = np.ascontiguousarray(plane(voxels, axis, 0))
    return Image(seen[None], np.diag([width_mm, height_mm, 1.0, 1.0]), planar=True, unit=unit)


def read_series(files: Sequence[Path]) -> Image:
    """Read the slices of one series into a volume, sorted by their place along the normal."""
    slices = [(path, _dataset(path)) for path in files]
    if not slices:
        raise DataFault("file-missing", "series", "the folder is empty")
    if len({str(d.get("SeriesInstanceUID", "")) for _, d in slices}) > 1:
        raise DataFault("series-gap", slices[0][0].parent, "the folder holds more than one series")
    path0, first = slices[0]
    normal = _normal(first, path0)
    for path, data in slices:
        _same(data, first, path)
    slices.sort(key=lambda s: float(np.dot(normal, np.asarray(s[1].ImagePositionPatient, float))))
    step = _step(slices, normal)
    volume = np.stack([_pixels(data, path) for path, data in slices])
    affine = _affine(slices[0][1], slices[0][0], step)
    voxels, affine = canonical(np.transpose(volume, (2, 1, 0)), affine)
    return Image(np.ascontiguousarray(voxels), affine, planar=False, unit=_unit(first))


def _dataset(path: Path) -> pydicom.Dataset:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = pydicom.dcmread(path)
    except (InvalidDicomError, EOFError) as error:
        raise DataFault("header", path, f"is no whole DICOM file: {error}") from error
    except (
        OSError,
        ValueError,
        KeyError,
        AttributeError,
        NotImplementedError,
        RecursionError,
    ) as error:
        raise DataFault("unreadable", path, f"{type(error).__name__}: {error}") from error
    if "PixelData" not in data:
        raise DataFault("truncated", path, "has no pixel data (7FE0,0010)")
    if str(data.get("BurnedInAnnotation", "NO")).upper() == "YES":
        raise DataFault("unreadable", path, "says that it has burned-in annotation (0028,0301)")
    return data


def _pixels(data: pydicom.Dataset, path: Path) -> Array:
    """Return rows x columns, or rows x columns x 3 uint8 RGB."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pixels = data.pixel_array
            photometric = str(data.PhotometricInterpretation)
            if photometric.startswith("YBR"):
                # pydicom's decoders already turn the JPEG colour spaces; only raw YBR is left
                if not data.file_meta.TransferSyntaxUID.is_compressed:
                    pixels = convert_color_space(pixels, photometric, "RGB")
            elif photometric.startswith("MONOCHROME"):
                pixels = apply_modality_lut(pixels, data)
    except Exception as error:
        # pydicom hands on whatever its decoders raise: their types are not documented
        raise DataFault("unreadable", path, f"{type(error).__name__}: {error}") from error
    if photometric == "MONOCHROME1":
        pixels = pixels.max() + pixels.min() - pixels
    elif photometric == "PALETTE COLOR":
        from pydicom.pixels import apply_color_lut

        coloured = apply_color_lut(pixels, data)
        pixels = (coloured >> 8).astype(np.uint8) if coloured.dtype.itemsize == 2 else coloured
    if pixels.dtype.kind == "f":
        if not np.isfinite(pixels).all():
            raise DataFault("not-finite", path, "has pixels that are not numbers after rescaling")
        whole = np.rint(pixels)
        if np.array_equal(whole, pixels) and abs(whole).max(initial=0) < 32767:
            pixels = whole.astype(np.int16)
    return np.ascontiguousarray(pixels)


def _unit(data: pydicom.Dataset) -> str:
    """CT numbers are Hounsfield units after rescaling (PS3.3 C.8.2.1.1.2)."""
    return "HU" if data.get("Modality") == "CT" and "RescaleSlope" in data else ""


def _plane_affine(data: pydicom.Dataset) -> Affine | None:
    """Return a scale without a place for a single picture, for its pixels' shape only."""
    spacing = data.get("PixelSpacing") or data.get("ImagerPixelSpacing")
    if not spacing or not all(np.isfinite(float(s)) and float(s) > 0 for s in spacing):
        return None
    return np.diag([float(spacing[1]), float(spacing[0]), 1.0, 1.0])


def _normal(data: pydicom.Dataset, path: Path) -> Any:
    try:
        cosines = np.asarray(data.ImageOrientationPatient, float)
    except (AttributeError, TypeError, ValueError) as error:
        raise DataFault("header", path, "has no image orientation (0020,0037)") from error
    row, column = cosines[:3], cosines[3:]
    if cosines.shape != (6,) or not np.isfinite(cosines).all() or abs(np.dot(row, column)) > 1e-3:
        raise DataFault("header", path, f"image orientation (0020,0037) is {cosines.tolist()}")
    return np.cross(row, column)


def _same(data: pydicom.Dataset, first: pydicom.Dataset, path: Path) -> None:
    for tag in ("Rows", "Columns", "PixelSpacing", "ImageOrientationPatient"):
        a, b = data.get(tag), first.get(tag)
        if a is None or not np.allclose(np.asarray(a, float), np.asarray(b, float), atol=1e-4):
            raise DataFault("series-gap", path, f"{tag} is {a}, elsewhere in the series {b}")
    if data.get("ImagePositionPatient") is None:
        raise DataFault("header", path, "has no image position (0020,0032)")
    if data.get("PatientID") != first.get("PatientID"):
        raise DataFault("series-gap", path, "the folder holds more than one patient")


def _step(slices: list[tuple[Path, pydicom.Dataset]], normal: Any) -> Any:
    """Return the vector from one slice to the next, in mm; all steps must agree."""
    places = np.array([np.asarray(d.ImagePositionPatient, float) for _, d in slices])
    if len(slices) == 1:
        return normal * float(slices[0][1].get("SliceThickness") or 1.0)
    along = places @ normal
    gaps = np.diff(along)
    middle = float(np.median(gaps))
    if middle <= 0 or np.abs(gaps - middle).max() > max(EVEN * middle, 1e-3):
        raise DataFault(
            "series-gap",
            slices[0][0].parent,
            f"slice distances run from {gaps.min():.3f} to {gaps.max():.3f} mm",
        )
    return (places[-1] - places[0]) / (len(slices) - 1)


def _affine(data: pydicom.Dataset, path: Path, step: Any) -> Affine:
    """PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1: column index, row index, slice to LPS mm."""
    cosines = np.asarray(data.ImageOrientationPatient, float)
    spacing = np.asarray(data.PixelSpacing, float)
    if not (np.isfinite(spacing).all() and (spacing > 0).all()):
        raise DataFault("spacing", path, f"pixel spacing (0028,0030) is {spacing.tolist()} mm")
    affine = np.eye(4)
    affine[:3, 0] = cosines[:3] * spacing[1]
    affine[:3, 1] = cosines[3:] * spacing[0]
    affine[:3, 2] = step
    affine[:3, 3] = np.asarray(data.get("ImagePositionPatient") or (0, 0, 0), float)
    return affine
