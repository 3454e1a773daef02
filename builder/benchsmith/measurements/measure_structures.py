"""Measure every structure of one layer, and the connected parts of each."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from benchsmith.core.contracts import Image
from benchsmith.core.structures import BORDERS, PICTURE_BORDERS, StructureFacts
from benchsmith.imaging.label_runs import Array, Ints
from benchsmith.measurements.connected_parts import connected_parts
from benchsmith.measurements.diameters import longest_diameters
from benchsmith.measurements.grouped_runs import GroupedRuns
from benchsmith.measurements.run_values import RunValues, mean_and_deviation, run_values

SIZES_KEPT = 64
"""How many parts of a structure are listed with their sizes."""
PARTS_KEPT = 16
"""How many parts of a structure are measured one by one, the largest first."""


@dataclass(frozen=True, slots=True)
class Named:
    """A structure's names: of its id, and as the source spells it."""

    sample: str
    name: str
    raw: str
    kind: str
    part: int = 0

    @property
    def id(self) -> str:
        """Return the id of the structure's row."""
        return f"{self.sample}#{self.name}" + (f"/{self.part}" if self.part else "")


def measure_structures(
    runs: GroupedRuns, structures: Sequence[Named], image: Image
) -> list[StructureFacts]:
    """Return the facts of each group's structure, and of the parts of those in several parts.

    `structures` names the groups of `runs`, which are on the grid of `image`.
    """
    part = connected_parts(runs)
    voxels = np.bincount(part, runs.length).astype(np.int64)
    owner = np.zeros(voxels.size, np.int64)
    owner[part] = runs.group
    # parts of equal size keep the order of their first voxels
    ranked = np.lexsort((np.arange(voxels.size), -voxels, owner))
    begins = np.searchsorted(owner[ranked], np.arange(runs.count + 1))
    parts = [ranked[a:b] for a, b in pairwise(begins.tolist())]
    # a mean of colours is unknown
    values = run_values(runs, image.voxels) if image.voxels.ndim == 3 else None
    rows = _facts(runs, structures, [voxels[own] for own in parts], image, values)
    wanted = np.full(voxels.size, -1, np.int64)
    names: list[Named] = []
    sizes: list[Ints] = []
    for one, own in zip(structures, parts, strict=True):
        for rank, number in enumerate(own[:PARTS_KEPT].tolist() if own.size > 1 else (), start=1):
            wanted[number] = len(names)
            names.append(replace(one, part=rank))
            sizes.append(voxels[[number]])
    if names:
        own_runs, order = runs.regrouped(wanted[part], len(names))
        rows += _facts(own_runs, names, sizes, image, values.of(order) if values else None)
    return sorted(rows, key=lambda row: row.id)


def _facts(
    runs: GroupedRuns,
    names: Sequence[Named],
    parts: Sequence[Ints],
    image: Image,
    values: RunValues | None,
) -> list[StructureFacts]:
    """Return the facts of each group; `parts` are the voxels of its connected parts."""
    depth, height, width = runs.shape
    z, y, x = runs.places
    last = x + runs.length - 1
    first = runs.first_runs()
    low = np.stack([np.minimum.reduceat(a, first) for a in (z, y, x)], axis=1)
    high = np.stack([np.maximum.reduceat(a, first) for a in (z, y, last)], axis=1) + 1
    voxels = runs.total(runs.length).astype(np.int64)
    middle = x + (runs.length - 1) / 2
    centroid = np.stack([runs.total(runs.length * a) / voxels for a in (z, y, middle)], axis=1)
    planes = np.bincount(runs.group * depth + z, runs.length, runs.count * depth)
    planes = planes.reshape(runs.count, depth).astype(np.int64)
    spacing = image.spacing_mm
    diameters = longest_diameters(runs, (spacing[1], spacing[2]) if spacing else (1.0, 1.0))
    mean, deviation = mean_and_deviation(runs, values) if values else (None, None)
    total = depth * height * width
    rows = []
    for i, (name, sizes, diameter) in enumerate(zip(names, parts, diameters, strict=True)):
        place = tuple(centroid[i].tolist())
        voxel_mm = math.prod(spacing)
        rows.append(
            StructureFacts(
                id=name.id,
                sample=name.sample,
                structure=name.name,
                raw=name.raw,
                kind=name.kind,
                part=name.part,
                planar=image.planar,
                voxels=int(voxels[i]),
                volume_ml=int(voxels[i]) * voxel_mm / 1000
                if spacing and not image.planar
                else None,
                area_mm2=(
                    int(voxels[i]) * spacing[1] * spacing[2] if spacing and image.planar else None
                ),
                share=int(voxels[i]) / total,
                unit=image.unit,
                mean=_finite(mean, i),
                deviation=_finite(deviation, i),
                centroid=place,
                centroid_mm=_in_space(place, image),
                low=tuple(low[i].tolist()),
                high=tuple(high[i].tolist()),
                parts=sizes.size,
                part_voxels=tuple(sizes[:SIZES_KEPT].tolist()),
                borders=_borders(low[i].tolist(), high[i].tolist(), runs.shape, image.planar),
                largest_plane=int(planes[i].argmax()),
                largest_plane_voxels=int(planes[i].max()),
                long_mm=diameter.length if spacing else None,
                short_mm=diameter.perpendicular if spacing else None,
                long_px=None if spacing else diameter.length,
                short_px=None if spacing else diameter.perpendicular,
                long_plane=diameter.plane,
                long_ends=diameter.ends,
            )
        )
    return rows


def _finite(values: Array | None, index: int) -> float | None:
    """Return one of the values; None if it is not a number."""
    if values is None or not math.isfinite(values[index]):
        return None
    return float(values[index])


def _in_space(place: Sequence[float], image: Image) -> tuple[float, ...]:
    """Return a voxel place (z, y, x) in LPS millimetres (x, y, z); empty if it is unknown."""
    if image.affine is None or image.planar:
        return ()
    found = image.affine @ np.array([*reversed(place), 1.0])
    return tuple(found[:3].tolist())


def _borders(
    low: Sequence[int], high: Sequence[int], shape: Sequence[int], planar: bool
) -> tuple[str, ...]:
    """Return the sides of the field that a box (z, y, x), half open, touches."""
    names = PICTURE_BORDERS if planar else BORDERS
    ends = [
        touched for axis in (2, 1, 0) for touched in (low[axis] == 0, high[axis] == shape[axis])
    ]
    return tuple(name for name, touched in zip(names, ends, strict=False) if touched)
