"""The third axis of a volume of a kind of images that are pictures in time: depth or time, as the recipe says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchsmith.core.contracts import DataFault, Reading

IN_TIME = frozenset(
    {
        "adaptive-optics-ophthalmoscopy", "clinical-photography", "colposcopy", "dermoscopy", "endoscopy",
        "fundus-photography", "infrared-reflectance", "ultrasound", "x-ray",
    }
)  # fmt: skip
"""Kinds of images that are mostly flat: films of them are stored like volumes, with a step of 1 a frame."""


def check(space: Sequence[int], side: float, how: Reading, path: Path) -> None:
    """Raise DataFault (dimensions) for a third axis that may be time, unless the recipe states its unit of length.

    No header of a file of three dimensions says it: NIfTI has one unit of length for all of them, and its time
    is the fourth. A plane across time is no picture, and a volume over time no volume. `space` has the voxels along
    x, y and z, `side` the third side of a voxel in millimetres.
    """
    if min(space) > 1 and how.family in IN_TIME and not how.length_unit:
        what = f"its third axis has {space[2]} steps of {side:g}; in {how.family} they may be times"
        volumes = "if they are slices of a volume, say so by `length_unit`, such as mm"
        films = "the frames of a film are read one by one, as files, or by `parts` of a file of the shape (x, y, 1, time)"
        raise DataFault("dimensions", path, f"{what}: {volumes}; {films}")
