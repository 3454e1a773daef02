"""Positions of voxels by NIfTI headers: sform, qform, or voxel sides only; in LPS millimetres."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchsmith.core.contracts import DataFault, Reading
from benchsmith.imaging.geometry import RAS_TO_LPS, Affine, corner_distance_mm, unit_normal

UNITS_MM = {1: 1000.0, 2: 1.0, 3: 0.001}
"""Codes of metre, millimetre and micrometre."""
SFORM, QFORM, LAS, LPS = "sform", "qform", "las", "lps"
"""What a recipe's `nifti_transform` may be."""
MAX_CORNER_SHIFT = 0.5
"""Largest distance of a corner between qform and sform, as a share of a voxel's side."""


class Transform(NamedTuple):
    """Where the header places the voxels."""

    affine: Affine
    """4x4, voxel (x, y, z) to LPS millimetres."""
    note: str = ""
    other: Affine | None = None
    """Where another common reader places them, if the header leaves it open."""


def of_header(header: Any, shape: tuple[int, ...], how: Reading, path: Path) -> Transform:
    """Return the transform of a header (nifti1.h, methods 1 to 3): sform before qform.

    If both codes are 0, the header only has voxel sides. nibabel then takes x to run to the left and y
    to the front, ITK takes x to the left and y to the back. Raises DataFault for two transforms
    that differ, unless the reading chooses one.
    """
    dimensions = min(len(shape), 3)
    sides = np.asarray(header["pixdim"][1 : 1 + dimensions], dtype=float)
    if not (np.isfinite(sides).all() and (sides > 0).all()):
        raise DataFault("spacing", path, f"pixdim is {sides.tolist()} mm")
    if float(header["pixdim"][0]) not in (1.0, -1.0):
        # nifti1.h, method 2: any other qfac counts as 1
        header["pixdim"][0] = 1.0
    millimetres = unit_in_mm(header)
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
        return Transform(affine)
    other = _scaled(coded[QFORM if chosen == SFORM else SFORM], millimetres)
    away = corner_distance_mm(shape[2::-1], affine, other)
    if away <= MAX_CORNER_SHIFT * float(sides.max()) * millimetres:
        return Transform(affine)
    what = f"its qform and sform place a corner {away:.1f} mm apart"
    if how.nifti_transform not in coded and _is_placeholder(coded[SFORM], sides):
        affine = _scaled(coded[QFORM], millimetres)
        return Transform(affine, f"{what}; the sform has no voxel sides: the qform is taken")
    if how.nifti_transform not in coded:
        raise DataFault("header", path, f"{what}; choose one by the recipe's `nifti_transform`")
    return Transform(affine, f"{what}; the {chosen} is taken")


def _is_placeholder(sform: Any, sides: Any) -> bool:
    """Return whether an sform has voxels of side 1, which are not those of pixdim (ACDC's files)."""
    unit = np.allclose(np.linalg.norm(sform[:3, :3], axis=0), 1.0, atol=1e-6)
    return bool(unit and not np.allclose(sides, 1.0, atol=1e-3))


def _uncoded(header: Any, shape: tuple[int, ...], how: Reading, millimetres: float) -> Transform:
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
    return Transform(frames[chosen], note, frames[LPS if chosen == LAS else LAS])


def _flat(affine: Any, shape: tuple[int, ...]) -> Any:
    """Return an affine whose third axis is the normal, for a file of two dimensions."""
    if len(shape) == 2:
        affine = affine.copy()
        affine[:3, 2] = unit_normal(affine)
    return affine


def _scaled(ras: Any, millimetres: float) -> Affine:
    """Return an affine to RAS in the file's unit as one to LPS in millimetres."""
    scale = np.diag([millimetres] * 3 + [1.0])
    affine: Affine = RAS_TO_LPS @ scale @ ras
    return affine


def unit_in_mm(header: Any) -> float:
    """Return the millimetres of the file's unit of length (nifti1.h, xyzt_units); 1 if unknown."""
    return UNITS_MM.get(int(header["xyzt_units"]) & 7, 1.0)
