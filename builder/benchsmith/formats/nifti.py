"""NIfTI-1 and -2: one file or a pair of .hdr and .img, gzip or not, 2D to 4D."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats.volume import Stored, components, load
from benchsmith.imaging import byte_stream
from benchsmith.imaging.geometry import RAS_TO_LPS, corner_distance_mm

HEADER_BYTES = {b"n+1\0": 348, b"ni1\0": 348, b"n+2\0": 540, b"ni2\0": 540}
COLOURS = {128: 3, 2304: 4}
"""NIfTI data types of several bytes a voxel that are colours: RGB24 and RGBA32."""
APART = 0.5
"""qform and sform may place a corner this share of a voxel apart."""


def read(files: Sequence[Path], how: Reading) -> Image:
    """Read one volume, its world frame turned from RAS to LPS."""
    return load(_stored(files), how)


def parts(files: Sequence[Path]) -> list[str]:
    """Return the numbers of the volumes of a 4D file."""
    return components(_stored(files))


def members(path: Path) -> list[Path]:
    """Return the file, with its .img where it is the .hdr of a pair."""
    name = path.name
    for header, image in ((".hdr", ".img"), (".hdr.gz", ".img.gz")):
        if name.lower().endswith(header):
            base = name[: -len(header)]
            found = [p for p in (path.with_name(base + e) for e in (image, ".img")) if p.is_file()]
            return [path, *found[:1]]
    return [path]


def identifiers(files: Sequence[Path]) -> dict[str, str]:
    """Return the header's free texts, to their field's names."""
    head = byte_stream.beginning(files[0], 540)
    if head[344:348] not in HEADER_BYTES:
        return {}
    fields = {"descrip": (148, 80), "aux_file": (228, 24), "db_name": (14, 18)}
    found = {}
    for name, (start, size) in fields.items():
        text = head[start : start + size].split(b"\0")[0].decode("latin-1").strip()
        if text:
            found[text] = name
    return found


def _stored(files: Sequence[Path]) -> Stored:
    import nibabel as nib
    from nibabel.spatialimages import HeaderDataError

    path = files[0]
    head = byte_stream.beginning(path, 540)
    magic = next((m for m in (head[344:348], head[4:8]) if m in HEADER_BYTES), b"")
    if not magic:
        if len(head) < 348:
            raise DataFault("truncated", path, f"{len(head)} bytes are fewer than a header's 348")
        what = "an Analyze 7.5 file, which has no orientation" if _is_analyze(head) else "no NIfTI"
        raise DataFault("header", path, f"is {what}: its magic number is missing")
    if len(head) < HEADER_BYTES[magic]:
        raise DataFault("truncated", path, f"{len(head)} bytes are fewer than a header's")
    single = magic[1:2] == b"+"
    if not single and len(files) < 2:
        raise DataFault("file-missing", path, "its .img file is not there")
    kind = nib.Nifti2Header if magic[2:3] == b"2" else nib.Nifti1Header
    try:
        # unchecked: nibabel's checks mend a zero or negative spacing and go on
        header = kind(head[: HEADER_BYTES[magic]], check=False)
        shape = tuple(int(n) for n in header.get_data_shape())
        affine = _affine(header, shape, path)
    except (HeaderDataError, ValueError, KeyError, OverflowError) as error:
        raise DataFault("header", path, str(error)) from error
    offset = float(header["vox_offset"])
    if not np.isfinite(offset) or offset != int(offset) or not 0 <= offset < 1 << 30:
        raise DataFault("header", path, f"its data begin at {offset}")
    if single and int(offset) < HEADER_BYTES[magic]:
        raise DataFault("header", path, f"its data begin at {int(offset)}, inside of its header")
    slope, intercept = _scaling(header, path)
    data = path if single else files[1]
    dtype, inner = _dtype(header, path)
    flat, space, outer = _space(shape, path)
    codes = int(header["sform_code"]), int(header["qform_code"])
    return Stored(
        path=data,
        packing=byte_stream.packing_of(data),
        skip=0,
        offset=int(offset),
        dtype=dtype,
        space=space,
        outer=outer,
        inner=inner,
        affine=RAS_TO_LPS @ affine,
        slope=slope,
        intercept=intercept,
        flat=flat,
        note="" if any(codes) else "the file does not say its orientation: taken as stored, RAS",
    )


def _is_analyze(head: bytes) -> bool:
    return 348 in (int.from_bytes(head[:4], "little"), int.from_bytes(head[:4], "big"))


def _space(shape: tuple[int, ...], path: Path) -> tuple[bool, tuple[int, int, int], int]:
    """Return whether the file is flat, its x, y, z, and how many volumes it holds."""
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


def _affine(header: Any, shape: tuple[int, ...], path: Path) -> Any:
    """Return the voxel to RAS affine: sform before qform before voxel sides, as nibabel does."""
    dimensions = min(len(shape), 3)
    spacing = np.asarray(header["pixdim"][1 : 1 + dimensions], dtype=float)
    if not (np.isfinite(spacing).all() and (spacing > 0).all()):
        raise DataFault("spacing", path, f"pixdim is {spacing.tolist()} mm")
    affine = np.asarray(header.get_best_affine(), dtype=float)
    if len(shape) == 2:
        affine[:3, 2] = np.cross(affine[:3, 0], affine[:3, 1])
    if int(header["sform_code"]) > 0 and int(header["qform_code"]) > 0 and len(shape) > 2:
        other = np.asarray(header.get_qform(), dtype=float)
        away = corner_distance_mm(shape[2::-1], affine, other)
        if not away <= APART * float(spacing.max()):
            raise DataFault(
                "header", path, f"its qform and sform place a corner {away:.1f} mm apart"
            )
    return affine
