"""Voxel sizes that no image of a body has: the header's numbers must be in another unit than it states."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchsmith.core.contracts import DataFault, Reading

MIN_SIDE_MM, MAX_SIDE_MM = 1e-7, 1000.0
"""Sides of voxels that something is shown in, of atoms to bodies."""
MAX_STEP_MM, MAX_FIELD_MM = 100.0, 10_000.0
"""Largest distance of two voxels, and largest field, of an image of a body."""
MIN_BODY_SIDE_MM = 0.02
"""A side of a voxel that scanners of bodies exceed, in one direction at least. That of a header in micrometres
whose numbers are millimetres does not."""
OF_BODIES = frozenset({"ct", "mri", "nuclear-medicine", "ultrasound", "x-ray"})
"""Kinds of images that show bodies; of their parts, such as in micro-CT, the recipe states the unit."""


def check(sides: npt.NDArray[np.float64], shape: Sequence[int], how: Reading, path: Path) -> None:
    """Raise DataFault (spacing) for a volume with impossible voxel sizes.

    `sides` are the three sides of a voxel in millimetres, `shape` the voxels along each of them. A unit
    that the recipe states is not checked. Labels are compared with their image instead.
    """
    several = np.array([n > 1 for n in shape])
    steps = sides[several] if several.any() else sides
    fields = sides * np.array(shape)
    too_small = how.family in OF_BODIES and float(steps.max()) < MIN_BODY_SIDE_MM
    too_large = (
        float(steps.max()) > MAX_STEP_MM or float(fields[several].max(initial=0)) > MAX_FIELD_MM
    )
    impossible = not (sides.min() >= MIN_SIDE_MM and sides.max() <= MAX_SIDE_MM)
    if impossible or (not how.length_unit and (too_small or too_large)):
        what = f"voxel sides are {', '.join(f'{side:g}' for side in sides)} mm"
        advice = "is its unit of length another one? `length_unit` in the recipe states it"
        raise DataFault("spacing", path, f"{what}: {advice}")
