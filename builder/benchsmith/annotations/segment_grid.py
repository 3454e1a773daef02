"""The grid of slices that the frames of a DICOM Segmentation lie on, from their positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pydicom

from benchsmith.core.contracts import Array, DataFault
from benchsmith.imaging.dicom import functional_groups as groups
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.geometry import Affine

MAX_OFF_GRID = 0.1
"""Largest distance of a frame from the even grid, as a share of a slice distance."""
MAX_OFF_SLICE, ROUNDING = 0.5, 1e-4
"""Smallest distance of a frame from its slice at which it is of none, as a share of the smallest voxel
side, and what of it is rounding."""
MAX_DIFFERENCE = 0.05
"""Largest difference of two equal distances, as a share: headers round."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of one segment."""

    segment: int
    mask: npt.NDArray[np.bool_]
    """(rows, columns)"""
    position: npt.NDArray[np.float64]
    """x, y, z of its first pixel's centre in LPS millimetres."""
    stated: bool
    """Whether the object marks any pixel, if only by a small fraction."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The even grid of slices that all frames of an object lie on."""

    directions: npt.NDArray[np.float64]
    """Cosines of rows and columns."""
    spacing: list[float]
    """Height and width of a pixel in millimetres."""
    distance: float
    """Millimetres between two slices, along their normal."""
    step: npt.NDArray[np.float64]
    """x, y, z from one slice to the next; of a tilted stack it is not along the normal."""

    @property
    def across(self) -> npt.NDArray[np.float64]:
        """Return the normal of the frames."""
        return np.cross(self.directions[:3], self.directions[3:])


def grid_of(frames: Sequence[Frame], data: pydicom.Dataset, image: Affine, path: Path) -> Grid:
    """Return the grid that the frames lie on, from their positions.

    Slice Thickness (0018,0050) is not a distance: slices may overlap or leave gaps, and Spacing
    Between Slices (0018,0088) may be wrong. Empty frames are left out by writers, so that the
    smallest distance may be several slices: where frames lie on slices of the image, these are the
    grid, unless a frame is stated to be as thick as the frames are apart.
    """
    shared = groups.shared_groups(data)
    first = data.PerFrameFunctionalGroupsSequence[0]
    groups.check_alike(list(data.PerFrameFunctionalGroupsSequence), shared, path)
    orientation = groups.group(first, shared, "PlaneOrientationSequence")
    measures = groups.group(first, shared, "PixelMeasuresSequence")
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
        return Grid(directions, spacing, 1.0, across)
    gap = float(np.diff(heights).min()) if len(heights) > 1 else 0.0
    thickness = stated[-1] if stated else 0.0
    own = _image_step(image, across, heights)
    if gap and abs(thickness - gap) <= MAX_DIFFERENCE * gap:
        candidates = [gap, own, *stated]
    else:
        candidates = [own, gap, *stated]
    for distance in candidates:
        if distance and _even(heights, distance):
            return Grid(
                directions, spacing, distance, _step(frames, across, distance, spacing, path)
            )
    if len(heights) == 1:
        return Grid(directions, spacing, 1.0, _step(frames, across, 1.0, spacing, path))
    raise DataFault(
        "series-gap", path, "its frames do not fit any slice distance that it or its image states"
    )


def _step(
    frames: Sequence[Frame],
    across: npt.NDArray[np.float64],
    distance: float,
    spacing: Sequence[float],
    path: Path,
) -> npt.NDArray[np.float64]:
    """Return x, y, z from one slice to the next, from the lowest and the highest frame.

    Raises DataFault for a frame that is shifted within its plane from the line through these two.
    """
    places = np.array([f.position for f in frames])
    index = np.rint((places @ across - (places @ across).min()) / distance)
    low, high = int(index.argmin()), int(index.argmax())
    along = across * distance
    if index[high] > index[low]:
        mean = (places[high] - places[low]) / (index[high] - index[low])
        along = along + mean - across * (mean @ across)
    away = places - places[low] - np.outer(index - index[low], along)
    aside = np.linalg.norm(away - np.outer(away @ across, across), axis=1).max()
    if spacing and aside > place.MAX_SHIFT * min(spacing):
        what = f"a frame is shifted by {aside:.3f} mm within its plane"
        raise DataFault("series-gap", path, what)
    return along


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


def check_heights(frames: Sequence[Frame], grid: Grid, image: Affine, path: Path) -> None:
    """Refuse frames that lie between the slices of an image with the same slice distance.

    Half a slice away, both neighbours are equally near, and the masks would belong to neither.
    Frames with other steps or planes are resampled onto the image's grid. Raises DataFault
    (grid-mismatch).
    """
    steps = grid.across @ image[:3, :3]
    axis = int(np.abs(steps).argmax())
    step = float(steps[axis])
    sides = np.linalg.norm(image[:3, :3], axis=0)
    parallel = abs(abs(step) - sides[axis]) <= MAX_DIFFERENCE * sides[axis]
    if not frames or not parallel or abs(abs(step) - grid.distance) > MAX_DIFFERENCE * abs(step):
        return
    heights = np.array([f.position @ grid.across for f in frames])
    offsets = (heights - grid.across @ image[:3, 3]) / step
    away = float(np.abs(offsets - np.rint(offsets)).max()) * abs(step)
    if away > MAX_OFF_SLICE * float(sides.min()) * (1 - ROUNDING):
        what = f"its frames lie up to {away:.2f} mm beside the image's slices"
        raise DataFault("grid-mismatch", path, what)


def _even(heights: npt.NDArray[np.float64], distance: float) -> bool:
    steps = (heights - heights.min()) / distance
    index = np.rint(steps)
    return bool(np.abs(steps - index).max() <= MAX_OFF_GRID) and len(set(index.tolist())) == len(
        index
    )


def volume_of(frames: Sequence[Frame], grid: Grid, path: Path) -> tuple[Array, Affine]:
    """Return the frames of one segment as a stack, and its affine.

    The stack is indexed (slice, row, column); the affine is 4x4, column, row and slice to LPS mm.
    """
    across = grid.across
    heights = np.array([f.position @ across for f in frames])
    index = np.rint((heights - heights.min()) / grid.distance).astype(int)
    if len(set(index.tolist())) < len(index):
        what = f"two frames of segment {frames[0].segment} are at the same position"
        raise DataFault("series-gap", path, what)
    masks = np.zeros((int(index.max()) + 1, *frames[0].mask.shape), np.uint8)
    for frame, k in zip(frames, index, strict=True):
        masks[k] = frame.mask
    first = frames[int(heights.argmin())].position.tolist()
    return masks, place.compose(grid.directions, grid.spacing, first, grid.step, path)
