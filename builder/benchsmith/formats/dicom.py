"""DICOM files: single pictures, frames, and multi-frame volumes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.core.model import AXES
from benchsmith.formats import part_choice
from benchsmith.imaging.dicom import hanging
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.dicom.files import dataset, frame_count, header, identifiers, with_pixels
from benchsmith.imaging.dicom.pixels import pixels
from benchsmith.imaging.dicom.quantities import unit
from benchsmith.imaging.geometry import Affine, pixel_mm, plane
from benchsmith.imaging.picture_turns import TURNS, to_stored, turn


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one picture: grey levels rescaled (PS3.3 C.11.1), MONOCHROME1 inverted, colour as RGB.

    A slice that states its orientation is hung as a radiologist sees it, whichever way its rows and
    columns run in the file, and so is a projection that states its patient orientation. A
    multi-frame file is a volume if each frame states its place, otherwise a part names the frame.
    Raises DataFault.
    """
    path = files[0]
    data = header(path)
    kind = str(data.get("Modality") or "")
    if how.dicom_modality and kind != how.dicom_modality:
        what = f"its modality is {kind or 'not stated'}, not {how.dicom_modality}"
        raise DataFault("other-modality", path, what)
    data = with_pixels(data, path, how)
    frames = frame_count(data)
    shown = pixels(data, path)
    if "," in how.part:
        what = "regions of a DICOM slide need all of its files: let `images` end in `/`"
        raise DataFault("dimensions", path, what)
    if how.part:
        number = part_choice.number(how.part, frames, path)
        shown = shown[number] if frames > 1 else shown
        return Image(shown[None], place.scale_only(data, path), planar=True, unit=unit(data))
    if frames > 1:
        return _volume(data, shown, path)
    if shown.ndim == 2 and (located := place.of_slice(data, path)) is not None:
        return _slice(shown, located, unit(data), path)
    return _projection(data, shown, path)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the frames."""
    return [str(n) for n in range(frame_count(dataset(files[0], Reading(burned_in=True))))]


def _volume(data: pydicom.Dataset, frames: Array, path: Path) -> Image:
    """Put the frames of one file into a volume, by the place that each of them states."""
    geometry = place.of_frames(data, path)
    if geometry is None or frames.ndim != 3:
        raise DataFault(
            "dimensions", path, f"holds {len(frames)} frames; name one in the recipe's `parts`"
        )
    order, affine = geometry
    voxels, affine = place.turned(np.transpose(frames[order], (2, 1, 0)), affine, path)
    return Image(voxels, affine, planar=False, unit=unit(data))


def _slice(stored: Array, located: place.SlicePlace, unit: str, path: Path) -> Image:
    """Return a slice (rows, columns) as its plane is seen, with its pixels' size and its place."""
    voxels, affine = place.turned(stored.T[:, :, None], located.affine, path)
    axis = AXES[voxels.shape.index(1)]
    spacing = tuple(float(s) for s in np.linalg.norm(affine[:3, :3], axis=0)[::-1])
    height_mm, width_mm = pixel_mm(spacing, axis)
    seen = np.ascontiguousarray(plane(voxels, axis, 0))
    code = _turn_of(located.affine, path)
    return Image(
        seen[None],
        np.diag([width_mm, height_mm, 1.0, 1.0]),
        planar=True,
        unit=unit,
        exif_orientation=code,
        place=located.affine @ to_stored(code, *seen.shape[::-1]) if located.placed else None,
    )


def _turn_of(located: Affine, path: Path) -> int:
    """Return how a slice with an affine is turned to be seen, as an EXIF orientation code."""
    probe = np.arange(6).reshape(2, 3)
    voxels, _ = place.turned(probe.T[:, :, None], located, path)
    seen = plane(voxels, AXES[voxels.shape.index(1)], 0)
    return next(code for code in TURNS if np.array_equal(turn(probe[None], code)[0], seen))


def _projection(data: pydicom.Dataset, stored: Array, path: Path) -> Image:
    """Return a picture without a place in space, a radiograph hung by its patient orientation."""
    code, note = hanging.of_projection(data)
    scale = place.scale_only(data, path)
    if scale is not None and TURNS[code].transposed:
        scale = np.diag([scale[1, 1], scale[0, 0], 1.0, 1.0])
    shown = np.ascontiguousarray(turn(stored[None], code))
    return Image(shown, scale, planar=True, unit=unit(data), note=note, exif_orientation=code)


__all__ = ["identifiers", "parts", "read"]
