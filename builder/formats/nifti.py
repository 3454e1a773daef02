"""NIfTI-1 and -2, single file, gzip or not."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.filebasedimages import ImageFileError
from nibabel.spatialimages import HeaderDataError

from builder.geometry import RAS_TO_LPS, canonical
from builder.ports import DataFault, Image

LARGEST_BYTES = 4 << 30
"""Inflated bytes that a reader may hold for one file."""


def read(files: Sequence[Path]) -> Image:
    """Read one volume, its world frame turned from RAS to LPS.

    The whole compressed stream is read and its checksum verified before the header is believed:
    nibabel alone stops before the trailer, and others return a full volume for half a file.
    """
    (path,) = files
    data = _bytes(path)
    try:
        header = _header(data, path)
        shape = tuple(int(n) for n in header.get_data_shape())
    except (HeaderDataError, ValueError, KeyError) as error:
        raise DataFault("header", path, str(error)) from error
    _check_size(header, shape, len(data), path)
    spacing = np.asarray(header["pixdim"][1:4], dtype=float)
    if not (np.isfinite(spacing).all() and (spacing > 0).all()):
        raise DataFault("spacing", path, f"pixdim is {spacing.tolist()} mm")
    try:
        image = header_class(data).from_file_map(
            {
                "image": nib.FileHolder(fileobj=BytesIO(data)),
                "header": nib.FileHolder(fileobj=BytesIO(data)),
            }
        )
        voxels = _voxels(image)
    except (
        OSError,
        ValueError,
        HeaderDataError,
        ImageFileError,
    ) as error:
        raise DataFault("unreadable", path, str(error)) from error
    if voxels.dtype.kind == "f" and not np.isfinite(voxels).all():
        raise DataFault(
            "not-finite", path, f"{int((~np.isfinite(voxels)).sum())} voxels are not numbers"
        )
    try:
        voxels, affine = canonical(voxels, RAS_TO_LPS @ np.asarray(image.affine, dtype=float))
    except ValueError as error:
        raise DataFault("header", path, str(error)) from error
    return Image(np.ascontiguousarray(voxels), affine, planar=False)


def header_class(data: bytes) -> Any:
    """Return nibabel's class for the version of a file's header."""
    return (
        nib.Nifti2Image
        if data[:4] in (b"\x1c\x02\x00\x00", b"\x00\x00\x02\x1c")
        else nib.Nifti1Image
    )


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
        if raw[:2] != b"\x1f\x8b":
            return raw
        with gzip.open(BytesIO(raw)) as stream:
            data = stream.read(LARGEST_BYTES + 1)
    except EOFError as error:
        raise DataFault(
            "truncated", path, f"the gzip stream ends after {path.stat().st_size} bytes"
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataFault("checksum", path, str(error)) from error
    except OSError as error:
        raise DataFault("unreadable", path, error.strerror or str(error)) from error
    if len(data) > LARGEST_BYTES:
        raise DataFault("too-large", path, f"inflates to more than {LARGEST_BYTES} bytes")
    return data


def _header(data: bytes, path: Path) -> nib.Nifti1Header:
    if len(data) < 348:
        raise DataFault("truncated", path, f"{len(data)} bytes are fewer than a header's 348")
    if data[344:348] not in (b"n+1\0", b"ni1\0") and data[4:8] not in (b"n+2\0", b"ni2\0"):
        kind = "an HTML page" if data.lstrip()[:1] == b"<" else "no NIfTI file"
        raise DataFault("header", path, f"is {kind}: its magic number is missing")
    return header_class(data).header_class.from_fileobj(BytesIO(data))


def _check_size(header: nib.Nifti1Header, shape: tuple[int, ...], present: int, path: Path) -> None:
    while len(shape) > 3 and shape[-1] == 1:
        shape = shape[:-1]
    if len(shape) != 3 or min(shape) < 1:
        raise DataFault("dimensions", path, f"has the shape {shape}, not three dimensions")
    dtype = header.get_data_dtype()
    if dtype.kind not in "iuf":
        raise DataFault("dimensions", path, f"has voxels of type {dtype}, not one number each")
    needed = int(header["vox_offset"]) + int(np.prod(shape, dtype=object)) * dtype.itemsize
    if needed > LARGEST_BYTES:
        raise DataFault("too-large", path, f"promises {needed} bytes")
    if present < needed:
        raise DataFault("truncated", path, f"{needed} bytes declared, {present} present")
    slope, inter = float(header["scl_slope"]), float(header["scl_inter"])
    if np.isinf(slope) or (np.isfinite(slope) and slope != 0 and not np.isfinite(inter)):
        raise DataFault("header", path, f"scales by {slope} and {inter}")


def _voxels(image: nib.Nifti1Image) -> np.ndarray:
    """Return (x, y, z) voxels; integers stay integers where the scaling keeps them whole."""
    proxy = image.dataobj
    raw = np.asarray(proxy.get_unscaled())
    slope, inter = float(proxy.slope), float(proxy.inter)
    raw = raw.reshape(raw.shape[:3])
    native = raw.astype(raw.dtype.newbyteorder("="), copy=False)
    if (slope, inter) == (1.0, 0.0):
        return native
    return native.astype(np.float32) * np.float32(slope) + np.float32(inter)
