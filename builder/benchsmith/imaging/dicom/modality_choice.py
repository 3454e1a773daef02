"""Which files of a folder are slices of an image, by their Modality (0008,0060)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import pydicom

from benchsmith.imaging.file_signature import is_dicom

NO_SLICES = frozenset(
    [
        "ANN",
        "ASMT",
        "AU",
        "DOC",
        "FID",
        "KO",
        "M3D",
        "PLAN",
        "PR",
        "REG",
        "RTDOSE",
        "RTIMAGE",
        "RTPLAN",
        "RTRECORD",
        "RTSTRUCT",
        "RWV",
        "SEG",
        "SMR",
        "SR",
        "STAIN",
        "TEXTUREMAP",
    ]
)
"""Modalities of objects about an image (PS3.3 C.7.3.1.1.1): contours, segmentations, reports, doses."""


def is_slice(modality: str, wanted: str) -> bool:
    """Return whether an object of a modality is a slice; `wanted` is the only modality, if given.

    >>> is_slice("CT", ""), is_slice("RTSTRUCT", ""), is_slice("PT", "CT")
    (True, False, False)
    """
    return modality == wanted if wanted else modality not in NO_SLICES


def slices_of(files: Sequence[Path], wanted: str = "") -> list[Path]:
    """Return the files that are slices, or that are not DICOM, which the reader then reports."""
    return [f for f in files if not is_dicom(f) or is_slice(modality(f), wanted)]


def modality(path: Path) -> str:
    """Return the Modality of a DICOM file; empty if it has none or cannot be read."""
    return _modality(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1 << 14)
def _modality(path: Path, changed_ns: int) -> str:
    try:
        data = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["Modality"])
    except Exception:  # noqa: BLE001
        # pydicom raises any exception that a damaged element causes
        return ""
    return str(data.get("Modality") or "")
