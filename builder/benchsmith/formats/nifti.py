"""NIfTI-1 and -2: one file or a pair of .hdr and .img, gzip or not, 2D to 4D."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats import nifti_texts
from benchsmith.formats.nifti_transform import SFORM, of_header, unit_in_mm
from benchsmith.formats.volume import StoredVolume, components, load
from benchsmith.imaging import byte_stream

HEADER_BYTES = {b"n+1\0": 348, b"ni1\0": 348, b"n+2\0": 540, b"ni2\0": 540}
COLOURS = {128: 3, 2304: 4}
"""NIfTI data types that are colours, RGB24 and RGBA32, and their bytes per voxel."""

MOST_PARSED = 16
"""Headers of which the layout is remembered."""
_parsed: dict[tuple[bytes, Reading], StoredVolume] = {}


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one volume, with its frame changed from RAS to LPS. Raises DataFault."""
    return load(_stored(files, how), how)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the volumes of a 4D file. Raises DataFault."""
    return components(_stored(files, Reading(nifti_transform=SFORM)))


def members(path: Path) -> list[Path]:
    """Return the file, and its .img file if it is the .hdr of a pair."""
    name = path.name
    for header, image in ((".hdr", ".img"), (".hdr.gz", ".img.gz")):
        if name.lower().endswith(header):
            base = name[: -len(header)]
            found = [p for p in (path.with_name(base + e) for e in (image, ".img")) if p.is_file()]
            return [path, *found[:1]]
    return [path]


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the header's free texts and those of its extensions, with the names of their fields.

    Raises DataFault.
    """
    return nifti_texts.texts(files[0])


def _stored(files: Sequence[Path], how: Reading) -> StoredVolume:
    path = files[0]
    head, compression = byte_stream.beginning_of(path, 540)
    magic = next((m for m in (head[344:348], head[4:8]) if m in HEADER_BYTES), b"")
    if not magic:
        if len(head) < 348:
            raise DataFault("truncated", path, f"{len(head)} bytes are fewer than a header's 348")
        what = "an Analyze 7.5 file, which has no orientation" if _is_analyze(head) else "no NIfTI"
        raise DataFault("header", path, f"is {what}: its magic number is missing")
    if len(head) < HEADER_BYTES[magic]:
        raise DataFault("truncated", path, f"{len(head)} bytes are fewer than a header's")
    single = magic[1:2] == b"+"
    if not single:
        if len(files) < 2:
            raise DataFault("file-missing", path, "its .img file is not there")
        compression = byte_stream.compression_of(files[1])
    stated = head[: HEADER_BYTES[magic]], how
    if stated not in _parsed:
        # the mask files of an image have one header
        while len(_parsed) >= MOST_PARSED:
            del _parsed[next(iter(_parsed))]
        _parsed[stated] = _of_header(head[: HEADER_BYTES[magic]], magic, how, path)
    data = path if single else files[1]
    return replace(_parsed[stated], path=data, compression=compression)


def _of_header(head: bytes, magic: bytes, how: Reading, path: Path) -> StoredVolume:
    """Return the layout that a header states. Raises DataFault."""
    import nibabel as nib
    from nibabel.spatialimages import HeaderDataError

    kind = nib.Nifti2Header if magic[2:3] == b"2" else nib.Nifti1Header
    try:
        # unchecked, since nibabel's checks replace a zero or negative spacing silently
        header = kind(head, check=False)
        shape = tuple(int(n) for n in header.get_data_shape())
        transform = of_header(header, shape, how, path)
    except (HeaderDataError, ValueError, KeyError, OverflowError) as error:
        raise DataFault("header", path, str(error)) from error
    offset = float(header["vox_offset"])
    if not np.isfinite(offset) or offset != int(offset) or not 0 <= offset < 1 << 30:
        raise DataFault("header", path, f"its data begin at {offset}")
    if magic[1:2] == b"+" and int(offset) < HEADER_BYTES[magic]:
        raise DataFault("header", path, f"its data begin at {int(offset)}, inside its header")
    slope, intercept = _scaling(header, path)
    dtype, inner = _dtype(header, path)
    flat, space, outer = _space(shape, path)
    return StoredVolume(
        path=path,
        compression="",
        skip=0,
        offset=int(offset),
        dtype=dtype,
        space=space,
        outer=outer,
        inner=inner,
        affine=transform.affine,
        unit_mm=unit_in_mm(header),
        slope=slope,
        intercept=intercept,
        flat=flat,
        note=transform.note,
        other_affine=transform.other,
    )


def _is_analyze(head: bytes) -> bool:
    return 348 in (int.from_bytes(head[:4], "little"), int.from_bytes(head[:4], "big"))


def _space(shape: tuple[int, ...], path: Path) -> tuple[bool, tuple[int, int, int], int]:
    """Return whether the file is two-dimensional, its x, y, z sizes, and its number of volumes."""
    while len(shape) > 4 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) == 5 and shape[3] == 1:
        shape = (*shape[:3], shape[4])
    if not 2 <= len(shape) <= 4:
        raise DataFault("dimensions", path, f"has the shape {shape}; 2 to 4 dimensions are read")
    flat = len(shape) == 2
    x, y, z, outer = (*shape, 1, 1)[:4] if flat else (*shape, 1)[:4]
    return flat, (x, y, z), outer


def _dtype(header: Any, path: Path) -> tuple[np.dtype[np.generic], int]:
    from nibabel.spatialimages import HeaderDataError

    if (code := int(header["datatype"])) in COLOURS:
        return np.dtype(np.uint8), COLOURS[code]
    try:
        dtype = header.get_data_dtype()
    except (HeaderDataError, KeyError) as error:
        raise DataFault("header", path, f"its data type is {code}") from error
    if dtype.kind not in "iuf" or dtype.itemsize > 8:
        raise DataFault("dimensions", path, f"has voxels of type {dtype}, not one number each")
    return dtype, 1


def _scaling(header: Any, path: Path) -> tuple[float, float]:
    """Return slope and intercept; a slope of 0 or NaN means no scaling (nifti1.h)."""
    slope, intercept = float(header["scl_slope"]), float(header["scl_inter"])
    if slope == 0 or np.isnan(slope):
        return 1.0, 0.0
    if not np.isfinite(slope) or not np.isfinite(intercept):
        raise DataFault("header", path, f"scales by {slope} and {intercept}")
    return slope, intercept
