"""Readers of volumes and pictures, one module per format. To add one: a module, and a line here.

A format's module has `read(files, how)`. It may have `members(path)` (the files of one image),
`parts(files)` (the pictures in one file), `identifiers(files)` (header values that may identify a
person) and `labels_of(path, part)` (labels beside the pictures in the same file).
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from benchsmith.core.contracts import DataFault, Image, Reading
from benchsmith.imaging.file_signature import is_dicom
from benchsmith.text import file_endings

FORMATS: dict[str, str] = {
    ".nii": "nifti",
    ".nii.gz": "nifti",
    ".hdr": "nifti",
    ".hdr.gz": "nifti",
    ".nrrd": "nrrd",
    ".nhdr": "nrrd",
    ".mha": "metaimage",
    ".mhd": "metaimage",
    ".mgh": "mgh",
    ".mgz": "mgh",
    ".mgh.gz": "mgh",
    ".dcm": "dicom",
    ".dicom": "dicom",
    ".ima": "dicom",
    "/": "folder_of_files",
    ".png": "raster",
    ".jpg": "raster",
    ".jpeg": "raster",
    ".bmp": "raster",
    ".tif": "raster",
    ".tiff": "raster",
    ".ome.tif": "ome_tiff",
    ".ome.tiff": "ome_tiff",
    ".webp": "raster",
    ".gif": "raster",
    ".ppm": "raster",
    ".pgm": "raster",
    ".npz": "arrays",
    ".npy": "arrays",
    ".mat": "matlab",
    ".parquet": "parquet_rows",
    ".mp4": "video",
    ".avi": "video",
    ".mov": "video",
    ".mpg": "video",
    ".mkv": "video",
    ".svs": "slide",
    ".ndpi": "slide",
    ".mrxs": "slide",
}
"""Ending to module. ``/`` stands for a folder that is one image."""
MULTI_FILE_MODULES = frozenset({"folder_of_files", "metaimage", "nifti", "nrrd"})
"""Modules with `members`; the other modules need not be loaded to list an image's files."""
WITH_REGIONS = frozenset({"raster", "ome_tiff", "folder_of_files"})
"""Modules of formats that may be slides, too."""
DEFAULT_READING = Reading()
MAX_ROUNDING = 1e-3
"""Largest distance of a stored label from a whole number: float files round."""
MAX_LABEL = 1 << 32


def ending(path: Path) -> str:
    """Return the ending that selects a reader, in lower case; empty if no reader knows it."""
    if path.is_dir():
        return "/"
    return file_endings.ending(path.name)


def members(path: Path) -> list[Path]:
    """Return the files that make up one image: the file itself, and files that its header names.

    A file with an invalid header is its only member; reading it reports the fault.
    """
    try:
        return _files(path)
    except DataFault:
        return [path]


def is_alone(name: str) -> bool:
    """Return whether a regular file of some name is the only file of its image.

    >>> is_alone("a.png"), is_alone("a.mhd"), is_alone("1.2.840.1")
    (True, False, False)
    """
    known = FORMATS.get(file_endings.ending(name))
    return known is not None and known not in MULTI_FILE_MODULES


def parts(path: Path) -> list[str]:
    """Return the names of the pictures in a file, as used in `Reading.part`. Raises DataFault."""
    find = getattr(_module(path), "parts", None)
    if find is None:
        raise DataFault("dimensions", path, f"a file that ends in {ending(path)} has no parts")
    return cast(list[str], find(members(path)))


def variables(path: Path) -> list[str]:
    """Return the names of the arrays in a file, as used in `Reading.variable`. Raises DataFault.

    Empty for formats whose arrays have no names.
    """
    find = getattr(_module(path), "variables", None)
    return cast(list[str], find(path)) if find else []


def read(path: Path, how: Reading = DEFAULT_READING) -> Image:
    """Read one image: voxels (z, y, x) or (z, y, x, 3), LPS. Raises DataFault.

    With `how.stack` the pages of a picture file are the slices of a volume. A part that is a region
    makes a slide of a tiled TIFF file, and of DICOM.
    """
    if how.part.count(",") and _known(path) in WITH_REGIONS:
        from benchsmith.formats import slide

        return slide.read(_files(path), how)
    if how.stack and not how.part and _known(path) == "raster":
        from benchsmith.formats import picture_stack

        return picture_stack.read_pages(path, how)
    return cast(Image, _module(path).read(_files(path), how))


def read_labels(path: Path, how: Reading = DEFAULT_READING) -> Image:
    """Read one image whose numbers are labels: integers (z, y, x), LPS.

    Raises DataFault for labels that are not whole numbers, or several numbers per voxel.
    """
    import numpy as np

    image = read(path, replace(how, labels=True))
    voxels = image.voxels
    if voxels.ndim == 4 and (voxels == voxels[..., :1]).all():
        voxels = voxels[..., 0]
    if voxels.ndim != 3:
        raise DataFault(
            "dimensions", path, f"a label volume has one number per voxel, not {voxels.shape[3:]}"
        )
    if voxels.dtype.kind == "f":
        whole = np.rint(voxels)
        far = np.abs(voxels).max(initial=0)
        if not far <= MAX_LABEL or np.abs(voxels - whole).max(initial=0) > MAX_ROUNDING:
            raise DataFault("label-not-integer", path, "has labels that are not whole numbers")
        voxels = whole.astype(np.int64)
    return replace(image, voxels=voxels, unit="")


def identifiers(path: Path) -> dict[str, str]:
    """Return header values that may identify a person, each with its field.

    Raises DataFault, also for a file of an unknown kind, because its contents are not known.
    """
    find = getattr(_module(path), "identifiers", None)
    return cast("dict[str, str]", find(members(path))) if find else {}


def own_labels(path: Path, part: str) -> Any:
    """Return the labels that a file has for one of its parts. Raises DataFault."""
    find = getattr(_module(path), "labels_of", None)
    if find is None:
        raise DataFault("dimensions", path, f"a file that ends in {ending(path)} has no labels")
    return find(path, part)


def _files(path: Path) -> list[Path]:
    """Return the files that make up one image. Raises DataFault."""
    if FORMATS.get(ending(path)) in MULTI_FILE_MODULES:
        return cast(list[Path], _module(path).members(path))
    _known(path)
    return [path]


def _module(path: Path) -> ModuleType:
    return import_module(f"benchsmith.formats.{_known(path)}")


def _known(path: Path) -> str:
    """Return the module of a file's format. Raises DataFault."""
    known = FORMATS.get(ending(path))
    if known is None and is_dicom(path):
        # archives name DICOM files by number or UID, without an ending
        return "dicom"
    if known is None:
        raise DataFault("format-unknown", path, f"the ending of {path.name} is not known")
    return known


__all__ = [
    "FORMATS",
    "ending",
    "identifiers",
    "is_alone",
    "members",
    "own_labels",
    "parts",
    "read",
    "read_labels",
]
