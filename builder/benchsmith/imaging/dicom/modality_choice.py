"""Which files of a folder are slices of an image, by their Modality (0008,0060) and SOP class (0008,0016)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pydicom

from benchsmith.imaging.dicom.modality_families import NO_SLICES, OBJECTS, of_object
from benchsmith.imaging.file_signature import is_dicom


class Kind(NamedTuple):
    """What an object says that it is."""

    stated: str
    """Its Modality; empty if it has none."""
    meant: str
    """The Modality of what it is by its SOP class too: see `of_object`."""


def kind_of(data: pydicom.Dataset) -> Kind:
    """Return what an object says that it is."""
    return Kind(str(data.get("Modality") or ""), of_object(data))


def is_slice(kind: Kind, wanted: str) -> bool:
    """Return whether an object is a slice; `wanted` is the only Modality, if given.

    >>> is_slice(Kind("CT", "CT"), ""), is_slice(Kind("CT", "SEG"), "CT"), is_slice(Kind("PT", "PT"), "CT")
    (True, False, False)
    """
    if wanted:
        return kind.stated == wanted and kind.meant not in OBJECTS
    return kind.meant not in NO_SLICES


def slices_of(files: Sequence[Path], wanted: str = "") -> list[Path]:
    """Return the files that are slices, or that are not DICOM, which the reader then reports."""
    return [f for f in files if not is_dicom(f) or is_slice(kind_of_file(f), wanted)]


def kind_of_file(path: Path) -> Kind:
    """Return what a DICOM file says that it is; nothing if it cannot be read."""
    return _kind_of_file(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=1 << 14)
def _kind_of_file(path: Path, changed_ns: int) -> Kind:
    try:
        data = pydicom.dcmread(
            path, stop_before_pixels=True, specific_tags=["Modality", "SOPClassUID"]
        )
        return kind_of(data)
    except Exception:  # noqa: BLE001
        # pydicom raises any exception that a damaged element causes
        return Kind("", "")
