"""A picture or a volume in memory, and its frame of reference."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Image:
    """A picture or a volume in memory.

    **The one convention of orientation**: a volume is indexed (z, y, x) in DICOM's LPS patient
    frame (PS3.3 C.7.6.2.1.1): x grows to the patient's left, y to the back, z to the head, so
    that ``voxels[k]`` is an axial slice as a radiologist sees it. A planar picture has z = 1 and
    the orientation of its file. Higher values are brighter.
    """

    voxels: Array
    """(z, y, x) of any real dtype, or (z, y, x, 3) uint8 for RGB."""
    affine: npt.NDArray[np.float64] | None
    """4x4, voxel (x, y, z, 1) to LPS millimetres; None if the file states no position."""
    planar: bool
    unit: str = ""
    """``HU`` for Hounsfield units, ``SUV`` for standardised uptake values, else empty."""
    not_hounsfield: bool = False
    """Whether the header of a CT image says that its values are not Hounsfield units, such as those of an
    iodine map; False where the file says nothing."""
    note: str = ""
    """A caveat for users of the picture, such as an orientation that was assumed."""
    exif_orientation: int = 1
    """EXIF orientation (1 to 8) by which a picture, or a volume of one axial slice, was turned; 1 if
    it is as stored."""
    place: npt.NDArray[np.float64] | None = None
    """4x4, voxel (x, y, z, 1) of a planar picture to LPS millimetres, where its header states it;
    the third column is the slice's normal times its thickness. `located` has that of any image."""
    other_affine: npt.NDArray[np.float64] | None = None
    """Where another common reader places the same voxels, if the header leaves it open."""
    stored_index: npt.NDArray[np.float64] | None = None
    """4x4, index (x, y, z, 1) of a voxel to its index in the file, whose axes may run otherwise; None where
    that is not known."""
    aspect: float = 1.0
    """Height of a pixel over its width, of a planar picture whose header states only the ratio."""
    oriented: bool = True
    """False for a volume whose axes have no known directions: it is shown by its slices as stored."""
    sided: bool = True
    """False where the header does not state the directions of the axes: a reader assumed them."""
    boolean: bool = False
    """Whether the file's type has no values but true and false, which are 1 and 0 in `voxels` of labels."""
    person: str = ""
    """Digests of the patient, the study and the frame of reference that the header, or a slide's properties,
    name, separated by spaces (:mod:`benchsmith.core.person_parts`): images that share one are of one person.
    Empty if nothing is named."""
    level_size: tuple[int, int] | None = None
    """Of a region of a slide: rows and columns of the whole level that it is cut from."""

    grid: npt.NDArray[np.float64] | None = None
    """4x4, voxel (x, y, z, 1) to the file's own frame, in a unit that the file does not name: labels of
    such a file can be compared with it, and it has no size in millimetres."""

    @property
    def located(self) -> npt.NDArray[np.float64] | None:
        """4x4, voxel (x, y, z, 1) to LPS millimetres; None if the file states no place."""
        return self.place if self.planar else self.affine

    @property
    def sides(self) -> tuple[float, ...]:
        """Voxel size as (z, y, x) in millimetres, or in pixel widths if only the ratio is known.

        Empty if neither is.
        """
        if self.affine is None and self.aspect != 1.0:
            return (1.0, self.aspect, 1.0)
        return self.spacing_mm

    @property
    def spacing_mm(self) -> tuple[float, ...]:
        """Voxel size as (z, y, x) in millimetres; empty if unknown. The z of a planar picture says nothing."""
        if self.affine is None:
            return ()
        # NumPy's norm of so few numbers takes ten times as long, and every finding asks for it
        columns = self.affine[:3, 2::-1].T.tolist()
        return tuple(sqrt(x * x + y * y + z * z) for x, y, z in columns)
