"""Functional groups of DICOM multi-frame objects (PS3.3 C.7.6.16): the statements about each frame."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pydicom

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.plane_geometry import MAX_COSINE_ERROR, numbers

OF_ONE_VOLUME = (
    ("PlaneOrientationSequence", "ImageOrientationPatient"),
    ("PixelMeasuresSequence", "PixelSpacing"),
    ("MREchoSequence", "EffectiveEchoTime"),
    ("MRDiffusionSequence", "DiffusionBValue"),
    ("CTXRayDetailsSequence", "KVP"),
    ("FrameContentSequence", "TemporalPositionIndex"),
    ("CardiacSynchronizationSequence", "NominalPercentageOfCardiacPhase"),
    ("MRModifierSequence", "InversionTimes"),
)
"""Numbers that all frames of one volume share."""
FRAME_TYPES = (
    "MRImageFrameTypeSequence", "CTImageFrameTypeSequence", "PETFrameTypeSequence", "XRay3DFrameTypeSequence",
    "USImageDescriptionSequence",
)  # fmt: skip
"""Groups that say what the values of a frame are, by the kind of image."""
NAMED_OF_ONE_VOLUME = (
    *((name, "FrameType") for name in FRAME_TYPES),
    ("MRImageFrameTypeSequence", "ComplexImageComponent"),
    ("MRDiffusionSequence", "DiffusionDirectionality"),
    ("CTReconstructionSequence", "ConvolutionKernel"),
)
"""Words that all frames of one volume share; a frame that states none is not like one that does."""


def shared_groups(data: pydicom.Dataset) -> pydicom.Dataset:
    """Return the shared functional groups; empty if there are none."""
    found = list(data.get("SharedFunctionalGroupsSequence") or ())
    return found[0] if found else pydicom.Dataset()


def group(frame: pydicom.Dataset, shared: pydicom.Dataset, name: str) -> pydicom.Dataset | None:
    """Return a functional group of a frame: its own, otherwise the shared one, otherwise None."""
    for groups in (frame, shared):
        if groups.get(name):
            found: pydicom.Dataset = groups[name].value[0]
            return found
    return None


def in_group(data: pydicom.Dataset, number: int, sequence: str, tag: str) -> Any:
    """Return what the functional groups state about one frame, counted from 0; None if nothing."""
    frames = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    own = frames[number] if number < len(frames) else pydicom.Dataset()
    found = group(own, shared_groups(data), sequence)
    return found.get(tag) if found is not None else None


def of_frame(data: pydicom.Dataset, number: int, sequence: str, tag: str) -> Any:
    """Return what a functional group, or else the object, states about one frame, counted from 0."""
    return in_group(data, number, sequence, tag) or data.get(tag)


def check_alike(frames: Sequence[pydicom.Dataset], shared: pydicom.Dataset, path: Path) -> None:
    """Refuse frames that differ in orientation, pixel size, echo, time, voltage, kernel or kind of values.

    Together they are not a volume.

    Raises DataFault.
    """
    for name, tag in OF_ONE_VOLUME:
        groups = [group(frame, shared, name) for frame in frames]
        stated = [numbers(item.get(tag)) if item is not None else [] for item in groups]
        first = stated[0] if stated else []
        for other in stated:
            if len(other) != len(first) or not np.allclose(other, first, atol=MAX_COSINE_ERROR):
                raise DataFault("series-gap", path, f"its frames differ in their {tag}")
    for name, tag in NAMED_OF_ONE_VOLUME:
        groups = [group(frame, shared, name) for frame in frames]
        words = {joined(item.get(tag)) if item is not None else "" for item in groups}
        if len(words) > 1:
            what = (
                ", ".join(sorted(words, key=str.casefold))
                if "" not in words
                else "not all state it"
            )
            raise DataFault("series-gap", path, f"its frames differ in their {tag}: {what}")


def joined(value: Any) -> str:
    r"""Return the values of an element in words, with backslashes between them; empty if there are none.

    >>> joined(None), joined("PHASE"), joined(["ORIGINAL", "PRIMARY"])
    ('', 'PHASE', 'ORIGINAL\\PRIMARY')
    """
    if value is None:
        return ""
    return "\\".join(map(str, [value] if isinstance(value, str) else value))
