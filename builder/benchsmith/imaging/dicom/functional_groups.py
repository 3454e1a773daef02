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
)
"""Numbers that all frames of one volume share."""


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
    """Refuse frames that differ in orientation, pixel size, echo, time, voltage or kernel.

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
    kernels = [group(frame, shared, "CTReconstructionSequence") for frame in frames]
    named = {
        str(item.get("ConvolutionKernel") or "") if item is not None else "" for item in kernels
    }
    if len(named) > 1:
        raise DataFault("series-gap", path, "its frames differ in their ConvolutionKernel")
