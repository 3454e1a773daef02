"""Where single slices and the frames of multi-frame objects lie, in LPS millimetres."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pydicom

from benchsmith.core.contracts import DataFault
from benchsmith.imaging.dicom.files import frame_count
from benchsmith.imaging.dicom.functional_groups import (
    check_alike,
    group,
    in_group,
    of_frame,
    shared_groups,
)
from benchsmith.imaging.dicom.plane_geometry import (
    MAX_COSINE_ERROR,
    compose,
    cosines,
    numbers,
    step,
)
from benchsmith.imaging.geometry import Affine

MAX_OFFSET_ERROR = 0.01
"""Largest difference in mm of a first frame offset from the z of the image position."""


class SlicePlace(NamedTuple):
    """Where a single slice lies."""

    affine: Affine
    """4x4, stored column, row and slice to LPS millimetres."""
    placed: bool
    """Its position is stated, so that other objects can be laid onto it."""


def of_slice(data: pydicom.Dataset, path: Path, frame: int = 0) -> SlicePlace | None:
    """Return the place of one slice; None if the file states no orientation or no spacing.

    Its affine's third column is the slice's normal, of the length of its thickness, 1 mm if that is not
    stated. An enhanced image has these in the functional groups of its frames. Raises DataFault.
    """
    orientation = of_frame(data, frame, "PlaneOrientationSequence", "ImageOrientationPatient")
    spacing = of_frame(data, frame, "PixelMeasuresSequence", "PixelSpacing")
    if orientation is None or spacing is None:
        return None
    directions = cosines(orientation, path)
    thickness = numbers(of_frame(data, frame, "PixelMeasuresSequence", "SliceThickness"))
    deep = thickness[0] if thickness and np.isfinite(thickness[0]) and thickness[0] > 0 else 1.0
    normal = np.cross(directions[:3], directions[3:])
    position = _position(data, frame, normal, path)
    affine = compose(directions, numbers(spacing), position or [0.0] * 3, normal * deep, path)
    return SlicePlace(affine, len(position) == 3)


def _position(
    data: pydicom.Dataset, frame: int, normal: npt.NDArray[np.float64], path: Path
) -> list[float]:
    """Return x, y, z of a frame in mm; empty if it is not stated.

    A position of the whole object is its first frame's; the others lie at the frame offsets from it.
    Raises DataFault if it is not understood.
    """
    own = in_group(data, frame, "PlanePositionSequence", "ImagePositionPatient")
    stated = own or data.get("ImagePositionPatient")
    found = numbers(stated)
    if stated not in (None, "") and (len(found) != 3 or not np.isfinite(found).all()):
        raise DataFault("header", path, f"its image position (0020,0032) is {stated}")
    if not found or own or frame_count(data) == 1:
        return found
    first = np.array(found)
    offsets = _relative(numbers(data.get("GridFrameOffsetVector")), first, normal, path)
    if frame >= len(offsets):
        return []
    return [float(v) for v in first + offsets[frame] * normal]


def of_frames(data: pydicom.Dataset, path: Path) -> tuple[npt.NDArray[np.int64], Affine] | None:
    """Return the order of frames in space and their affine; None if frames have no place.

    Reads the functional groups of enhanced images (PS3.3 C.7.6.16) and grid frame offsets (PS3.3 C.8.8.3),
    which further images have than doses.
    """
    if "PerFrameFunctionalGroupsSequence" in data:
        frames = list(data.PerFrameFunctionalGroupsSequence)
        shared = shared_groups(data)
        orientation = group(frames[0], shared, "PlaneOrientationSequence")
        measures = group(frames[0], shared, "PixelMeasuresSequence")
        check_alike(frames, shared, path)
        positions = [group(f, shared, "PlanePositionSequence") for f in frames]
        if orientation is None or measures is None or None in positions:
            return None
        across_of = orientation.get("ImageOrientationPatient")
        spacing = numbers(measures.get("PixelSpacing"))
        places = [numbers(p.get("ImagePositionPatient")) for p in positions if p is not None]
    elif "GridFrameOffsetVector" in data:
        across_of = data.get("ImageOrientationPatient")
        spacing = numbers(data.get("PixelSpacing"))
        directions = cosines(across_of, path)
        upwards = np.cross(directions[:3], directions[3:])
        first = np.array(numbers(data.get("ImagePositionPatient")) or [0.0] * 3)
        offsets = _relative(numbers(data.GridFrameOffsetVector), first, upwards, path)
        places = [(first + offset * upwards).tolist() for offset in offsets]
    else:
        return None
    if len(places) != int(data.NumberOfFrames) or any(len(p) != 3 for p in places):
        raise DataFault("header", path, "does not state the place of each of its frames")
    directions = cosines(across_of, path)
    across = np.cross(directions[:3], directions[3:])
    located = np.array(places)
    order = np.argsort(located @ across, kind="stable")
    between = step(located[order], across, spacing, path)
    return order, compose(directions, spacing, located[order][0].tolist(), between, path)


def _relative(
    offsets: list[float],
    first: npt.NDArray[np.float64],
    upwards: npt.NDArray[np.float64],
    path: Path,
) -> list[float]:
    """Return frame offsets in mm from the first frame; they may be written as z coordinates.

    PS3.3 C.8.8.3.2 has both: a vector that begins with 0, and, of axial frames, one that begins
    with the z of the image position. Raises DataFault for any other.
    """
    start = offsets[0] if offsets else 0.0
    if start == 0:
        return offsets
    if abs(start - first[2]) <= MAX_OFFSET_ERROR and abs(abs(upwards[2]) - 1) <= MAX_COSINE_ERROR:
        return [(offset - start) * float(np.sign(upwards[2])) for offset in offsets]
    what = f"its frame offsets (3004,000C) begin with {start:g}, neither 0 nor its z coordinate"
    raise DataFault("header", path, what)
