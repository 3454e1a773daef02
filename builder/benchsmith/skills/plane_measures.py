"""Measures structures in the plane of a picture: lengths, values, parts, and the distance of two structures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

import cv2
import numpy as np

from benchsmith.core.contracts import Array, Shown
from benchsmith.imaging.geometry import box_of, crop
from benchsmith.imaging.label_runs import Array as Places
from benchsmith.imaging.mask_parts import part_areas
from benchsmith.measurements.diameters import Diameter, longest_diameters
from benchsmith.measurements.grouped_runs import GroupedRuns
from benchsmith.skills.plane_facts import Apart, Flat

MOST_PARTS = 12
"""Of more parts, no distances are measured; their number is not asked."""
NECK_PX = 4
SPECK_PX = 12
"""What is smaller after wearing away is not a part."""
CROSS = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))
"""A pixel and its four neighbours."""


def flat(
    mask: Array,
    values: Array,
    shown: Shown | None,
    pixel: tuple[float, float],
    profile: tuple[int, ...],
    across: Diameter | None = None,
) -> Flat:
    """Measure a boolean mask (rows, columns), which has a pixel, on the plane of its image's values.

    `across` is its diameter, if it was measured with those of other masks.
    """
    own_part, corner = _own_part(mask)
    _, numbers, stats, _ = cv2.connectedComponentsWithStats(own_part, connectivity=8)
    parts = sorted((int(n) for n in stats[1:, cv2.CC_STAT_AREA]), reverse=True)
    own = values[mask] if values.ndim == 2 else None
    beyond = 0.0
    if own is not None and shown is not None:
        beyond = float(np.mean((own < shown.low) | (own > shown.high)))
    (across,) = [across] if across else diameters([mask], pixel)
    return Flat(
        long=across.length,
        short=across.perpendicular,
        parts=tuple(parts),
        parting=_parting(numbers, len(parts), corner, pixel),
        neck=_neck(own_part, len(parts)) * max(pixel),
        mean=None if own is None else float(own.mean(dtype=np.float64)),
        deviation=0.0 if own is None else float(own.std(dtype=np.float64)),
        beyond=beyond,
        profile=profile,
    )


def diameters(masks: Sequence[Array], pixel: tuple[float, float]) -> list[Diameter]:
    """Return the longest diameters of boolean masks (rows, columns) of one plane; each has a pixel.

    Most masks are small, so measuring many together takes little longer than measuring one.
    """
    return longest_diameters(_runs(masks), pixel) if masks else []


def _own_part(mask: Array) -> tuple[Array, tuple[int, int]]:
    """Return the part of a plane that a mask fills, as uint8, and its first row and column.

    A structure fills a small part of most planes, and the cost of array operations grows with the
    array.
    """
    box = box_of(mask)
    return crop(mask, box).astype(np.uint8), (box.y0, box.x0)


def _parting(
    numbers: Array, count: int, corner: tuple[int, int], pixel: tuple[float, float]
) -> float:
    """Return the shortest distance of two numbered parts of a mask, whose first pixel is `corner`."""
    if count < 2 or count > MOST_PARTS:
        return float("inf") if count < 2 else 0.0
    from scipy.spatial import cKDTree

    edges = [(_outline(numbers == n) + corner) * np.array(pixel) for n in range(1, count + 1)]
    trees = [cKDTree(edge) for edge in edges]
    return min(float(trees[a].query(edges[b])[0].min()) for a, b in combinations(range(count), 2))


def _neck(mask: Array, count: int) -> float:
    """Return the width in pixels at which erosion splits a mask of uint8 into more parts."""
    for radius in range(1, NECK_PX + 1):
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
        worn = cv2.erode(mask, disc, borderValue=0)
        if int(np.count_nonzero(part_areas(worn) >= SPECK_PX)) > count:
            return 2.0 * radius
    return float("inf")


def apart(masks: Mapping[str, Array], pixel: tuple[float, float]) -> dict[tuple[str, str], Apart]:
    """Measure each two masks of one plane, by their names in alphabetical order.

    `masks` are (rows, columns) of bool, none empty.
    """
    from scipy.spatial import cKDTree

    edges = {name: _edge(mask) * np.array(pixel) for name, mask in masks.items()}
    trees = {name: cKDTree(edge) for name, edge in edges.items()}
    # indices, so that the cost of a pair depends on the size of the structures and not of the plane
    own = {name: np.flatnonzero(mask) for name, mask in masks.items()}
    rims = {name: np.flatnonzero(rim(mask)) for name, mask in masks.items()}
    flat_masks = {name: np.ravel(mask) for name, mask in masks.items()}
    found = {}
    for a, b in combinations(sorted(masks), 2):
        small, large = sorted((a, b), key=lambda name: (own[name].size, name))
        both = int(np.count_nonzero(flat_masks[large][own[small]]))
        small, large = sorted((a, b), key=lambda name: (len(edges[name]), name))
        distance = 0.0 if both else float(trees[large].query(edges[small])[0].min())
        found[a, b] = Apart(
            distance, both, (_covered(rims[a], flat_masks[b]), _covered(rims[b], flat_masks[a]))
        )
    return found


def rim(mask: Array) -> Array:
    """Return the pixels around a mask (rows, columns) of bool: outside it, with a side in common.

    So a structure that touches another one only at a corner has no pixel of it in its rim, as it
    shares no face with it in :mod:`benchsmith.measurements.measure_pair`.
    """
    wide: Array = cv2.dilate(mask.astype(np.uint8), CROSS).view(bool) & ~mask
    return wide


def _covered(places: Places, mask: Array) -> float:
    """Return the share of places that a flat mask covers; 0 for no places."""
    return float(np.count_nonzero(mask[places]) / places.size) if places.size else 0.0


def _edge(mask: Array) -> Places:
    """Return the outline of a mask that fills a part of its plane, in the plane's rows and columns."""
    part, corner = _own_part(mask)
    return _outline(part.view(bool)) + corner


def _outline(mask: Array) -> Places:
    """Return the places (n, 2) as (y, x) of pixels with one of 4 neighbours outside."""
    padded = np.pad(mask, 1)
    inner = padded[1:-1, :-2] & padded[1:-1, 2:] & padded[:-2, 1:-1] & padded[2:, 1:-1]
    return np.argwhere(mask & ~inner)


def _runs(masks: Sequence[Array]) -> GroupedRuns:
    """Return the runs of masks of one plane as those of a volume of one plane, a group for each mask."""
    height, width = masks[0].shape
    starts, lengths = zip(*(_runs_of(mask) for mask in masks), strict=True)
    return GroupedRuns(
        (1, height, width),
        np.concatenate(starts),
        np.concatenate(lengths),
        np.repeat(np.arange(len(masks)), [each.size for each in starts]),
        len(masks),
    )


def _runs_of(mask: Array) -> tuple[Places, Places]:
    """Return the first place of each run of a mask, in its flat plane, and its length."""
    part, (y0, x0) = _own_part(mask)
    height, width = part.shape
    padded = np.zeros((height, width + 2), np.int8)
    padded[:, 1:-1] = part
    # every row begins and ends outside, so edges are pairs of a start and a stop
    rows, columns = np.nonzero(padded[:, 1:] != padded[:, :-1])
    starts = (rows[::2] + y0) * mask.shape[1] + columns[::2] + x0
    return starts.astype(np.int64), (columns[1::2] - columns[::2]).astype(np.int64)
