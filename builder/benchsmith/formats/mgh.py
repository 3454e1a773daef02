"""MGH and MGZ: FreeSurfer's volumes, plain or gzip.

The header (https://surfer.nmr.mgh.harvard.edu/fswiki/FsTutorial/MghFormat) has 284 bytes, big-endian.
Its world frame is RAS; the position is that of the volume's middle.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from math import prod
from pathlib import Path

import numpy as np

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats.volume import StoredVolume, components, load
from benchsmith.imaging import byte_stream
from benchsmith.imaging.geometry import RAS_TO_LPS, Affine
from benchsmith.text.readable_bytes import readable

HEADER = struct.Struct(">7ih15f")
DATA_START = 284
TYPES = {0: ">u1", 1: ">i4", 3: ">f4", 4: ">i2", 10: ">u2"}
"""Numbers of the data types, and NumPy's names."""
MAX_COSINE_ERROR = 1e-3
MAX_TAG_BYTES = 1 << 20
"""Bytes behind the voxels that a file may have, and that are searched for texts."""
NO_SIZE = "the file has no orientation and no voxel size: slices are shown as stored"


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one volume, or the frame that a part names, with its frame changed from RAS to LPS.

    Raises DataFault.
    """
    return load(_stored(files[0]), how)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the frames of a file with several. Raises DataFault."""
    return components(_stored(files[0]))


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the texts after the voxels, such as the commands that made the file. Raises DataFault."""
    stored = _stored(files[0])
    end = stored.offset + prod(stored.space) * stored.outer * stored.dtype.itemsize
    body = byte_stream.after(stored.path, stored.compression, end, MAX_TAG_BYTES)
    return dict.fromkeys(readable(body), "a tag behind the voxels")


def _stored(path: Path) -> StoredVolume:
    head = byte_stream.beginning(path, DATA_START)
    if len(head) < DATA_START:
        raise DataFault(
            "truncated", path, f"{len(head)} bytes are fewer than a header's {DATA_START}"
        )
    version, x, y, z, frames, kind, _, placed, *numbers = HEADER.unpack_from(head)
    if version != 1:
        raise DataFault("header", path, f"is not an MGH file: its version is {version}, not 1")
    if kind not in TYPES:
        raise DataFault("header", path, f"its data type is {kind}")
    if not 1 <= frames <= byte_stream.MAX_AXIS_LENGTH:
        raise DataFault("header", path, f"declares {frames} frames")
    affine, note = _affine((x, y, z), placed > 0, numbers, path)
    return StoredVolume(
        path=path,
        compression=byte_stream.compression_of(path),
        skip=0,
        offset=DATA_START,
        dtype=np.dtype(TYPES[kind]),
        space=(x, y, z),
        outer=frames,
        inner=1,
        affine=affine,
        note=note,
        sized=placed > 0,
        trailing=MAX_TAG_BYTES,
        sided=placed > 0,
    )


def _affine(
    shape: tuple[int, int, int], placed: bool, numbers: Sequence[float], path: Path
) -> tuple[Affine, str]:
    """Return the affine to LPS millimetres and a note. Raises DataFault.

    A file whose flag is not positive states no place and no size: FreeSurfer takes it for coronal with sides of
    1 mm, and so does this affine.
    """
    sides = np.array(numbers[:3] if placed else (1, 1, 1), float)
    cosines = np.array(numbers[3:12] if placed else (-1, 0, 0, 0, 0, -1, 0, 1, 0), float)
    centre = np.array(numbers[12:15] if placed else (0, 0, 0), float)
    if not (np.isfinite(sides).all() and (sides > 0).all()):
        raise DataFault("spacing", path, f"voxel sides are {sides.tolist()} mm")
    directions = cosines.reshape(3, 3).T
    lengths = np.linalg.norm(directions, axis=0)
    if not np.isfinite(directions).all() or np.abs(lengths - 1).max() > MAX_COSINE_ERROR:
        raise DataFault("header", path, f"its direction cosines are {cosines.tolist()}")
    if not np.isfinite(centre).all():
        raise DataFault("header", path, "its position is not a number")
    found = np.eye(4)
    found[:3, :3] = directions * sides
    found[:3, 3] = centre - found[:3, :3] @ (np.array(shape) / 2)
    return RAS_TO_LPS @ found, "" if placed else NO_SIZE
