"""Contours of one structure to voxels: planes, holes, and slices between contours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from benchsmith.core.contracts import Array
from benchsmith.core.model import AXES
from benchsmith.imaging.polygons import fill_polygon

Points = npt.NDArray[np.float64]
CLOSED, XOR = "CLOSED_PLANAR", "CLOSEDPLANAR_XOR"
READ_TYPES = frozenset({CLOSED, XOR})
MAX_OFF_PLANE = 0.25
"""Largest distance of a contour's point from its slice's middle, as a share of a slice's step."""
MAX_STRIDE = 4
"""Widest step between contoured slices, in slices, that counts as sparse contouring."""
WHOLE_AXIS = slice(None)


@dataclass(slots=True)
class Filled:
    """The voxels of one structure, and which parts of it could not be read."""

    voxels: npt.NDArray[np.bool_]
    """(z, y, x), on the image's grid."""
    faults: list[tuple[str, str]] = field(default_factory=list)
    """Reason and detail of contours that were left out."""
    interpolated: int = 0
    """Slices that have no contour and lie between two that have."""
    lost: int = 0
    """Contours that were left out and whose plane is not known."""
    skipped: int = 0
    """Slices in wider gaps, on which the structure may not have been looked for."""
    axis: int = 2
    """The axis x, y or z (0, 1, 2) that the contours are drawn across."""

    @property
    def partial(self) -> tuple[str, ...]:
        """The axes across which planes are not known whole, sorted: all if a contour's plane is unknown."""
        whole = "" if self.lost else AXES[2 - self.axis]
        return tuple(a for a in AXES if a != whole) if self.faults or self.skipped else ()


@dataclass(frozen=True, slots=True)
class Contour:
    """One contour in voxel coordinates."""

    kind: str
    points: Points
    """(n, 3) of x, y, z; a voxel's centre lies at whole numbers."""
    unsound: str = ""
    """Why its points are not those that were drawn; they still show its plane."""


def fill(contours: Sequence[Contour], shape: Sequence[int]) -> Filled:
    """Return the voxels whose centres lie inside a structure's contours.

    `shape` is (z, y, x). Contours lie in planes of one axis: the axis of the image's own slices,
    whichever way the series runs. A contour that cannot be read leaves its plane out, if its plane
    is known; the structure is then `partial`.
    """
    found = Filled(np.zeros(tuple(shape)[:3], bool))
    axis, planes, spoilt = _planes(contours, found)
    found.axis = axis
    size = found.voxels.shape[::-1]
    across, down = [a for a in range(3) if a != axis]
    outside = 0
    masks: dict[int, Array] = {}
    for index, members in sorted(planes.items()):
        if not 0 <= index < size[axis]:
            outside += len(members)
        elif index not in spoilt:
            regions = [
                # the centre of voxel 0 is at 0, that of pixel 0 of a polygon at 0.5
                fill_polygon((size[down], size[across]), c.points[:, [across, down]] + 0.5)
                for c in members
            ]
            if any(c.kind == XOR for c in members):
                masks[index] = np.logical_xor.reduce(regions)
            else:
                masks[index] = merge(regions)
    if outside:
        found.faults.append(("polygon-unsound", f"{outside} contours lie outside the image"))
    between, found.skipped = interpolate(masks, spoilt, lost=bool(found.lost))
    found.interpolated = len(between)
    for index, mask in (masks | between).items():
        found.voxels[_plane(axis, index)] = mask
    return found


def _plane(axis: int, index: int) -> tuple[slice | int, ...]:
    """Return where a plane across axis x, y or z (0, 1, 2) lies in a volume (z, y, x)."""
    where: list[slice | int] = [WHOLE_AXIS, WHOLE_AXIS, WHOLE_AXIS]
    where[2 - axis] = index
    return tuple(where)


def _planes(
    contours: Sequence[Contour], found: Filled
) -> tuple[int, Mapping[int, list[Contour]], set[int]]:
    """Return the axis that contours are drawn across, the contours by plane, and the planes with unreadable contours."""
    sound: list[Contour] = []
    unread: list[Contour] = []
    for contour in contours:
        if contour.kind not in READ_TYPES:
            found.faults.append(("contour-type", f"a contour has the type {contour.kind!r}"))
            unread.append(contour)
        elif contour.unsound or len(contour.points) < 3:
            few = f"a contour has {len(contour.points)} points; 3 are needed"
            found.faults.append(("polygon-unsound", contour.unsound or few))
            unread.append(contour)
        else:
            sound.append(contour)
    spreads = [np.ptp(c.points, axis=0) for c in sound]
    # among equal spreads, z is taken
    axis = 2 - int(np.argmin(np.median(spreads, axis=0)[::-1])) if sound else 2
    planes: dict[int, list[Contour]] = defaultdict(list)
    spoilt: set[int] = set()
    for contour in unread:
        if len(contour.points):
            spoilt.add(int(np.rint(np.median(contour.points[:, axis]))))
        else:
            found.lost += 1
    for contour in sound:
        index = int(np.rint(np.median(contour.points[:, axis])))
        if np.abs(contour.points[:, axis] - index).max() > MAX_OFF_PLANE:
            what = "a contour does not lie in a slice of the image"
            found.faults.append(("polygon-unsound", what))
            spoilt.add(index)
        else:
            planes[index].append(contour)
    return axis, planes, spoilt


def merge(regions: Sequence[Array]) -> npt.NDArray[np.bool_]:
    """Return the region of the CLOSED_PLANAR contours of one plane.

    They are united (PS3.3 C.8.8.6.3 uses keyholes for holes, and has a separate type for XOR); but
    a contour that lies wholly inside another one, without touching its edge, is a hole in it, as
    planning systems write them, and one inside a hole is an island. Duplicates count once.
    """
    merged = np.zeros(regions[0].shape, bool)
    placed: list[Array] = []
    for region in sorted(regions, key=lambda r: -int(r.sum())):
        if not region.any() or any(np.array_equal(region, other) for other in placed):
            continue
        around = ndimage.binary_dilation(region)
        depth = sum(not (around & ~other).any() for other in placed)
        merged = merged & ~region if depth % 2 else merged | region
        placed.append(region)
    return merged


def interpolate(
    masks: Mapping[int, Array], spoilt: set[int], *, lost: bool = False
) -> tuple[dict[int, Array], int]:
    """Return masks of slices between contoured slices, and the number of slices left without one.

    Every second to fourth slice may be contoured, or a single slice forgotten: where the regions of both
    neighbours overlap, the slices between are interpolated by shape, by the mean of signed distances
    (Raya and Udupa 1990). A wider gap may separate two pieces of the structure, or nobody examined its
    slices: these remain without a mask, and are counted. So do the slices in `spoilt`, which have an
    unreadable contour, and all slices if `lost`, when it is not known which slices have one.
    """
    places = sorted(k for k, mask in masks.items() if mask.any())
    steps = np.diff(places)
    widest = min(max(2, int(steps.min(initial=MAX_STRIDE))), MAX_STRIDE)
    found: dict[int, Array] = {}
    skipped = 0
    for low, high in pairwise(places):
        between = range(low + 1, high)
        overlap = bool((masks[low] & masks[high]).any())
        if not between or not overlap or any(k in masks for k in between):
            continue
        if lost or high - low > widest or any(k in spoilt for k in between):
            skipped += len(between)
            continue
        below, above = _signed_distance(masks[low]), _signed_distance(masks[high])
        for k in between:
            share = (k - low) / (high - low)
            found[k] = below * (1 - share) + above * share > 0
    return found, skipped


def _signed_distance(mask: Array) -> Array:
    """Return each pixel's distance to the region's edge, positive inside."""
    inside = ndimage.distance_transform_edt(mask)
    outside = ndimage.distance_transform_edt(~mask)
    signed: Array = inside - outside
    return signed
