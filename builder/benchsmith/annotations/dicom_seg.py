"""DICOM Segmentation objects (PS3.3 A.51 and A.88): each segment on its image's grid."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pydicom

from benchsmith.annotations.label_volume import one_file
from benchsmith.annotations.mask_layers import LayerStack
from benchsmith.core.contracts import (
    Annotations,
    Array,
    DataFault,
    Fault,
    Reading,
    Request,
    Structure,
)
from benchsmith.documents.labels import DicomSeg
from benchsmith.imaging.dicom import identity
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.dicom.files import dataset
from benchsmith.imaging.geometry import Affine, resample_nearest

MIN_FRACTION = 0.5
"""A fractional segment covers what it fills by half."""
MAX_OFF_GRID = 0.1
"""A frame may lie this share of a slice distance off the even grid."""
MAX_DIFFERENCE = 0.05
"""Two distances are the same up to this share."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """One frame of one segment."""

    segment: int
    mask: npt.NDArray[np.bool_]
    """(rows, columns)"""
    position: npt.NDArray[np.float64]
    """x, y, z of its first pixel's centre in LPS millimetres."""


@dataclass(frozen=True, slots=True)
class _Grid:
    """The even grid of slices that all frames of an object lie on."""

    directions: npt.NDArray[np.float64]
    """Cosines of rows and columns."""
    spacing: list[float]
    """Height and width of a pixel in millimetres."""
    distance: float
    """Millimetres between two slices."""

    @property
    def across(self) -> npt.NDArray[np.float64]:
        """Return the normal of the frames."""
        return np.cross(self.directions[:3], self.directions[3:])


def read(labels: DicomSeg, request: Request) -> Annotations:
    """Read every segment of one series, or of one slice that states its place.

    Segments may overlap. A frame without a place or of a segment that is not described spoils the
    whole object: what else is wrong in it cannot be known. Raises DataFault.
    """
    path = one_file(labels.file, request)
    image = request.image
    target = image.place if image.planar else image.affine
    if target is None:
        raise DataFault("grid-mismatch", path, "its image has no place in space")
    data = dataset(path, Reading(burned_in=True))
    if data.get("Modality") != "SEG":
        raise DataFault("header", path, f"its modality is {data.get('Modality')}, not SEG")
    if labels.identity == "check":
        identity.check(path, identity.of_segmentation(data), request.path)
    names = _segments(data, path)
    frames = list(_frames(data, names, path))
    grid = _grid(frames, data, target, path)
    shown = request.show(path)
    stack = LayerStack(image.voxels.shape)
    faults: list[Fault] = []
    for number, raw in sorted(names.items()):
        at = f"{shown} segment {number}"
        own = [f for f in frames if f.segment == number]
        mask = np.zeros(image.voxels.shape[:3], bool)
        if own:
            small, affine = _volume(own, grid, path)
            mask = resample_nearest(small, affine, mask.shape, target) > 0
            if small.any() and not mask.any():
                what = f"{raw} lies outside of the image"
                faults.append(Fault("grid-mismatch", at, what, raw))
                continue
        if mask.any():
            stack.add(mask, Structure(raw, at))
        else:
            faults.append(Fault("empty-structure", at, f"{raw} is not in this series", raw))
    return Annotations(layers=stack.layers(), faults=faults)


def _segments(data: pydicom.Dataset, path: Path) -> dict[int, str]:
    """Return the label of each segment number; the background of a label map is none."""
    names: dict[int, str] = {}
    for item in data.get("SegmentSequence") or ():
        number, label = item.get("SegmentNumber"), str(item.get("SegmentLabel") or "").strip()
        if number is None or not label or int(number) in names:
            raise DataFault(
                "header", path, "a segment has no number or no label, or is there twice"
            )
        names[int(number)] = label
    if data.get("SegmentationType") == "LABELMAP":
        names.pop(0, None)
    if not names:
        raise DataFault("header", path, "describes no segment")
    return names


def _frames(data: pydicom.Dataset, described: dict[int, str], path: Path) -> Iterator[_Frame]:
    """Yield the frames of all segments; a label map's frame holds several segments."""
    try:
        pixels = data.pixel_array
    except Exception as error:
        # pydicom passes on exceptions of its decoders, whose types are not documented
        raise DataFault("unreadable", path, f"{type(error).__name__}: {error}") from error
    if pixels.ndim == 2:
        pixels = pixels[None]
    kind = data.get("SegmentationType")
    if kind == "FRACTIONAL":
        pixels = pixels >= MIN_FRACTION * int(data.get("MaximumFractionalValue") or 255)
    groups = list(data.get("PerFrameFunctionalGroupsSequence") or ())
    if len(groups) != len(pixels):
        raise DataFault("header", path, f"{len(pixels)} frames, {len(groups)} of them described")
    shared = place.shared_groups(data)
    for stored, group in zip(pixels, groups, strict=True):
        plane = place.group(group, shared, "PlanePositionSequence")
        where = place.numbers(plane.get("ImagePositionPatient")) if plane else []
        if len(where) != 3:
            raise DataFault("header", path, "a frame does not state its segment or its place")
        for number, mask in _masks(stored, kind, place.group(group, shared, SEGMENT), path):
            if number not in described:
                raise DataFault("header", path, f"a frame is of segment {number}, not described")
            yield _Frame(number, mask, np.array(where))


SEGMENT = "SegmentIdentificationSequence"


def _masks(
    stored: Array, kind: Any, segment: pydicom.Dataset | None, path: Path
) -> Iterator[tuple[int, Array]]:
    """Yield segment number and mask of a frame (PS3.3 C.8.20.2)."""
    if kind == "LABELMAP":
        for value in np.unique(stored[stored != 0]).tolist():
            yield int(value), stored == value
        return
    number = segment.get("ReferencedSegmentNumber") if segment else None
    if number is None:
        raise DataFault("header", path, "a frame does not state its segment or its place")
    yield int(number), stored > 0


def _grid(frames: Sequence[_Frame], data: pydicom.Dataset, image: Affine, path: Path) -> _Grid:
    """Return the grid that the frames lie on, from their positions.

    Slice Thickness (0018,0050) is no distance: slices may overlap or leave gaps, and Spacing
    Between Slices (0018,0088) may be wrong. Empty frames are left out by writers, so that the
    smallest distance may be several slices: where frames lie on slices of the image, these are the
    grid, unless a frame is stated to be as thick as the frames are apart.
    """
    shared = place.shared_groups(data)
    first = data.PerFrameFunctionalGroupsSequence[0]
    orientation = place.group(first, shared, "PlaneOrientationSequence")
    measures = place.group(first, shared, "PixelMeasuresSequence")
    if orientation is None or measures is None:
        raise DataFault("header", path, "states no orientation or no pixel measures")
    directions = place.cosines(orientation.get("ImageOrientationPatient"), path)
    across = np.cross(directions[:3], directions[3:])
    heights = np.unique([round(float(f.position @ across), 4) for f in frames])
    stated = [
        values[0]
        for name in ("SpacingBetweenSlices", "SliceThickness")
        if (values := place.numbers(measures.get(name))) and values[0] > 0
    ]
    spacing = place.numbers(measures.get("PixelSpacing"))
    if not len(heights):
        return _Grid(directions, spacing, 1.0)
    gap = float(np.diff(heights).min()) if len(heights) > 1 else 0.0
    thickness = stated[-1] if stated else 0.0
    own = _image_step(image, across, heights)
    if gap and abs(thickness - gap) <= MAX_DIFFERENCE * gap:
        candidates = [gap, own, *stated]
    else:
        candidates = [own, gap, *stated]
    for distance in candidates:
        if distance and _even(heights, distance):
            return _Grid(directions, spacing, distance)
    if len(heights) == 1:
        return _Grid(directions, spacing, 1.0)
    raise DataFault("series-gap", path, "its frames do not lie on an even grid of slices")


def _image_step(
    image: Affine, across: npt.NDArray[np.float64], heights: npt.NDArray[np.float64]
) -> float:
    """Return the image's step along the frames' normal; 0 if frames are not on its slices."""
    steps = across @ image[:3, :3]
    axis = int(np.abs(steps).argmax())
    step = float(steps[axis])
    offsets = (heights - across @ image[:3, 3]) / step
    aligned = bool(np.abs(offsets - np.rint(offsets)).max(initial=0.0) <= MAX_OFF_GRID)
    return abs(step) if aligned else 0.0


def _even(heights: npt.NDArray[np.float64], distance: float) -> bool:
    steps = (heights - heights.min()) / distance
    index = np.rint(steps)
    return bool(np.abs(steps - index).max() <= MAX_OFF_GRID) and len(set(index.tolist())) == len(
        index
    )


def _volume(frames: Sequence[_Frame], grid: _Grid, path: Path) -> tuple[Array, Affine]:
    """Return the frames of one segment as a volume (z, y, x) with its affine."""
    across = grid.across
    heights = np.array([f.position @ across for f in frames])
    index = np.rint((heights - heights.min()) / grid.distance).astype(int)
    if len(set(index.tolist())) < len(index):
        what = f"two frames of segment {frames[0].segment} lie in one place"
        raise DataFault("series-gap", path, what)
    masks = np.zeros((int(index.max()) + 1, *frames[0].mask.shape), np.uint8)
    for frame, k in zip(frames, index, strict=True):
        masks[k] = frame.mask
    affine = place.compose(
        grid.directions,
        grid.spacing,
        frames[int(heights.argmin())].position.tolist(),
        across * grid.distance,
        path,
    )
    return place.turned(np.transpose(masks, (2, 1, 0)), affine, path)
