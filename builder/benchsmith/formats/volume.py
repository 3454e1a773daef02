"""Volumes from bytes to an Image, for the readers of NIfTI, NRRD and MetaImage."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import Array, DataFault, Image, Reading
from benchsmith.formats import part_choice, third_axis, voxel_sizes
from benchsmith.imaging import byte_stream
from benchsmith.imaging.geometry import Affine, canonical
from benchsmith.imaging.hung_slice import hang, turn_of
from benchsmith.imaging.picture_turns import STORED

UNITS_MM = {"m": 1000.0, "cm": 10.0, "mm": 1.0, "um": 0.001}
"""Millimetres of the units that a recipe may state."""
FROM_END = -1
"""The bytes before data that are the last ones of their file, as MetaImage and NRRD write it."""


@dataclass(frozen=True, slots=True)
class StoredVolume:
    """Layout of a volume in its file, from its header."""

    path: Path
    compression: str
    """How the data are compressed: empty, ``gzip`` or ``zlib``."""
    skip: int
    """Bytes of the file before the data, or before the compressed data; FROM_END for plain data at its end."""
    offset: int
    """Bytes of the decompressed stream before the voxels."""
    dtype: np.dtype[np.generic]
    space: tuple[int, int, int]
    """Voxels along the file's fastest to slowest spatial axis: x, y, z."""
    outer: int
    """Number of volumes, one after the other."""
    inner: int
    """Numbers per voxel; 3 or 4 for colour."""
    affine: Affine
    """4x4, voxel (x, y, z, 1) to LPS millimetres; of a file without the sides of voxels, to its own frame."""
    unit_mm: float = 1.0
    """Millimetres of the unit of length that the header states, or that a reader takes it for."""
    slope: float = 1.0
    intercept: float = 0.0
    flat: bool = False
    """The header states two dimensions."""
    note: str = ""
    sized: bool = True
    """Whether the header states the sides of voxels; a volume without them is read as an array."""
    sided: bool = True
    """Whether the header states the directions of the axes."""
    trailing: int = 0
    """Largest number of bytes that may follow the voxels, in a format that has something to say there."""
    other_affine: Affine | None = None
    """Where another common reader places the same voxels, if the header leaves it open."""


def load(stored: StoredVolume, how: Reading) -> Image:
    """Read the voxels of a volume, or of one of several volumes: (z, y, x), LPS.

    Values are float32 if the header has a slope or intercept, otherwise of the stored type. Raises
    DataFault.
    """
    path = stored.path
    item = stored.dtype.itemsize * stored.inner
    one = byte_stream.check_shape(stored.space, item, path)
    byte_stream.check_shape((*stored.space, stored.outer), item, path)
    if stored.flat:
        byte_stream.check_picture(stored.space[1], stored.space[0], path)
    number = _component(stored, how)
    start = stored.offset + number * one
    end = stored.offset + stored.outer * one
    skip = stored.skip if stored.skip != FROM_END else _from_end(path, end)
    stop = start + one
    data = byte_stream.extent(path, stored.compression, skip, start, stop, end, stored.trailing)
    voxels = _array(data, stored)
    if not stored.sized:
        rows = np.swapaxes(voxels, 0, 2)
        return Image(
            rows,
            None,
            planar=stored.flat,
            note=stored.note,
            oriented=stored.flat,
            grid=stored.affine,
        )
    if how.length_unit:
        stored = _in_unit(stored, UNITS_MM[how.length_unit] / stored.unit_mm)
    sides = np.linalg.norm(stored.affine[:3, :3], axis=0)
    if not (np.isfinite(sides).all() and (sides > 0).all()):
        raise DataFault("spacing", path, f"voxel sides are {sides.tolist()} mm")
    if not how.labels:
        voxel_sizes.check(sides, stored.space, how, path)
        if stored.outer == 1 and not stored.flat:
            third_axis.check(stored.space, float(sides[2]), how, path)
    code = STORED
    try:
        if stored.flat:
            hung = hang(np.swapaxes(voxels[:, :, 0], 0, 1), stored.affine)
            voxels, affine, code = hung.voxels, hung.place, hung.code
        else:
            voxels, affine = canonical(voxels, stored.affine)
            if stored.space[2] == voxels.shape[0] == 1:
                code = turn_of(stored.affine)
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error
    index = np.linalg.inv(stored.affine) @ affine
    other = None
    if stored.other_affine is not None:
        # memory indices to stored indices, and these to the other reader's positions
        other = stored.other_affine @ index
    return Image(
        voxels,
        affine,
        planar=stored.flat,
        note=stored.note,
        exif_orientation=code,
        place=affine if stored.flat else None,
        other_affine=other,
        stored_index=np.rint(index),
        sided=stored.sided,
    )


def _from_end(path: Path, size: int) -> int:
    """Return the bytes before the last `size` bytes of a file; 0 for a shorter file. Raises DataFault."""
    try:
        return max(path.stat().st_size - size, 0)
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error


def _in_unit(stored: StoredVolume, factor: float) -> StoredVolume:
    """Return a volume with lengths in another unit than the one in its header."""
    scale = np.diag([factor] * 3 + [1.0])
    other = stored.other_affine
    return replace(
        stored,
        affine=scale @ stored.affine,
        other_affine=None if other is None else scale @ other,
    )


def components(stored: StoredVolume) -> list[str]:
    """Return the numbers of a file's volumes; empty for a single volume."""
    return [str(n) for n in range(stored.outer)] if stored.outer > 1 else []


def _component(stored: StoredVolume, how: Reading) -> int:
    if not how.part:
        if stored.outer > 1:
            raise DataFault(
                "dimensions",
                stored.path,
                f"holds {stored.outer} volumes; name one in the recipe's `parts`",
            )
        return 0
    return part_choice.number(how.part, stored.outer, stored.path)


def _array(data: memoryview, stored: StoredVolume) -> Array:
    """Return voxels indexed (x, y, z), or (x, y, z, 3) uint8 for colour."""
    if stored.dtype.kind not in "iuf":
        raise DataFault("dimensions", stored.path, f"has voxels of type {stored.dtype}")
    raw: Array = np.frombuffer(data, stored.dtype)
    if not raw.dtype.isnative:
        raw = raw.astype(raw.dtype.newbyteorder("="))
    if stored.inner == 1:
        voxels = raw.reshape(stored.space[::-1]).transpose(2, 1, 0)
    elif stored.inner in (3, 4) and raw.dtype == np.uint8:
        coloured = raw.reshape(*stored.space[::-1], stored.inner)
        voxels = coloured.transpose(2, 1, 0, 3)[..., :3]
    else:
        raise DataFault(
            "dimensions",
            stored.path,
            f"has {stored.inner} numbers per voxel; 1 or a colour is read",
        )
    if (stored.slope, stored.intercept) != (1.0, 0.0):
        voxels = voxels.astype(np.float32) * np.float32(stored.slope)
        voxels += np.float32(stored.intercept)
    if voxels.dtype.kind == "f":
        bad = voxels.size - int(np.isfinite(voxels).sum())
        if bad:
            raise DataFault("not-finite", stored.path, f"{bad} voxels are not numbers")
    return voxels
