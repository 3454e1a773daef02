"""The meaning of a DICOM Segmentation's stored values (PS3.3 C.8.20.2): kind, least fraction, background."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pydicom

from benchsmith.core.contracts import Array, DataFault
from benchsmith.imaging.dicom.files import frame_count
from benchsmith.imaging.dicom.plane_geometry import numbers

BINARY = "BINARY"
FRACTIONAL = "FRACTIONAL"
LABELMAP = "LABELMAP"
KINDS = frozenset({BINARY, FRACTIONAL, LABELMAP})
"""Values of Segmentation Type (0062,0001)."""
MIN_FRACTION = 0.5
"""Smallest fraction of a pixel that a fractional segment covers."""


def kind_of(data: pydicom.Dataset, path: Path) -> str:
    """Return the type of a segmentation; one of single bits need not state it. Raises DataFault."""
    stated = str(data.get("SegmentationType") or "").strip()
    kind = stated or (BINARY if data.get("BitsAllocated") == 1 else "")
    if kind not in KINDS:
        what = f"its Segmentation Type (0062,0001) is {kind or 'not stated'}"
        raise DataFault("header", path, what)
    return kind


def largest(data: pydicom.Dataset, kind: str, path: Path) -> float:
    """Return the largest value of a pixel that a segment may have. Raises DataFault.

    Fractions are relative to Maximum Fractional Value (0062,000E); without it, they cannot be
    read.
    """
    if kind != FRACTIONAL:
        return float(np.inf) if kind == LABELMAP else 1.0
    stated = numbers(data.get("MaximumFractionalValue"))
    if len(stated) != 1 or not stated[0] > 0:
        what = f"its Maximum Fractional Value (0062,000E) is {data.get('MaximumFractionalValue')}"
        raise DataFault("header", path, what)
    return stated[0]


def least(data: pydicom.Dataset, kind: str, path: Path) -> float:
    """Return the smallest value of a pixel that a segment covers. Raises DataFault."""
    return MIN_FRACTION * largest(data, kind, path) if kind == FRACTIONAL else 1.0


def check(pixels: Array, data: pydicom.Dataset, kind: str, path: Path) -> None:
    """Raise DataFault for values above the one that the header states for a fully covered pixel."""
    most, bound = float(pixels.max(initial=0)), largest(data, kind, path)
    if most > bound:
        raise DataFault("header", path, f"has the value {most:g}, and a whole pixel is {bound:g}")


def background_of(data: pydicom.Dataset) -> int:
    """Return the value of a label map's pixels that belong to no segment: its padding, otherwise 0."""
    stated = numbers(data.get("PixelPaddingValue"))
    return int(stated[0]) if stated else 0


def check_count(data: pydicom.Dataset, described: int, path: Path) -> None:
    """Raise DataFault if the frames of a segmentation are not those that it describes."""
    count = frame_count(data)
    if described != count:
        raise DataFault("header", path, f"{count} frames, {described} of them described")
