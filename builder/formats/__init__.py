"""Readers of volumes and pictures, one a format. To add one: a module, and a line here."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from builder.ports import DataFault, Image, ReadImage

FORMATS: dict[str, str] = {
    ".nii": "builder.formats.nifti:read",
    ".nii.gz": "builder.formats.nifti:read",
    ".dcm": "builder.formats.dicom:read",
    "/": "builder.formats.dicom:read_series",
    ".png": "builder.formats.raster:read",
    ".jpg": "builder.formats.raster:read",
    ".jpeg": "builder.formats.raster:read",
    ".bmp": "builder.formats.raster:read",
    ".tif": "builder.formats.raster:read",
    ".tiff": "builder.formats.raster:read",
}
"""Ending to reader. ``/`` stands for a folder that is one DICOM series."""


def ending(path: Path) -> str:
    """Return the ending a reader is chosen by; empty for none that is known."""
    if path.is_dir():
        return "/"
    name = path.name.lower()
    return next((e for e in sorted(FORMATS, key=len, reverse=True) if name.endswith(e)), "")


def stem(path: Path) -> str:
    """Return a file's name without its ending.

    >>> stem(Path("a/case.nii.gz"))
    'case'
    """
    end = "" if path.is_dir() else ending(path)
    return path.name[: len(path.name) - len(end)] if end else path.name


def members(path: Path) -> list[Path]:
    """Return the files that make up one image: itself, or a folder's files in byte order."""
    if not path.is_dir():
        return [path]
    return sorted(
        (p for p in path.iterdir() if p.is_file() and not p.name.startswith(".")),
        key=lambda p: p.name.encode(),
    )


def read(path: Path) -> Image:
    """Read one image. Raises DataFault."""
    known = FORMATS.get(ending(path))
    if known is None:
        raise DataFault("format-unknown", path, f"the ending of {path.name} is not known")
    module, function = known.split(":")
    reader = cast(ReadImage, getattr(import_module(module), function))
    return reader(members(path))


def read_labels(path: Path) -> Image:
    """Read one image whose numbers are labels. Raises DataFault where they are not whole."""
    import numpy as np

    image = read(path)
    voxels = image.voxels
    if voxels.ndim != 3:
        raise DataFault(
            "dimensions", path, f"a label volume has one number a voxel, not {voxels.shape}"
        )
    if voxels.dtype.kind == "f":
        whole = np.rint(voxels)
        if not np.isfinite(voxels).all() or np.abs(voxels - whole).max(initial=0) > 1e-3:
            raise DataFault("label-not-integer", path, "has fractions between the labels")
        voxels = whole.astype(np.int64)
    return Image(voxels, image.affine, image.planar)


__all__ = ["FORMATS", "ending", "members", "read", "read_labels", "stem"]
