"""Channels, times and pixel sizes of microscopy images, for the readers of OME-TIFF and Zarr.

A part is one channel at one time, numbered from 0 with the channel changing first.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image
from benchsmith.formats import part_choice

MM = {
    "angstrom": 1e-7, "å": 1e-7, "nm": 1e-6, "nanometer": 1e-6, "nanometre": 1e-6, "um": 1e-3, "µm": 1e-3,
    "μm": 1e-3, "micron": 1e-3, "micrometer": 1e-3, "micrometre": 1e-3, "mm": 1.0, "millimeter": 1.0,
    "millimetre": 1.0, "cm": 10.0, "centimeter": 10.0, "m": 1e3, "meter": 1e3, "metre": 1e3,
}  # fmt: skip
"""Millimetres of the units of length that OME-XML and OME-Zarr name, in lower case."""
NOTE = "the file states no orientation: slices are shown as stored"
MAX_PARTS = 1_000_000


def parts(times: int, channels: int, path: Path) -> list[str]:
    """Return the numbers of all parts. Raises DataFault for too many."""
    if times * channels > MAX_PARTS:
        raise DataFault("too-large", path, f"holds {times} times of {channels} channels")
    return [str(n) for n in range(times * channels)]


def choose(part: str, times: int, names: Sequence[str], path: Path) -> tuple[int, int]:
    """Return time and channel of a part; `names` are those of the channels. Raises DataFault."""
    count = times * len(names)
    if part:
        time, channel = divmod(part_choice.number(part, count, path), len(names))
        return time, channel
    if count > 1:
        listed = ", ".join(n or str(k) for k, n in enumerate(names))
        what = f"holds {len(names)} channels ({listed}) at {times} times; name one in `parts`"
        raise DataFault("dimensions", path, what)
    return 0, 0


def image(
    voxels: Array,
    spacing_mm: Sequence[float | None],
    path: Path,
    first_mm: Sequence[float] = (0.0, 0.0, 0.0),
) -> Image:
    """Return the image of (z, y, x) or (z, y, x, 3); one slice is a picture.

    `spacing_mm` is (z, y, x); None if it is unknown. A volume without a slice distance has none
    at all. `first_mm` is where the centre of the first voxel lies in the file's own frame, x, y, z.
    Raises DataFault for a size that is not a length, and for values that are not numbers.
    """
    if any(s is not None and not (np.isfinite(s) and s > 0) for s in spacing_mm):
        raise DataFault("spacing", path, f"its voxel size is {list(spacing_mm)} mm")
    if voxels.dtype.kind == "f" and not np.isfinite(voxels).all():
        raise DataFault("not-finite", path, "has values that are not numbers")
    boolean = voxels.dtype.kind == "b"
    if boolean:
        voxels = voxels.astype(np.uint8)
    planar = len(voxels) == 1
    z, y, x = (1.0 if planar and spacing_mm[0] is None else spacing_mm[0], *spacing_mm[1:])
    known = z is not None and y is not None and x is not None
    affine = np.diag([x, y, z, 1.0]).astype(np.float64) if known else None
    if affine is not None:
        affine[:3, 3] = first_mm
        if not np.isfinite(affine).all():
            raise DataFault("spacing", path, f"its first voxel lies at {list(first_mm)} mm")
    if planar:
        return Image(voxels, affine, planar=True, boolean=boolean)
    return Image(voxels, affine, planar=False, note=NOTE, oriented=False, boolean=boolean)
