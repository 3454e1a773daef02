"""DICOM files: single pictures, frames, and multi-frame volumes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.core.model import AXES
from benchsmith.formats import part_choice
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.dicom.pixels import dataset, frame_count, identifiers, pixels, unit
from benchsmith.imaging.geometry import pixel_mm, plane


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one picture: grey levels rescaled (PS3.3 C.11.1), MONOCHROME1 turned, colour as RGB.

    A slice that knows its orientation is hung as a radiologist sees it, whichever way its rows
    and columns run in the file. A multi-frame file is a volume where each frame knows its place,
    else a part names the frame. Raises DataFault.
    """
    path = files[0]
    data = dataset(path, how)
    frames = frame_count(data)
    shown = pixels(data, path)
    if how.part:
        number = part_choice.number(how.part, frames, path)
        shown = shown[number] if frames > 1 else shown
        return Image(shown[None], place.scale_only(data, path), planar=True, unit=unit(data))
    if frames > 1:
        return _volume(data, shown, path)
    if shown.ndim == 2 and all(t in data for t in ("ImageOrientationPatient", "PixelSpacing")):
        return _hung(data, shown, path)
    return Image(shown[None], place.scale_only(data, path), planar=True, unit=unit(data))


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the frames."""
    return [str(n) for n in range(frame_count(dataset(files[0], Reading(burned_in=True))))]


def _volume(data: pydicom.Dataset, frames: Array, path: Path) -> Image:
    """Put the frames of one file into a volume, by the place that each of them has."""
    geometry = place.of_frames(data, path)
    if geometry is None or frames.ndim != 3:
        raise DataFault(
            "dimensions", path, f"holds {len(frames)} frames; name one in the recipe's `parts`"
        )
    order, affine = geometry
    voxels, affine = place.turned(np.transpose(frames[order], (2, 1, 0)), affine, path)
    return Image(voxels, affine, planar=False, unit=unit(data))


def _hung(data: pydicom.Dataset, shown: Array, path: Path) -> Image:
    """Return a slice as its plane is seen, with its pixels' size."""
    affine = place.affine(data, path, place.normal(data, path))
    voxels, affine = place.turned(shown.T[:, :, None], affine, path)
    axis = AXES[voxels.shape.index(1)]
    spacing = tuple(float(s) for s in np.linalg.norm(affine[:3, :3], axis=0)[::-1])
    height_mm, width_mm = pixel_mm(spacing, axis)
    seen = np.ascontiguousarray(plane(voxels, axis, 0))
    return Image(seen[None], np.diag([width_mm, height_mm, 1.0, 1.0]), planar=True, unit=unit(data))


__all__ = ["identifiers", "parts", "read"]
