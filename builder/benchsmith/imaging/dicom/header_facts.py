"""The kind of a DICOM file by its header, without its pixels."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pydicom
from pydicom.errors import InvalidDicomError

SEGMENTATION = ("1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7")
"""SOP classes of DICOM Segmentation objects (PS3.4 B.5): segmentation and label map."""
STRUCTURES = "1.2.840.10008.5.1.4.1.1.481.3"
"""SOP class of RT Structure Sets."""
_TAGS = ["SOPClassUID", "Modality", "SeriesInstanceUID", "ImagePositionPatient", "Rows",
         "NumberOfFrames"]  # fmt: skip


class HeaderFacts(NamedTuple):
    """The kind of a DICOM file, and the series that it belongs to."""

    kind: str
    """``image``, ``segmentation``, ``structures`` or ``other``, such as a report."""
    modality: str
    """DICOM's own code, such as ``CT``."""
    series: str
    frames: int
    placed: bool
    """Whether the header states a position in the patient."""


def header_facts(path: Path) -> HeaderFacts | None:
    """Return what a file's header says; None if it cannot be read."""
    try:
        data = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=_TAGS)
        sop = str(data.get("SOPClassUID", ""))
        kind = "image" if data.get("Rows") else "other"
        if sop in SEGMENTATION:
            kind = "segmentation"
        elif sop == STRUCTURES:
            kind = "structures"
        return HeaderFacts(kind, str(data.get("Modality", "")), str(data.get("SeriesInstanceUID", "")),
                           int(data.get("NumberOfFrames") or 1), bool(data.get("ImagePositionPatient")))  # fmt: skip
    except (InvalidDicomError, OSError, ValueError, TypeError, AttributeError, EOFError):
        return None


def one_series(paths: list[Path]) -> bool:
    """Return whether files are the slices of one series: by the first, the middle and the last."""
    some = sorted({paths[0], paths[len(paths) // 2], paths[-1]})
    facts = [header_facts(p) for p in some]
    return (
        all(f is not None and f.kind == "image" and f.placed and f.frames == 1 for f in facts)
        and len({f.series for f in facts if f}) == 1
        and bool(facts[0] and facts[0].series)
    )
