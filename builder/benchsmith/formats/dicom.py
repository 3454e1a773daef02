"""DICOM files: single pictures, frames, and multi-frame volumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pydicom

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.formats import part_choice
from benchsmith.imaging.dicom import frame_places, hanging, pixel_sides
from benchsmith.imaging.dicom import plane_geometry as place
from benchsmith.imaging.dicom.files import dataset, frame_count, header, with_pixels
from benchsmith.imaging.dicom.header_person import header_person
from benchsmith.imaging.dicom.modality_families import check_family, check_image
from benchsmith.imaging.dicom.personal_elements import identifiers
from benchsmith.imaging.dicom.pixels import in_eight_bits, pixels
from benchsmith.imaging.dicom.quantities import check_one_unit, is_not_hounsfield, unit
from benchsmith.imaging.hung_slice import hang
from benchsmith.imaging.picture_turns import TURNS, turn


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one picture: grey levels rescaled (PS3.3 C.11.1), MONOCHROME1 inverted, colour as RGB.

    A slice that states its orientation is hung as a radiologist sees it, whichever way its rows and
    columns run in the file, and so is a projection that states its patient orientation. A
    multi-frame file is a volume if each frame states its place; a part names one frame, which is
    read like a separate file. Raises DataFault.
    """
    path = files[0]
    data = header(path)
    kind = str(data.get("Modality") or "")
    if how.dicom_modality and kind != how.dicom_modality:
        what = f"its modality is {kind or 'not stated'}, not {how.dicom_modality}"
        raise DataFault("other-modality", path, what)
    if not how.labels and not how.mask:
        check_image(data, path)
    check_family(data, how.family, path)
    data = with_pixels(data, path, how)
    frames = frame_count(data)
    shown = pixels(data, path)
    if "," in how.part:
        what = "regions of a DICOM slide need all of its files: let `images` end in `/`"
        raise DataFault("dimensions", path, what)
    person = header_person(data)
    if frames > 1 and not how.part:
        return replace(_volume(data, shown, path), person=person)
    frame = part_choice.number(how.part, frames, path) if how.part else 0
    shown = shown[frame] if frames > 1 else shown
    shown = shown if how.labels else in_eight_bits(shown, data)
    if shown.ndim == 2 and (located := frame_places.of_slice(data, path, frame)) is not None:
        odd = is_not_hounsfield(data, frame)
        found = _slice(shown, located, unit(data, frame), path)
        return replace(found, not_hounsfield=odd, person=person)
    return replace(_projection(data, shown, path, frame), person=person)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the frames."""
    return [str(n) for n in range(frame_count(dataset(files[0], Reading(burned_in=True))))]


def _volume(data: pydicom.Dataset, frames: Array, path: Path) -> Image:
    """Assemble the frames of one file into a volume by their stated positions."""
    check_one_unit(data, path)
    geometry = frame_places.of_frames(data, path)
    if geometry is None or frames.ndim != 3:
        raise DataFault(
            "dimensions", path, f"holds {len(frames)} frames; name one in the recipe's `parts`"
        )
    order, affine = geometry
    voxels, affine = place.turned(np.transpose(frames[order], (2, 1, 0)), affine, path)
    odd = is_not_hounsfield(data)
    return Image(voxels, affine, planar=False, unit=unit(data), not_hounsfield=odd)


def _slice(stored: Array, located: frame_places.SlicePlace, unit: str, path: Path) -> Image:
    """Return a slice (rows, columns) as a radiologist sees it, with its pixel size and its place."""
    try:
        hung = hang(stored, located.affine)
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error
    return Image(
        hung.voxels,
        hung.scale,
        planar=True,
        unit=unit,
        exif_orientation=hung.code,
        place=hung.place if located.placed else None,
    )


def _projection(data: pydicom.Dataset, stored: Array, path: Path, frame: int) -> Image:
    """Return a picture without a place in space; a radiograph is hung by its patient orientation."""
    code, note = hanging.of_projection(data)
    scale, aspect, at_detector = pixel_sides.of_picture(data, path, frame)
    if TURNS[code].transposed:
        aspect = 1 / aspect
        scale = None if scale is None else np.diag([scale[1, 1], scale[0, 0], 1.0, 1.0])
    return Image(
        np.ascontiguousarray(turn(stored[None], code)),
        scale,
        planar=True,
        unit=unit(data, frame),
        not_hounsfield=is_not_hounsfield(data, frame),
        note="; ".join(filter(None, [note, at_detector])),
        exif_orientation=code,
        aspect=aspect if scale is None else 1.0,
    )


__all__ = ["identifiers", "parts", "read"]
