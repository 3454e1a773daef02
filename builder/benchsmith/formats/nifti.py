"""NIfTI-1 and -2: one file or a pair of .hdr and .img, gzip or not, 2D to 4D."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.formats.volume import StoredVolume, components, load
from benchsmith.imaging import byte_stream
from benchsmith.imaging.geometry import RAS_TO_LPS, Affine, corner_distance_mm

HEADER_BYTES = {b"n+1\0": 348, b"ni1\0": 348, b"n+2\0": 540, b"ni2\0": 540}
COLOURS = {128: 3, 2304: 4}
"""NIfTI data types that are colours, RGB24 and RGBA32, and their bytes per voxel."""
UNITS_MM = {1: 1000.0, 2: 1.0, 3: 0.001}
"""Codes of metre, millimetre and micrometre."""
SFORM, QFORM, LAS, LPS = "sform", "qform", "las", "lps"
"""What a recipe's `nifti_transform` may be."""
MAX_CORNER_SHIFT = 0.5
"""Largest distance of a corner between qform and sform, as a share of a voxel's side."""


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
    """Return the header's free texts, to the names of their fields."""
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


def _stored(files: Sequence[Path], how: Reading) -> StoredVolume:
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
        # unchecked, since nibabel's checks replace a zero or negative spacing silently
        header = kind(head[: HEADER_BYTES[magic]], check=False)
        shape = tuple(int(n) for n in header.get_data_shape())
        transform = _transform(header, shape, how, path)
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
    return StoredVolume(
        path=data,
        compression=byte_stream.compression_of(data),
        skip=0,
        offset=int(offset),
        dtype=dtype,
        space=space,
        outer=outer,
        inner=inner,
        affine=transform.affine,
        slope=slope,
        intercept=intercept,
        flat=flat,
        note=transform.note,
        other_affine=transform.other,
    )


def _is_analyze(head: bytes) -> bool:
    return 348 in (int.from_bytes(head[:4], "little"), int.from_bytes(head[:4], "big"))


def _space(shape: tuple[int, ...], path: Path) -> tuple[bool, tuple[int, int, int], int]:
    """Return if the file is two-dimensional, its x, y, z sizes, and its number of volumes."""
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


class _Transform(NamedTuple):
    """Where the header places the voxels."""

    affine: Affine
    """4x4, voxel (x, y, z) to LPS millimetres."""
    note: str = ""
    other: Affine | None = None
    """Where another common reader places them, if the header leaves it open."""


def _transform(header: Any, shape: tuple[int, ...], how: Reading, path: Path) -> _Transform:
    """Return the transform of a header (nifti1.h, methods 1 to 3): sform before qform.

    With both codes 0 the header only has voxel sides. nibabel then takes x to run to the left and y
    to the front, ITK takes x to the left and y to the back. Raises DataFault for two transforms
    that differ, unless the reading chooses one.
    """
    dimensions = min(len(shape), 3)
    sides = np.asarray(header["pixdim"][1 : 1 + dimensions], dtype=float)
    if not (np.isfinite(sides).all() and (sides > 0).all()):
        raise DataFault("spacing", path, f"pixdim is {sides.tolist()} mm")
    millimetres = _unit_in_mm(header)
    coded = {
        name: np.asarray(get(), dtype=float)
        for name, get in ((SFORM, header.get_sform), (QFORM, header.get_qform))
        if int(header[f"{name}_code"]) > 0
    }
    if not coded:
        return _uncoded(header, shape, how, millimetres)
    chosen = how.nifti_transform if how.nifti_transform in coded else next(iter(coded))
    affine = _scaled(_flat(coded[chosen], shape), millimetres)
    if len(coded) == 1 or len(shape) == 2:
        return _Transform(affine)
    other = _scaled(coded[QFORM if chosen == SFORM else SFORM], millimetres)
    away = corner_distance_mm(shape[2::-1], affine, other)
    if away <= MAX_CORNER_SHIFT * float(sides.max()) * millimetres:
        return _Transform(affine)
    what = f"its qform and sform place a corner {away:.1f} mm apart"
    if how.nifti_transform not in coded and _is_placeholder(coded[SFORM], sides):
        affine = _scaled(coded[QFORM], millimetres)
        return _Transform(affine, f"{what}; the sform has no voxel sides: the qform is taken")
    if how.nifti_transform not in coded:
        raise DataFault("header", path, f"{what}; choose one by the recipe's `nifti_transform`")
    return _Transform(affine, f"{what}; the {chosen} is taken")


def _is_placeholder(sform: Any, sides: Any) -> bool:
    """Return whether an sform has voxels of side 1, which are not those of pixdim (ACDC's files)."""
    unit = np.allclose(np.linalg.norm(sform[:3, :3], axis=0), 1.0, atol=1e-6)
    return bool(unit and not np.allclose(sides, 1.0, atol=1e-3))


def _uncoded(header: Any, shape: tuple[int, ...], how: Reading, millimetres: float) -> _Transform:
    """Return the transform of a header without codes: `las` as nibabel's, `lps` as ITK's."""
    las = _scaled(_flat(np.asarray(header.get_base_affine(), dtype=float), shape), millimetres)
    sides = np.linalg.norm(las[:3, :3], axis=0)
    lps = np.diag([*sides, 1.0])
    frames = {LAS: las, LPS: lps}
    chosen = how.nifti_transform if how.nifti_transform in frames else LAS
    runs = "y to the front, as nibabel reads it" if chosen == LAS else "y to the back, as ITK does"
    note = (
        "the file does not say its orientation (qform_code and sform_code are 0): "
        f"x is taken to run to the left, {runs}"
    )
    return _Transform(frames[chosen], note, frames[LPS if chosen == LAS else LAS])


def _flat(affine: Any, shape: tuple[int, ...]) -> Any:
    """Return an affine whose third axis is the normal, for a file of two dimensions."""
    if len(shape) == 2:
        affine = affine.copy()
        affine[:3, 2] = np.cross(affine[:3, 0], affine[:3, 1])
    return affine


def _scaled(ras: Any, millimetres: float) -> Affine:
    """Return an affine to RAS in the file's unit as one to LPS in millimetres."""
    scale = np.diag([millimetres] * 3 + [1.0])
    affine: Affine = RAS_TO_LPS @ scale @ ras
    return affine


def _unit_in_mm(header: Any) -> float:
    """Return the millimetres of the file's unit of length (nifti1.h, xyzt_units); 1 if unknown."""
    return UNITS_MM.get(int(header["xyzt_units"]) & 7, 1.0)
