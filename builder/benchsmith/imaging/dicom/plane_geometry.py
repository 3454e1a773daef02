"""Geometry of DICOM slices: orientation, spacing, steps, in LPS millimetres (PS3.3 C.7.6.2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pydicom

from benchsmith.core.contracts import Array, DataFault
from benchsmith.imaging.geometry import Affine, canonical

MAX_STEP_DEVIATION = 0.01
"""Largest deviation of a slice distance from the median, as a share: scanners round."""
MAX_COSINE_ERROR = 1e-3
"""Largest dot product of the row and column cosines, and deviation of their lengths from 1."""

MAX_OFFSET_ERROR = 0.01
"""Largest difference in mm of a first frame offset from the z of the image position."""


def numbers(value: Any) -> list[float]:
    """Return the numbers of a tag; empty if it is missing or not numeric."""
    if value is None or value == "":
        return []
    many = value if isinstance(value, pydicom.multival.MultiValue | list | tuple) else [value]
    try:
        return [float(v) for v in many]
    except (TypeError, ValueError):
        return []


def scale_only(data: pydicom.Dataset, path: Path) -> Affine | None:
    """Return a scale (4x4, mm) without a place for a single picture; None if none is stated.

    Raises DataFault for a spacing that is not a length.
    """
    stated = data.get("PixelSpacing") or data.get("ImagerPixelSpacing")
    if not stated:
        return None
    spacing = numbers(stated)
    if spacing == [0.0, 0.0]:  # how some scanners write that they do not know
        return None
    if len(spacing) != 2 or not all(np.isfinite(s) and s > 0 for s in spacing):
        raise DataFault("spacing", path, f"pixel spacing (0028,0030) is {stated} mm")
    return np.diag([spacing[1], spacing[0], 1.0, 1.0])


def cosines(values: Any, path: Path) -> npt.NDArray[np.float64]:
    """Return the cosines of rows and columns, 6 numbers. Raises DataFault if not at right angles."""
    found = np.array(numbers(values))
    sound = found.shape == (6,) and bool(np.isfinite(found).all())
    if sound:
        row, column = found[:3], found[3:]
        lengths = np.abs(np.linalg.norm([row, column], axis=1) - 1)
        sound = bool(abs(row @ column) <= MAX_COSINE_ERROR and lengths.max() <= MAX_COSINE_ERROR)
    if not sound:
        what = found.tolist() or "missing"
        raise DataFault("header", path, f"its image orientation (0020,0037) is {what}")
    return found


def normal(data: pydicom.Dataset, path: Path) -> npt.NDArray[np.float64]:
    """Return the unit normal of a slice. Raises DataFault."""
    found = cosines(data.get("ImageOrientationPatient"), path)
    return np.cross(found[:3], found[3:])


def step(
    places: npt.NDArray[np.float64], across: npt.NDArray[np.float64], path: Path
) -> npt.NDArray[np.float64]:
    """Return the mean vector from one slice to the next, in mm.

    `places` is (slices, 3), sorted along `across`. Raises DataFault for uneven steps.
    """
    gaps = np.diff(places @ across)
    middle = float(np.median(gaps))
    if middle <= 0 or np.abs(gaps - middle).max() > max(MAX_STEP_DEVIATION * middle, 1e-3):
        what = f"slice distances run from {gaps.min():.3f} to {gaps.max():.3f} mm"
        raise DataFault("series-gap", path, what)
    mean: npt.NDArray[np.float64] = (places[-1] - places[0]) / (len(places) - 1)
    return mean


def affine(data: pydicom.Dataset, path: Path, across: npt.NDArray[np.float64]) -> Affine:
    """Return the affine of a slice (PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1).

    Columns are the steps of column index, row index and slice. `across` is the step between
    slices; a single slice takes its thickness along it.
    """
    return compose(
        cosines(data.get("ImageOrientationPatient"), path),
        numbers(data.get("PixelSpacing")),
        numbers(data.get("ImagePositionPatient")) or [0.0, 0.0, 0.0],
        across,
        path,
    )


class SlicePlace(NamedTuple):
    """Where a single slice lies."""

    affine: Affine
    """4x4, stored column, row and slice to LPS millimetres."""
    placed: bool
    """Its position is stated, so that other objects can be laid onto it."""


def of_slice(data: pydicom.Dataset, path: Path) -> SlicePlace | None:
    """Return the place of a single slice; None where the file states no orientation or no spacing.

    Its affine's third column is the slice's normal, of the length of its thickness, 1 mm if that is not
    stated. An enhanced image of one frame has these in its functional groups. Raises DataFault.
    """
    frames = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    shared = shared_groups(data)

    def stated(sequence: str, tag: str) -> Any:
        found = group(frames[0], shared, sequence) if frames else None
        return data.get(tag) or (found.get(tag) if found is not None else None)

    orientation = stated("PlaneOrientationSequence", "ImageOrientationPatient")
    spacing = stated("PixelMeasuresSequence", "PixelSpacing")
    if orientation is None or spacing is None:
        return None
    directions = cosines(orientation, path)
    thickness = numbers(stated("PixelMeasuresSequence", "SliceThickness"))
    deep = thickness[0] if thickness and np.isfinite(thickness[0]) and thickness[0] > 0 else 1.0
    position = _position(stated("PlanePositionSequence", "ImagePositionPatient"), path)
    across = np.cross(directions[:3], directions[3:]) * deep
    affine = compose(directions, numbers(spacing), position or [0.0] * 3, across, path)
    return SlicePlace(affine, len(position) == 3)


def _position(stated: Any, path: Path) -> list[float]:
    """Return x, y, z in mm; empty if it is not stated. Raises DataFault if it is not understood."""
    found = numbers(stated)
    if stated not in (None, "") and (len(found) != 3 or not np.isfinite(found).all()):
        raise DataFault("header", path, f"its image position (0020,0032) is {stated}")
    return found


def of_frames(data: pydicom.Dataset, path: Path) -> tuple[npt.NDArray[np.int64], Affine] | None:
    """Return the order of frames in space and their affine; None if frames have no place.

    Reads the functional groups of enhanced images (PS3.3 C.7.6.16) and the grid frame offsets of
    dose and nuclear medicine (PS3.3 C.8.8.3).
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
    between = step(located[order], across, path)
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


def check_alike(frames: Sequence[pydicom.Dataset], shared: pydicom.Dataset, path: Path) -> None:
    """Refuse frames that are turned or scaled differently: they are no volume. Raises DataFault."""
    for name, tag in (
        ("PlaneOrientationSequence", "ImageOrientationPatient"),
        ("PixelMeasuresSequence", "PixelSpacing"),
    ):
        groups = [group(frame, shared, name) for frame in frames]
        stated = [numbers(item.get(tag)) if item is not None else [] for item in groups]
        first = stated[0] if stated else []
        for other in stated:
            if len(other) != len(first) or not np.allclose(other, first, atol=MAX_COSINE_ERROR):
                raise DataFault("series-gap", path, f"its frames differ in their {tag}")


def turned(voxels: Array, affine: Affine, path: Path) -> tuple[Array, Affine]:
    """Return a volume (x, y, z) in canonical order (z, y, x). Raises DataFault for a bad affine."""
    try:
        return canonical(voxels, affine)
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error


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


def compose(
    directions: npt.NDArray[np.float64],
    spacing: list[float],
    origin: list[float],
    across: npt.NDArray[np.float64],
    path: Path,
) -> Affine:
    """Return the 4x4 affine from orientation, pixel spacing, first position and slice step.

    Raises DataFault for a spacing or position that is not finite.
    """
    if len(spacing) != 2 or not all(np.isfinite(s) and s > 0 for s in spacing):
        raise DataFault("spacing", path, f"pixel spacing (0028,0030) is {spacing} mm")
    found = np.eye(4)
    found[:3, 0] = directions[:3] * spacing[1]
    found[:3, 1] = directions[3:] * spacing[0]
    found[:3, 2] = across
    found[:3, 3] = origin
    if not np.isfinite(found).all():
        raise DataFault("header", path, "its position is not a number")
    return found
